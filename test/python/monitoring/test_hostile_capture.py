"""Captures, baselines and buckets as nobody wants them: each is named and counted, and the monitor stays alive."""

from __future__ import annotations

import json

import pytest

from .job_world import BUCKET, ENDPOINT, FEATURES, HOUR, World, line, requests, sample

NOTHING = "Completed: no usable record from 2026-11-23 21:00:00 to 2026-11-23 22:00:00 UTC. Nothing was compared."


@pytest.fixture
def ready(world: World) -> World:
    """A small baseline is enough here."""
    assert world.baseline(sample("train", 2000, 1)) == 0
    return world


def body(number: int = 0) -> str:
    return ",".join(sample("test", 50, 9)[number][1:])


def analyzed(world: World, *lines: str) -> tuple[int, dict[str, int]]:
    """Records that counted, and what was left out, after an analysis that ends well."""
    world.capture(lines)
    assert world.run("analyze") == 0
    summary = world.output("summary.json")
    return summary["records"], summary["skipped"]


def test_nothing_was_captured(ready: World) -> None:
    assert ready.run("analyze") == 0
    assert ready.message == NOTHING
    assert ready.output("constraint_violations.json") == {"violations": []}
    assert ready.output("statistics.json")["dataset"] == {"item_count": 0}
    assert "There is no usable record in this window" in ready.output("report.html")
    # No record is no evidence: neither of drift, nor of its absence.
    assert ready.metrics.named() == {"Records": 0, "RecordsCompared": 0}


def test_an_empty_object(ready: World) -> None:
    assert analyzed(ready) == (0, {})
    assert ready.message == NOTHING


def test_base64_is_decoded(ready: World) -> None:
    rows = sample("test", 20, 3)
    ready.capture([line(",".join(row[1:]), number=number, encoding="BASE64") for number, row in enumerate(rows)])
    assert ready.run("analyze") == 0
    coded = ready.output("statistics.json")
    ready.capture(requests(rows))
    assert ready.run("analyze") == 0
    assert coded == ready.output("statistics.json")
    assert coded["dataset"]["item_count"] == 20


@pytest.mark.parametrize("data", ["%%%", "/w==", "AAA"])
def test_base64_that_cannot_be_decoded(ready: World, data: str) -> None:
    record = json.loads(line(body()))
    record["captureData"]["endpointInput"] |= {"data": data, "encoding": "BASE64"}
    assert analyzed(ready, json.dumps(record), line(body(), number=1)) == (
        1,
        {"a request in base64 that cannot be decoded": 1},
    )


def test_lines_that_are_cut_off_or_no_json(ready: World) -> None:
    whole = line(body(), number=1)
    found = analyzed(ready, whole, whole[:200], "\x00\x01", '{"captureData"', whole[:-1])
    assert found == (1, {"a line that is cut off, or is no JSON": 4})


@pytest.mark.parametrize(
    "record", [[], 7, {}, {"captureData": 1, "eventMetadata": {}}, {"captureData": {}, "eventMetadata": None}]
)
def test_json_that_is_no_capture(ready: World, record: object) -> None:
    assert analyzed(ready, json.dumps(record), line(body())) == (1, {"a line that is not a captured request": 1})


def test_bytes_that_are_no_text(ready: World) -> None:
    ready.s3.objects[f"capture/{ENDPOINT}/AllTraffic/2026/11/23/21/x.jsonl"] = b"\xff\xfe\x80\n" + line(body()).encode()
    assert ready.run("analyze") == 0
    assert ready.output("summary.json")["records"] == 1


def test_a_request_without_a_time_or_with_a_wrong_one(ready: World) -> None:
    without, wrong = json.loads(line(body())), json.loads(line(body()))
    del without["eventMetadata"]["inferenceTime"]
    wrong["eventMetadata"]["inferenceTime"] = "yesterday"
    assert analyzed(ready, json.dumps(without), json.dumps(wrong)) == (0, {"a request without a time": 2})


def test_two_content_types_in_one_file(ready: World) -> None:
    other = line('{"instances": [[1, 2]]}', number=1, media="application/json", encoding="JSON")
    found = analyzed(ready, line(body(), media="text/csv; charset=utf-8"), other)
    assert found == (1, {"a request of the type application/json": 1})


def test_only_answers_were_captured(ready: World) -> None:
    record = json.loads(line(body()))
    del record["captureData"]["endpointInput"]
    assert analyzed(ready, json.dumps(record)) == (0, {"no request was captured": 1})


def test_several_flights_in_one_request(ready: World) -> None:
    assert analyzed(ready, line("\n".join(body(number) for number in range(7)) + "\r\n")) == (7, {})
    assert ready.output("summary.json")["requests"] == 1


def test_a_request_with_names_is_matched_by_them(ready: World) -> None:
    names, fields = list(reversed(FEATURES)), list(reversed(body().split(",")))
    assert analyzed(ready, line(f"{','.join(names)}\n{','.join(fields)}")) == (1, {})
    by_name = ready.output("statistics.json")
    assert analyzed(ready, line(body())) == (1, {})
    assert by_name == ready.output("statistics.json")


def test_an_empty_request_and_an_unclosed_quote(ready: World) -> None:
    found = analyzed(ready, line("", number=1), line("\n\n", number=2), line('"1,2', number=3), line(body()))
    assert found == (1, {"an empty request": 2, "a request that is no CSV": 1})


def test_the_same_event_captured_twice(ready: World) -> None:
    ready.capture([line(body(), event_id="one")], name="b")
    assert analyzed(ready, line(body(), event_id="one"), line(body(1), event_id="two")) == (2, {"captured twice": 1})


def test_other_columns_by_position(ready: World) -> None:
    fields = body().split(",")
    narrow, wide = ",".join(fields[:-1]), ",".join([*fields, "1"])
    others = [line(narrow, number=1001), line(wide, number=1002), line(wide, number=1003)]
    found = analyzed(ready, *others, *requests(sample("test", 600, 1)))
    assert found == (600, {"35 columns instead of 36": 1, "37 columns instead of 36": 2})
    told = {one["feature_name"]: one for one in ready.output("constraint_violations.json")["violations"]}
    assert told["Missing columns"]["constraint_check_type"] == "missing_column_check"
    assert told["Extra columns"]["constraint_check_type"] == "extra_column_check"
    assert (
        "Number of columns in 2 records: 37, Number of columns in baseline constraints: 36"
        in (told["Extra columns"]["description"])
    )
    # A client's mistake is not a change of the world: nothing is to be retrained for it.
    assert ready.metrics.named()["FeaturesDrifted"] == 0


def test_other_columns_by_name(ready: World) -> None:
    fields = body().split(",")
    lacking = f"{','.join(FEATURES[1:])}\n{','.join(fields[1:])}"
    more = f"{','.join([*FEATURES, 'snow'])}\n{','.join([*fields, '3'])}"
    assert analyzed(ready, line(lacking, number=1), line(more, number=2)) == (1, {"columns are missing": 1})
    told = {one["constraint_check_type"]: one["feature_name"] for one in ready.output("summary.json")["violations"]}
    assert told["missing_column_check"] == "sched_dep_minute"
    assert told["extra_column_check"] == "snow"


def test_a_schema_that_is_altogether_another(ready: World) -> None:
    found = analyzed(ready, *(line(f"{number},a,b", number=number) for number in range(30)))
    assert found == (0, {"3 columns instead of 36": 30})
    assert ready.message.startswith("CompletedWithViolations: 0 records")
    assert "missing_column_check" in ready.message
    assert "FeaturesDrifted" not in ready.metrics.named()


def test_fields_that_are_no_numbers(ready: World) -> None:
    """A few are counted; more than a tenth are another type."""
    rows = [row[1:] for row in sample("test", 100, 2)]
    at = FEATURES.index("distance")
    for count, checks in ((5, set()), (30, {"data_type_check"})):
        for row, text in zip(rows[:count], ["far", "inf", "nan", "1e999", "0x1"] * 6, strict=False):
            row[at] = text
        assert analyzed(ready, *(line(",".join(row), number=number) for number, row in enumerate(rows)))[0] == 100
        found = [one for one in ready.output("summary.json")["violations"] if one["feature_name"] == "distance"]
        assert {one["constraint_check_type"] for one in found} == checks


def test_values_that_are_suddenly_missing(ready: World) -> None:
    rows = [row[1:] for row in sample("test", 1000, 2)]
    for row in rows[:30]:
        row[FEATURES.index("temp")] = " "
    analyzed(ready, *(line(",".join(row), number=number) for number, row in enumerate(rows)))
    told = ready.output("summary.json")["violations"]
    assert [(one["feature_name"], one["constraint_check_type"]) for one in told] == [("temp", "completeness_check")]


def test_a_column_that_is_wholly_missing(ready: World) -> None:
    rows = [row[1:] for row in sample("test", 600, 2)]
    for row in rows:
        row[FEATURES.index("temp")] = ""
    analyzed(ready, *(line(",".join(row), number=number) for number, row in enumerate(rows)))
    assert "temp" not in ready.output("summary.json")["distances"]
    assert ready.message.endswith("completeness_check: temp.")


def test_a_baseline_of_other_columns(ready: World) -> None:
    constraints = json.loads(ready.s3.objects["baseline/constraints.json"])
    for feature in constraints["features"][:2]:
        feature["name"] += "_old"
    ready.put("baseline/constraints.json", json.dumps(constraints))
    records, _ = analyzed(ready, *requests(sample("test", 600, 1)))
    assert records == 600
    (said,) = [one for one in ready.output("summary.json")["missing"] if "statistics.json" in one]
    assert said.startswith("statistics.json and constraints.json do not have the same columns (sched_dep_minute, ")
    assert len(ready.output("summary.json")["distances"]) == len(FEATURES) - 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("constraints.json", "{", "constraints.json is no JSON."),
        ("statistics.json", "[]", "statistics.json is not what a baseline writes."),
        ("constraints.json", '{"features": []}', "constraints.json names no column."),
        ("constraints.json", '{"features": "all"}', "constraints.json names no column."),
    ],
)
def test_a_baseline_that_is_none(ready: World, name: str, text: str, said: str) -> None:
    ready.put(f"baseline/{name}", text)
    assert ready.run("analyze") == 1
    assert ready.message.startswith(f"s3://{BUCKET}/baseline/") and ready.message.endswith(said)


def test_statistics_without_distributions(ready: World) -> None:
    """As a hand-written baseline might have them: what can be compared is, the rest is named."""
    statistics = json.loads(ready.s3.objects["baseline/statistics.json"])
    first, second, third = statistics["features"][:3]
    del first["numerical_statistics"]["distribution"]
    second["numerical_statistics"]["distribution"]["kll"]["sketch"] = {"data": [["x"]]}
    del third["numerical_statistics"]["distribution"]["kll"]["sketch"]
    ready.put("baseline/statistics.json", json.dumps(statistics))
    analyzed(ready, *requests(sample("test", 600, 1)))
    summary = ready.output("summary.json")
    assert [one for one in summary["missing"] if "distribution" in one] == [
        f"statistics.json has no distribution of {one['name']}: its drift was not measured." for one in (first, second)
    ]
    assert third["name"] in summary["distances"]


def test_a_capture_that_may_not_be_read(ready: World) -> None:
    ready.capture([line(body())])
    ready.s3.denied.add(f"capture/{ENDPOINT}/AllTraffic/2026/11/23/21/a.jsonl")
    assert ready.run("analyze") == 1
    assert ready.message == (
        f"s3://{BUCKET}/capture/{ENDPOINT}/AllTraffic/2026/11/23/21/a.jsonl cannot be read: AccessDenied: "
        "not authorized to s3:GetObject"
    )


def test_an_object_that_goes_while_the_capture_is_read(ready: World) -> None:
    ready.capture([line(body(), number=1)], name="b")
    ready.s3.vanishing.add(f"capture/{ENDPOINT}/AllTraffic/2026/11/23/21/b.jsonl")
    assert analyzed(ready, line(body())) == (1, {"an object that is gone": 1})


def test_neighbours_are_not_read(ready: World) -> None:
    for key in (f"{ENDPOINT}-2/AllTraffic", f"{ENDPOINT}/AllTraffic2", f"{ENDPOINT}/Other"):
        ready.put(f"capture/{key}/2026/11/23/21/a.jsonl", line(body()))
    assert analyzed(ready) == (0, {})


def test_more_requests_than_fit(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture_reader.MOST_REQUESTS", 5)
    assert analyzed(ready, *requests(sample("test", 9, 1)))[0] == 5
    assert any(one.startswith("The requests after the first") for one in ready.output("summary.json")["missing"])


def test_what_a_client_sends_does_not_become_markup(ready: World) -> None:
    evil = "<script>alert(1)</script>"
    named = f"{','.join([*FEATURES, evil])}\n{body()},1"
    analyzed(ready, line(named), line(body(), number=1, media=evil))
    report = ready.output("report.html")
    assert "<script" not in report and "&lt;script&gt;" in report


def test_a_bug_of_the_monitor_is_told_in_a_line(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr("monitor.compare", broken)
    ready.capture([line(body())], HOUR)
    assert ready.run("analyze") == 1
    assert ready.message == "The analysis failed unexpectedly: RuntimeError: a wheel came off"
