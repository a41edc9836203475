"""Real Spark on the fake S3: what scripts of the labs, and of learners, do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jvm
import pytest
from conftest import FakeS3
from launch import spark_conf
from staging import Staging

FLIGHTS = "carrier,delay\nUA,2\nAA,\n"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    import s3_frames

    scratch = tmp_path_factory.mktemp("spark")
    with (scratch / "log").open("wb") as log:
        gateway = jvm.Gateway(scratch, spark_conf(scratch), log)
        store = SimpleNamespace(s3=FakeS3())
        staging = Staging(scratch, lambda: SimpleNamespace(**{n: _late(store, n) for n in _CALLS}))
        s3_frames.install(staging)
        gateway.connect()
        from pyspark.sql import SparkSession

        yield SimpleNamespace(spark=SparkSession.builder.getOrCreate(), store=store, staging=staging)
        SparkSession.builder.getOrCreate().stop()
        gateway.finish()


_CALLS = ("get_paginator", "head_object", "download_file", "upload_file", "delete_objects")


def _late(store: Any, name: str) -> Any:
    """A call on the S3 of the present test."""
    return lambda *args, **kwargs: getattr(store.s3, name)(*args, **kwargs)


@pytest.fixture
def spark(engine: Any, s3: FakeS3) -> Any:
    engine.store.s3 = s3
    for batch in ("2013-01", "2013-02"):
        s3.put(f"data/raw/flights/batch={batch}/flights.csv", FLIGHTS)
    return engine.spark


def prepared(s3: FakeS3) -> list[str]:
    return [key.removeprefix("data/out/") for key in s3.keys("data/out/")]


def test_folders_are_partitions_and_files_tell_their_uri(spark: Any) -> None:
    from pyspark.sql import functions as F

    frame = spark.read.csv("s3://data/raw/flights/", header=True, inferSchema=True)
    rows = frame.withColumn("file", F.input_file_name()).where("delay = 2").orderBy("batch").collect()
    assert [(str(row["batch"]), row["file"]) for row in rows] == [
        ("2013-01", "s3://data/raw/flights/batch=2013-01/flights.csv"),
        ("2013-02", "s3://data/raw/flights/batch=2013-02/flights.csv"),
    ]


def test_all_ways_to_name_a_source(spark: Any) -> None:
    one = "s3a://data/raw/flights/batch=2013-01/"
    base = spark.read.option("header", True).option("basePath", "s3a://data/raw/flights/")
    assert "batch" in base.csv([one]).columns
    assert spark.read.format("csv").load(one).count() == 3
    assert spark.read.load([one, one.replace("01/", "02/")], format="csv").count() == 6
    assert spark.read.format("csv").option("path", one).load().count() == 3


def test_a_path_without_objects_does_not_exist(spark: Any) -> None:
    from pyspark.errors import AnalysisException

    with pytest.raises(AnalysisException, match=r"PATH_NOT_FOUND.*s3://data/none/"):
        spark.read.parquet("s3://data/none/")


def test_local_paths_stay_as_they_are(spark: Any, tmp_path: Path) -> None:
    spark.range(3).write.parquet(str(tmp_path / "x"))
    assert spark.read.parquet(str(tmp_path / "x")).count() == 3


def test_parquet_is_written_by_partition_with_success_last(spark: Any, s3: FakeS3) -> None:
    frame = spark.read.option("header", True).csv("s3://data/raw/flights/")
    frame.write.partitionBy("batch").parquet("s3://data/out/")
    keys = prepared(s3)
    assert keys[0] == "_SUCCESS"
    assert [key.split("/")[0] for key in keys[1:]] == ["batch=2013-01", "batch=2013-02"]
    assert all(key.endswith(".c000.snappy.parquet") for key in keys[1:])
    assert s3.calls[-1] == ("put", "data/out/_SUCCESS")
    assert spark.read.parquet("s3://data/out/").count() == 4


def test_save_modes_are_sparks(spark: Any, s3: FakeS3) -> None:
    from pyspark.errors import AnalysisException

    frame = spark.range(2).coalesce(1)
    frame.write.csv("s3://data/out/")
    with pytest.raises(AnalysisException, match=r"PATH_ALREADY_EXISTS.*s3://data/out already exists"):
        frame.write.csv("s3://data/out")
    before = prepared(s3)
    frame.write.mode("ignore").csv("s3://data/out/")
    assert prepared(s3) == before
    frame.write.csv("s3://data/out/", mode="append")
    assert spark.read.csv("s3://data/out/").count() == 4
    frame.write.format("csv").mode("overwrite").option("path", "s3://data/out/").save()
    assert spark.read.csv("s3://data/out/").count() == 2
    assert not set(before) & set(prepared(s3)) - {"_SUCCESS"}


def test_what_is_being_read_cannot_be_overwritten(spark: Any, s3: FakeS3) -> None:
    from pyspark.errors import AnalysisException

    frame = spark.read.text("s3://data/raw/flights/")
    with pytest.raises(AnalysisException, match="UNSUPPORTED_OVERWRITE"):
        frame.write.mode("overwrite").text("s3://data/raw/")
    assert len(s3.keys("data/raw/")) == 2


def test_a_write_that_fails_leaves_nothing_new(spark: Any, s3: FakeS3) -> None:
    frame = spark.range(1).selectExpr("raise_error('no') AS x")
    with pytest.raises(Exception, match="no"):
        frame.write.mode("overwrite").parquet("s3://data/out/")
    assert prepared(s3) == []


def test_python_functions_run_in_this_environment(spark: Any) -> None:
    from pyspark.sql import functions as F

    double = F.udf(lambda n: n * 2, "long")
    assert spark.range(3).select(double("id").alias("x")).agg({"x": "sum"}).first()[0] == 6


@pytest.mark.parametrize(
    "act",
    [
        lambda spark: spark.sparkContext.textFile("s3://data/raw/"),
        lambda spark: spark.sparkContext.parallelize(["x"]).saveAsTextFile("s3://data/out/"),
        lambda spark: spark.range(1).write.saveAsTable("t"),
        lambda spark: spark.range(1).write.option("partitionOverwriteMode", "dynamic").csv("s3://data/o/", "overwrite"),
        lambda spark: spark.read.text("s3://data/raw/flights/batch=2013-0*/flights.csv"),
        lambda spark: spark.range(1).writeTo("t").create(),
        lambda spark: spark.sql("CREATE TABLE t (a int) LOCATION 's3://data/out/'"),
        lambda spark: spark.sql("insert into t values (1)"),
        lambda spark: spark.sql("SELECT * FROM parquet.`s3://data/out/`"),
        lambda spark: spark.readStream.text("s3://data/raw/"),
    ],
)
def test_what_only_glue_can_serve_is_refused_by_name(spark: Any, act: Any) -> None:
    with pytest.raises(NotImplementedError, match="The local Spark engine cannot serve"):
        act(spark)


def test_sql_on_views_works(spark: Any) -> None:
    spark.read.csv("s3://data/raw/flights/", header=True).createOrReplaceTempView("flights")
    assert spark.sql("SELECT count(*) FROM flights WHERE carrier <> 's3://x'").first()[0] == 4


def test_errors_name_the_object(spark: Any, engine: Any) -> None:
    import failures

    strict = spark.read.schema("carrier string, delay int").option("mode", "FAILFAST").option("header", True)
    with pytest.raises(Exception, match="read") as caught:
        engine.store.s3.put("data/raw/bad/x.csv", "carrier,delay\nUA,soon\n")
        strict.csv("s3://data/raw/bad/").collect()
    message = failures.describe(caught.value, engine.staging.restore_uris)
    assert "s3://data/raw/bad/x.csv" in message
    assert "soon" in message
    assert "/read/" not in message


def test_glues_own_library_is_missing_by_name() -> None:
    with pytest.raises(ImportError, match="no library awsglue"):
        from awsglue.utils import getResolvedOptions  # noqa: F401
