"""Makes Spark start in about half the time: archives the classes that a small job loads, checked and parsed.

`python archive_classes.py`, once after the packages were installed. Java uses the archive only if it fits its own
version and Spark's jars, so a stale one does no harm. https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import jvm
from launch import spark_conf


def _run_sample_job(folder: Path) -> None:
    """A job that touches what jobs touch: CSV, joins, aggregates, a cache, partitioned Parquet."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F

    spark = SparkSession.builder.getOrCreate()
    for part in "ab":
        place = folder / "raw" / f"batch={part}"
        place.mkdir(parents=True)
        lines = [f"{i % 3},{i},{i}.5,2013-01-01T0{i}:00:00Z\n" for i in range(9)]
        (place / "x.csv").write_text("k,n,x,t\n" + "".join(lines))
    schema = "k string, n int, x double, t timestamp, batch string"
    reader = spark.read.schema(schema).option("basePath", f"{folder}/raw/").option("header", True)
    rows = reader.option("mode", "FAILFAST").csv([f"{folder}/raw/batch=a/", f"{folder}/raw/batch=b/"])
    rows = rows.withColumn("why", F.when(F.col("n").isNull() | ~F.col("k").isin(["0", "1"]), "bad"))
    rows = rows.withColumn("file", F.input_file_name()).persist()
    rows.groupBy("batch", "why").count().collect()
    best = rows.groupBy("k").agg(F.max(F.struct("n", "x")).alias("b"), F.avg("x").alias("mean"))
    small = F.broadcast(best.select("k", F.round("b.x", 2).alias("y"), "mean"))
    key = F.concat_ws("|", F.format_string("%04d-%02d", "n", "n"), "k")
    wide = rows.join(small, ["k"], "left").withColumns(
        {
            "key": key,
            "bucket": (F.crc32(F.concat(F.lit("1|"), key).cast("binary")) % 100).cast("int"),
            "angle": F.round(F.sin(F.col("n") * 0.1), 4),
        }
    )
    wide.write.mode("overwrite").partitionBy("batch").parquet(f"{folder}/out/")
    back = spark.read.parquet(f"{folder}/out/")
    back.orderBy("n").repartition("batch").join(rows, "n").select(F.countDistinct("key")).collect()
    spark.createDataFrame([(1, "a")], "n int, s string").write.csv(f"{folder}/csv", header=True)
    spark.read.json(spark.sparkContext.parallelize(['{"a": 1}'])).collect()
    spark.stop()


def _flags(java: str, folder: Path, archive: Path) -> list[str]:
    """Flags with which a run notes the classes, or writes the archive at its end where Java has one to build on."""
    base = Path(os.path.realpath(java)).parent.parent / "lib" / "server" / "classes.jsa"
    if base.exists():
        return [f"-XX:ArchiveClassesAtExit={archive}"]
    return [f"-XX:DumpLoadedClassList={folder / 'classes.lst'}"]


def _make(java: str, folder: Path, archive: Path, log: IO[bytes]) -> None:
    gateway = jvm.Gateway(folder, spark_conf(folder), log, _flags(java, folder, archive))
    gateway.connect()
    _run_sample_job(folder)
    gateway.finish()
    classes = folder / "classes.lst"
    if not archive.exists() and classes.exists():
        flags = [f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={archive}"]
        dump = [java, "-Xshare:dump", "-XX:+UseSerialGC", "-XX:-UsePerfData", *flags, "-cp", jvm.class_path()]
        subprocess.run(dump, stdout=log, stderr=log, check=False)


def main() -> int:
    """Exit code 0 when the archive is there, 1 when it could not be made (Spark runs without it, slower)."""
    java = jvm.find_java(os.environ)
    archive = jvm.class_archive_path(java)
    if archive.exists():
        return 0
    part = archive.with_suffix(f".{os.getpid()}.part")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        with (folder / "log").open("wb") as log:
            _make(java, folder, part, log)
        os.chdir("/")
        if not part.exists():
            print((folder / "log").read_text(errors="replace")[-2000:], file=sys.stderr)
            return 1
    part.replace(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
