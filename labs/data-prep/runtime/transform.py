"""Prepare the flights for training: the Glue job of the lab data-prep (Glue 6.0: Spark 4.1, Python 3.13).

Reads the raw CSV, joins flights with the weather at the scheduled hour and with the plane, drops what cannot be used,
encodes, labels, and writes Parquet by month. It is plain PySpark, so it runs on files of your own machine too:

    python transform.py --RAW raw/ --PREPARED prepared/flights/ --PLAN data/plan.json --BATCHES 2013-01,2013-02

Arguments: RAW, PREPARED and PLAN (s3:// or a path); BATCHES, the months to prepare, separated by commas (default: all
months of the plan). Running it again replaces what it wrote. It never writes below RAW.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

Plan = Mapping[str, Any]

# Attempts of a request that AWS throttles: what else runs in a new account uses the same low limits.
MAX_ATTEMPTS = 10
# Bytes that are looked at on both ends of a raw file before Spark starts.
PEEK = 64 * 1024


def schema(ints: str, doubles: str = "", order: str = "") -> T.StructType:
    """A schema of the columns in `order`: those named in `ints` and `doubles` are numbers, the others text."""
    numbers: dict[str, T.DataType] = {name: T.IntegerType() for name in ints.split()}
    numbers |= {name: T.DoubleType() for name in doubles.split()}
    return T.StructType([T.StructField(name, numbers.get(name, T.StringType())) for name in order.split()])


# Explicit schemas: inferring them would read everything twice and let one odd value change a column's type.
SCHEMAS: dict[str, T.StructType] = {
    "flights": schema(
        "year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay flight air_time distance"
        " hour minute",
        order="year month day dep_time sched_dep_time dep_delay arr_time sched_arr_time arr_delay carrier flight"
        " tailnum origin dest air_time distance hour minute time_hour",
    ),
    "weather": schema(
        "year month day hour",
        "temp dewp humid wind_dir wind_speed wind_gust precip pressure visib",
        order="origin year month day hour temp dewp humid wind_dir wind_speed wind_gust precip pressure visib"
        " time_hour",
    ),
    "planes": schema(
        "year engines seats speed",
        order="tailnum year type manufacturer model engines seats speed engine",
    ),
}


# --- Raw files, before Spark ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ends:
    """What can be seen of a file without reading all of it."""

    size: int
    head: bytes
    tail: bytes


def split_s3(uri: str) -> tuple[str, str]:
    """`s3://bucket/key` as (bucket, key)."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def s3_client() -> Any:
    """A client of S3 that asks again for as long as AWS throttles it."""
    import boto3
    from botocore.config import Config

    return boto3.client("s3", config=Config(retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS}))


def read_ends(uri: str) -> Ends | None:
    """Size, beginning and end of a file; None when it does not exist."""
    if not uri.startswith("s3://"):
        path = Path(uri)
        if not path.is_file():
            return None
        content = path.read_bytes()
        return Ends(len(content), content[:PEEK], content[-PEEK:])
    from botocore.exceptions import ClientError

    s3 = s3_client()
    bucket, key = split_s3(uri)
    try:
        size = int(s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return None
        raise
    if size == 0:
        return Ends(0, b"", b"")

    def part(byte_range: str) -> bytes:
        content: bytes = s3.get_object(Bucket=bucket, Key=key, Range=byte_range)["Body"].read()
        return content

    return Ends(size, part(f"bytes=0-{PEEK - 1}"), part(f"bytes=-{min(PEEK, size)}"))


def problem(ends: Ends | None, columns: Sequence[str]) -> str | None:
    """What is wrong with a raw file, in words; None when it looks whole."""
    if ends is None:
        return "does not exist"
    if ends.size == 0:
        return "is empty (0 bytes)"
    first, newline, _ = ends.head.partition(b"\n")
    header = first.decode("utf-8", "replace").rstrip("\r").split(",")
    if header != list(columns):
        missing = [name for name in columns if name not in header]
        extra = [name for name in header if name not in columns]
        details = [f"missing {', '.join(missing)}"] if missing else []
        details += [f"not expected: {', '.join(repr(name) for name in extra[:5])}"] if extra else []
        return f"has other columns ({'; '.join(details) or 'in another order'})"
    if not newline or ends.size == len(first) + 1:
        return "has a header and no rows"
    last = ends.tail.rstrip(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")
    fields = last.count(",") + 1
    if not ends.tail.endswith(b"\n"):
        return f"is truncated: its last line has no end and {fields} of {len(columns)} fields: {last[:80]!r}"
    if fields != len(columns):
        return f"is truncated: its last line has {fields} of {len(columns)} fields: {last[:80]!r}"
    return None


def raw_files(raw: str, batches: Iterable[str]) -> dict[str, str]:
    """Where each raw file is expected, and of which table it is."""
    base = raw.rstrip("/")
    files = {f"{base}/flights/batch={batch}/flights.csv": "flights" for batch in batches}
    return files | {f"{base}/{table}/{table}.csv": table for table in ("weather", "planes")}


# How many unfit files an error names.
NAMED = 3


def validate(raw: str, batches: Sequence[str]) -> None:
    """Looks at every raw file before any work is done.

    :raises ValueError: naming each file that is not as it should be, what is wrong with it, and what to do
    """
    found = {uri: problem(read_ends(uri), SCHEMAS[table].names) for uri, table in raw_files(raw, batches).items()}
    wrong = [f"{uri} {what}" for uri, what in found.items() if what is not None]
    if wrong:
        # A whole folder can be missing: the first few tell it.
        more = f"; and {len(wrong) - NAMED} files more" if len(wrong) > NAMED else ""
        raise ValueError(
            f"{'; '.join(wrong[:NAMED])}{more}. Nothing was prepared, and the raw data is untouched. "
            "Upload it again (./lab step data-prep ingest), then run this job again."
        )


# --- Frames: pure functions ------------------------------------------------------------------------------------------


def bucket_of(key: Column, seed: str) -> Column:
    """0 to 99, the same in Spark, Athena and Python: crc32(utf8(seed|key)) mod 100."""
    return (F.crc32(F.concat(F.lit(f"{seed}|"), key).cast("binary")) % 100).cast("int")


def why_dropped(plan: Plan) -> Column:
    """The reason for which a raw flight cannot be used; null for a flight that can."""
    distance = plan["limits"]["distance"]
    minute, hour = F.col("minute"), F.col("hour")
    schedule = hour.between(0, 23) & minute.between(0, 59)
    vocabulary = plan["vocabulary"]

    def unless(holds: Column) -> Column:
        return ~F.coalesce(holds, F.lit(False))

    return (
        F.when(F.col("dep_time").isNull() | F.col(plan["label"]["column"]).isNull(), "cancelled")
        .when(unless(F.col("origin").isin(vocabulary["origin"])), "unknown origin")
        .when(unless(F.col("carrier").isin(vocabulary["carrier"])), "unknown carrier")
        .when(unless(F.col("distance").between(distance["from"], distance["to"])), "impossible distance")
        .when(unless(schedule), "impossible schedule")
    )


def weather_by_hour(weather: DataFrame) -> DataFrame:
    """One row for each origin and hour. Of several reports, the one with the most values, then the largest, stays."""
    values = [name for name in weather.columns if name not in ("origin", "time_hour", "year", "month", "day", "hour")]
    told = sum((F.col(name).isNotNull().cast("int") for name in values), F.lit(0))
    best = F.max(F.struct(told.alias("told"), *values)).alias("best")
    one = weather.groupBy("origin", "time_hour").agg(best)
    # Source values such as 10.357019999999999 are conversions of whole knots; two decimals keep all they say.
    return one.select("origin", "time_hour", *(F.round(f"best.{name}", 2).alias(name) for name in values))


def planes_by_tail(planes: DataFrame) -> DataFrame:
    """One row for each plane. `year` is the plane's here and the flight's there, so it becomes an age in 2013."""
    made = F.when(F.col("year").between(1900, 2013), F.col("year"))
    return planes.groupBy("tailnum").agg(
        (2013 - F.max(made)).cast("int").alias("plane_age"),
        F.max("seats").alias("seats"),
        F.max("engines").alias("engines"),
    )


def join(flights: DataFrame, weather: DataFrame, planes: DataFrame) -> DataFrame:
    """Flights with weather and plane. Left joins: a flight without them keeps its place, with missing values."""
    by_hour, by_tail = F.broadcast(weather_by_hour(weather)), F.broadcast(planes_by_tail(planes))
    return flights.join(by_hour, ["origin", "time_hour"], "left").join(by_tail, "tailnum", "left")


def features(plan: Plan) -> dict[str, Column]:
    """How each feature of the plan is made from the joined flights."""
    minute = F.col("hour") * 60 + F.col("minute")
    angle = minute * (2 * math.pi / 1440)
    arrival = F.col("sched_arr_time")
    made = {
        "sched_dep_minute": minute,
        "sched_dep_sin": F.round(F.sin(angle), 4),
        "sched_dep_cos": F.round(F.cos(angle), 4),
        "sched_arr_minute": F.floor(arrival / 100) * 60 + arrival % 100,
    }
    for name in ("origin", "carrier"):
        for value in plan["vocabulary"][name]:
            made[f"{name}_{value.lower()}"] = F.when(F.col(name) == value, 1).otherwise(0)
    return {
        feature["name"]: made.get(feature["name"], F.col(feature["name"])).cast(feature["type"])
        for feature in plan["features"]
    }


def prepare(joined: DataFrame, plan: Plan) -> DataFrame:
    """The prepared table: key, split bucket, columns to look at, label, features, and the partition column `batch`."""
    date = F.format_string("%04d-%02d-%02d", "year", "month", "day")
    key = F.concat_ws("|", date, "carrier", F.col("flight").cast("string"), "origin")
    label, columns = plan["label"], plan["prepared"]
    return joined.select(
        key.alias(columns["key"]),
        bucket_of(key, plan["seed"]).alias(columns["bucket"]),
        *columns["keep"],
        (F.col(label["column"]) > label["moreThan"]).cast("int").alias(label["name"]),
        *(column.alias(name) for name, column in features(plan).items()),
        "batch",
    )


# --- The job ---------------------------------------------------------------------------------------------------------


def read_table(spark: SparkSession, path: str, table: str) -> DataFrame:
    """A raw table. FAILFAST: a line that does not fit its schema ends the job rather than becoming a row of nulls."""
    return spark.read.csv(path, schema=SCHEMAS[table], header=True, mode="FAILFAST", enforceSchema=False)


def read_flights(spark: SparkSession, raw: str, batches: Sequence[str]) -> DataFrame:
    """The flights of some months with the column `batch`, taken from where they are and not from what they say."""
    base = f"{raw.rstrip('/')}/flights"
    paths = [f"{base}/batch={batch}/" for batch in batches]
    # `batch` is part of the schema, else Spark would guess its type from the folder names.
    with_batch = T.StructType([*SCHEMAS["flights"].fields, T.StructField("batch", T.StringType())])
    reader = spark.read.schema(with_batch).option("basePath", f"{base}/").option("header", True)
    return reader.option("mode", "FAILFAST").csv(paths)


def report(counts: Iterable[tuple[str, str | None, int]]) -> list[str]:
    """One line a month: how many rows were read, kept, and dropped for which reason."""
    months: dict[str, dict[str | None, int]] = {}
    for batch, reason, count in counts:
        months.setdefault(batch, {})[reason] = count
    lines = []
    for batch, found in sorted(months.items()):
        dropped = ", ".join(f"{count} {reason}" for reason, count in sorted(found.items(), key=str) if reason)
        lines.append(f"{batch}: read {sum(found.values())}, wrote {found.get(None, 0)}, dropped {dropped or 'none'}")
    return lines


def write(frame: DataFrame, prepared: str, batches: Sequence[str], whole: bool) -> None:
    """Parquet, one folder a month. A whole run replaces all; a partial run replaces its own months only.

    Spark's dynamic partition overwrite would say this in one line, but S3A's committers do not support it.
    """
    if whole:
        frame.write.mode("overwrite").partitionBy("batch").parquet(prepared)
        return
    for batch in batches:
        month = frame.where(F.col("batch") == batch).drop("batch")
        month.write.mode("overwrite").parquet(f"{prepared.rstrip('/')}/batch={batch}/")


def read_plan(uri: str) -> Plan:
    """data/plan.json, from S3 or from disk."""
    if not uri.startswith("s3://"):
        text = Path(uri).read_text(encoding="utf-8")
    else:
        bucket, key = split_s3(uri)
        text = s3_client().get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
    plan: Plan = json.loads(text)
    return plan


def chosen(plan: Plan, asked: str | None) -> list[str]:
    """The months to prepare. :raises ValueError: for one that the plan does not have"""
    if not asked:
        return list(plan["batches"])
    batches = [batch.strip() for batch in asked.split(",") if batch.strip()]
    unknown = [batch for batch in batches if batch not in plan["batches"]]
    if unknown or not batches:
        raise ValueError(
            f"--BATCHES {asked!r} names {', '.join(unknown) or 'no month'}; the plan has {plan['batches'][0]} to "
            f"{plan['batches'][-1]}. Write months as 2013-01, separated by commas."
        )
    return sorted(set(batches))


def run(spark: SparkSession, raw: str, prepared: str, plan: Plan, batches: Sequence[str]) -> list[str]:
    """Does the work and returns the report, one line a month.

    All flights are read once, kept and counted before anything is written: a line that does not fit ends the job while
    what an earlier run prepared is still there.
    """
    whole = set(batches) == set(plan["batches"])
    try:
        flights = read_flights(spark, raw, batches).withColumn("dropped", why_dropped(plan)).persist()
        rows = flights.groupBy("batch", "dropped").count().collect()
        base = raw.rstrip("/")
        weather = read_table(spark, f"{base}/weather/", "weather")
        planes = read_table(spark, f"{base}/planes/", "planes")
        frame = prepare(join(flights.where("dropped IS NULL"), weather, planes), plan)
        write(frame, prepared, batches, whole)
        flights.unpersist()
    except (PySparkException, Py4JJavaError) as error:
        told = explained(error)
        if told is None:
            raise
        raise told from error
    return report((row["batch"], row["dropped"], row["count"]) for row in rows)


def explained(error: BaseException) -> ValueError | None:
    """A line that does not fit, told with its file; None for any other failure."""
    text = str(error)
    if "MALFORMED" not in text and "FAILED_READ_FILE" not in text:
        return None
    file = re.search(r"(?:s3a?|file):/[^\s'\"]+\.csv", text)
    line = re.search(r"Malformed records are detected in record parsing: \[([^\]]{0,120})", text)
    return ValueError(
        f"{file.group(0) if file else 'A raw file'} has a line that does not fit its columns"
        f"{f': {line.group(1)!r}' if line else ''}. Nothing can be prepared from it, and the raw data is untouched. "
        "Upload it again (./lab step data-prep ingest), then run this job again."
    )


def main(argv: Sequence[str]) -> None:
    # parse_known_args: Glue passes arguments of its own, such as --JOB_NAME.
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("RAW", "PREPARED", "PLAN"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--BATCHES")
    options, _ = parser.parse_known_args(argv)

    plan = read_plan(options.PLAN)
    batches = chosen(plan, options.BATCHES)
    validate(options.RAW, batches)
    spark = SparkSession.builder.appName("transform").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    for line in run(spark, options.RAW, options.PREPARED, plan, batches):
        print(line)
    print(f"Prepared {len(batches)} months in {options.PREPARED}.")


if __name__ == "__main__":
    main(sys.argv[1:])
