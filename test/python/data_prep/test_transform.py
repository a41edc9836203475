"""The Glue script of data-prep, on a few rows each."""

from __future__ import annotations

import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pyspark.sql import SparkSession

Plan = dict[str, Any]

FLIGHTS = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,origin,"
    "dest,air_time,distance,hour,minute,time_hour"
)
WEATHER = "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour"
PLANES = "tailnum,year,type,manufacturer,model,engines,seats,speed,engine"
HOUR = "2013-01-01T10:00:00Z"


def flight(number: int = 1545, **changed: str) -> str:
    row = {
        "year": "2013",
        "month": "1",
        "day": "1",
        "dep_time": "517",
        "sched_dep_time": "515",
        "dep_delay": "2",
        "arr_time": "830",
        "sched_arr_time": "819",
        "arr_delay": "11",
        "carrier": "UA",
        "flight": str(number),
        "tailnum": "N14228",
        "origin": "EWR",
        "dest": "IAH",
        "air_time": "227",
        "distance": "1400",
        "hour": "5",
        "minute": "15",
        "time_hour": HOUR,
    }
    return ",".join((row | changed).values())


class Raw:
    """A folder of raw files, whole unless a test changes one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("flights/batch=2013-01/flights.csv", FLIGHTS, flight())
        self.write("weather/weather.csv", WEATHER, f"EWR,2013,1,1,5,39.02,28.04,64.43,260,12.65858,,0,1011.9,10,{HOUR}")
        self.write("planes/planes.csv", PLANES, "N14228,1999,Fixed wing multi engine,BOEING,737-824,2,149,,Turbo-fan")

    def write(self, path: str, *lines: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def flights(self, *lines: str, batch: str = "2013-01") -> None:
        self.write(f"flights/batch={batch}/flights.csv", FLIGHTS, *lines)


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    return Raw(tmp_path / "raw")


class Job:
    """The job on local files."""

    def __init__(self, transform: ModuleType, spark: SparkSession, plan: Plan, folder: Path) -> None:
        self.transform, self.spark, self.plan = transform, spark, plan
        self.raw, self.prepared = str(folder / "raw"), str(folder / "prepared")

    def run(self, *batches: str) -> list[str]:
        months = batches or ("2013-01",)
        self.transform.validate(self.raw, months)
        report: list[str] = self.transform.run(self.spark, self.raw, self.prepared, self.plan, months)
        return report

    def rows(self) -> list[dict[str, Any]]:
        frame = self.spark.read.parquet(self.prepared)
        return [row.asDict() for row in frame.orderBy("flight_key").collect()]


@pytest.fixture
def job(transform: ModuleType, spark: SparkSession, plan: Plan, tmp_path: Path) -> Job:
    return Job(transform, spark, plan, tmp_path)


def test_a_flight_gets_its_weather_its_plane_and_its_codes(raw: Raw, job: Job) -> None:
    job.run()
    [row] = job.rows()
    assert row["flight_key"] == "2013-01-01|UA|1545|EWR"
    assert (row["late"], row["sched_dep_minute"], row["sched_arr_minute"]) == (0, 315, 499)
    assert (row["temp"], row["wind_speed"], row["wind_gust"]) == (39.02, 12.66, None)
    assert (row["plane_age"], row["seats"], row["engines"]) == (14, 149, 2)
    assert [name for name, value in row.items() if name.startswith(("origin_", "carrier_")) and value == 1] == [
        "origin_ewr",
        "carrier_ua",
    ]


def test_the_columns_are_those_of_the_plan_and_nothing_that_leaks(raw: Raw, job: Job, plan: Plan) -> None:
    job.run()
    [row] = job.rows()
    expected = [
        "flight_key",
        "split_bucket",
        "origin",
        "carrier",
        "late",
        *(f["name"] for f in plan["features"]),
        "batch",
    ]
    assert list(row) == expected
    assert not set(row) & {*plan["forbidden"]["leaks"], *plan["forbidden"]["calendar"]}


def test_late_begins_after_fifteen_minutes(raw: Raw, job: Job) -> None:
    raw.flights(flight(1, dep_delay="15"), flight(2, dep_delay="16"))
    job.run()
    assert [row["late"] for row in job.rows()] == [0, 1]


def test_the_split_bucket_is_the_one_that_python_computes(raw: Raw, job: Job, plan: Plan) -> None:
    raw.flights(flight(7), flight(1545), flight(4000))
    job.run()
    for row in job.rows():
        assert row["split_bucket"] == zlib.crc32(f"{plan['seed']}|{row['flight_key']}".encode()) % 100


def test_what_cannot_be_used_is_dropped_and_counted_by_reason(raw: Raw, job: Job) -> None:
    unusable: list[dict[str, str]] = [
        {"dep_time": "", "dep_delay": ""},
        {"distance": "-1"},
        {"distance": "99999"},
        {"distance": ""},
        {"origin": ""},
        {"carrier": "ZZ"},
        {"hour": "25"},
    ]
    raw.flights(flight(1), *(flight(number, **changed) for number, changed in enumerate(unusable, start=2)))
    assert job.run() == [
        "2013-01: read 8, wrote 1, dropped 1 cancelled, 3 impossible distance, 1 impossible schedule, "
        "1 unknown carrier, 1 unknown origin"
    ]
    assert [row["flight_key"] for row in job.rows()] == ["2013-01-01|UA|1|EWR"]


def test_a_flight_without_weather_or_plane_stays_and_a_plane_of_the_future_has_no_age(raw: Raw, job: Job) -> None:
    raw.write("planes/planes.csv", PLANES, "NEW1,2099,Fixed wing multi engine,BOEING,737-824,2,149,,Turbo-fan")
    raw.flights(flight(1, tailnum="", time_hour="2013-01-01T11:00:00Z"), flight(2, tailnum="NEW1"))
    job.run()
    unknown, future = job.rows()
    assert (unknown["temp"], unknown["plane_age"], unknown["seats"]) == (None, None, None)
    assert (future["plane_age"], future["seats"]) == (None, 149)


def test_an_hour_reported_twice_does_not_double_a_flight(raw: Raw, job: Job) -> None:
    poor = f"EWR,2013,1,1,5,50,,,,,,,,10,{HOUR}"
    rich = f"EWR,2013,1,1,5,39.02,28.04,64.43,260,12.7,,0,1011.9,10,{HOUR}"
    raw.write("weather/weather.csv", WEATHER, poor, rich)
    job.run()
    assert [row["temp"] for row in job.rows()] == [39.02]


def test_midnight_lies_next_to_a_minute_before(raw: Raw, job: Job) -> None:
    raw.flights(flight(1, hour="0", minute="0"), flight(2, hour="23", minute="59"))
    job.run()
    first, last = job.rows()
    assert (
        abs(first["sched_dep_cos"] - last["sched_dep_cos"]) + abs(first["sched_dep_sin"] - last["sched_dep_sin"]) < 0.01
    )


def test_running_again_replaces_and_does_not_add(raw: Raw, job: Job) -> None:
    job.run()
    job.run()
    assert len(job.rows()) == 1


def test_one_month_again_leaves_the_others(raw: Raw, job: Job) -> None:
    raw.flights(flight(1), batch="2013-01")
    raw.flights(flight(2, month="2"), batch="2013-02")
    job.run("2013-01", "2013-02")
    raw.flights(flight(3, month="2"), flight(4, month="2"), batch="2013-02")
    job.run("2013-02")
    assert [row["flight_key"].split("|")[2] for row in job.rows()] == ["1", "3", "4"]


def broken(raw: Raw, case: str) -> None:
    file = raw.folder / "flights/batch=2013-01/flights.csv"
    match case:
        case "gone":
            file.unlink()
        case "empty":
            file.write_bytes(b"")
        case "header only":
            raw.flights()
        case "other columns":
            raw.write("flights/batch=2013-01/flights.csv", FLIGHTS.replace("dep_delay", "delay"), flight())
        case "cut in a line":
            file.write_text(f"{FLIGHTS}\n{flight()}\n{flight()[:40]}", encoding="utf-8")
        case "fields lost":
            raw.flights(flight(), flight()[:40])


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ("gone", "does not exist"),
        ("empty", "is empty (0 bytes)"),
        ("header only", "has a header and no rows"),
        ("other columns", "has other columns (missing dep_delay; not expected: 'delay')"),
        ("cut in a line", "is truncated: its last line has no end"),
        ("fields lost", "is truncated: its last line has 12 of 19 fields"),
    ],
)
def test_a_raw_file_that_is_not_whole_is_named_before_spark_does_anything(
    transform: ModuleType, raw: Raw, case: str, what: str
) -> None:
    broken(raw, case)
    before = sorted(file for file in raw.folder.rglob("*") if file.is_file())
    with pytest.raises(ValueError) as told:
        transform.validate(str(raw.folder), ["2013-01"])
    message = str(told.value)
    assert f"{raw.folder}/flights/batch=2013-01/flights.csv {what}" in message
    assert "./lab step data-prep ingest" in message
    assert sorted(file for file in raw.folder.rglob("*") if file.is_file()) == before


def test_all_bad_files_are_named_at_once(transform: ModuleType, raw: Raw) -> None:
    (raw.folder / "weather/weather.csv").unlink()
    (raw.folder / "planes/planes.csv").write_bytes(b"")
    with pytest.raises(ValueError, match=r"weather\.csv does not exist; .*planes\.csv is empty"):
        transform.validate(str(raw.folder), ["2013-01"])


def test_a_line_in_the_middle_that_does_not_fit_ends_the_job_with_its_file(raw: Raw, job: Job) -> None:
    raw.flights(flight(1), flight(2, distance="far"), flight(3))
    with pytest.raises(ValueError, match=r"batch=2013-01/flights\.csv has a line that does not fit its columns"):
        job.run()


def test_a_month_that_the_plan_lacks_is_refused(transform: ModuleType, plan: Plan) -> None:
    with pytest.raises(ValueError, match="names 2014-01"):
        transform.chosen(plan, "2013-01,2014-01")
    assert transform.chosen(plan, "2013-02, 2013-01") == ["2013-01", "2013-02"]
    assert transform.chosen(plan, None) == plan["batches"]
