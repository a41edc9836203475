"""Logs Insights: what a learner's query over an endpoint's or a function's log answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from plugin import insights
from plugin.insights_expression import MalformedQuery
from plugin.insights_query import Query, Row

START = 1_782_882_000_000  # 2026-07-01T05:00:00Z
LINES = [
    (0, {"status": 200, "latency": 10, "path": "/invocations", "carrier": "UA"}),
    (60, {"status": 500, "latency": 900, "path": "/invocations", "carrier": "UA", "error": "bad | input"}),
    (120, {"status": 200, "latency": 30, "path": "/ping"}),
    (400, {"status": 424, "latency": 500, "path": "/invocations", "carrier": "DL", "error": "no column temp"}),
    (700, {"status": 200, "latency": 20, "path": "/invocations", "carrier": "AA"}),
]
TEXT = [(0, "ERROR model temp=81.5 host=a"), (10, "INFO model temp=12.0 host=b"), (20, "ERROR other temp=hot host=c")]


def rows(lines: list[tuple[int, Any]], group: str = "/own") -> list[Row]:
    found = []
    for index, (seconds, content) in enumerate(lines):
        message = content if isinstance(content, str) else json.dumps(content)
        millis = START + seconds * 1000
        record = {"@ptr": str(index), "@message": message, "@logStream": "s", "@log": group, "_timestamp_ms": millis}
        found.append(insights.row({**record, "@timestamp": insights.timestamp(millis)}))
    return found


def answer(text: str, lines: list[tuple[int, Any]] | None = None) -> list[dict[str, str]]:
    query = Query(text)
    made = [insights.result(query.columns, row, query.is_stats) for row in query.run(rows(lines or LINES))]
    return [{cell["field"]: cell["value"] for cell in cells if cell["field"] != "@ptr"} for cells in made]


def test_the_newest_come_first_and_a_field_that_is_not_there_is_left_out() -> None:
    found = answer("fields status, error")
    assert found[0] == {"status": "200"}
    assert found[1] == {"status": "424", "error": "no column temp"}


@pytest.mark.parametrize(
    ("condition", "statuses"),
    [
        ("status >= 400", ["424", "500"]),
        ("status != 200 and path = '/invocations'", ["424", "500"]),
        ("not (status = 200)", ["424", "500"]),
        ("status in [500, 424]", ["424", "500"]),
        ("status not in [500, 424] and latency > 15", ["200", "200"]),
        ("error like /no column/", ["424"]),
        ("error like /NO COLUMN/i", ["424"]),
        ("error like 'bad | input'", ["500"]),
        ("error not like /column/ and ispresent(error)", ["500"]),
        ('path =~ "ping"', ["200"]),
        ("carrier = 'DL' or latency * 2 > 1000", ["424", "500"]),
        ("strcontains(path, 'ping')", ["200"]),
        ("carrier != 'UA' # those of others", ["200", "424"]),
    ],
)
def test_filters(condition: str, statuses: list[str]) -> None:
    assert [row["status"] for row in answer(f"fields status | filter {condition}")] == statuses


def test_sort_limit_and_aliases() -> None:
    found = answer("fields latency / 1000 as seconds, toupper(path) as p | sort latency desc | limit 2")
    assert found == [{"seconds": "0.9", "p": "/INVOCATIONS"}, {"seconds": "0.5", "p": "/INVOCATIONS"}]


def test_numbers_are_sorted_as_numbers() -> None:
    assert [row["latency"] for row in answer("fields latency | sort latency")] == ["10", "20", "30", "500", "900"]


def test_statistics_by_field_and_time() -> None:
    found = answer(
        """
        filter path = '/invocations'
        # a comment between
        | stats count(*) as calls, avg(latency), max(latency) as slowest, count(error) as errors by bin(5m) as at
        | sort at asc
        """
    )
    assert found == [
        {"at": "2026-07-01 05:00:00.000", "calls": "2", "avg(latency)": "455", "slowest": "900", "errors": "1"},
        {"at": "2026-07-01 05:05:00.000", "calls": "1", "avg(latency)": "500", "slowest": "500", "errors": "1"},
        {"at": "2026-07-01 05:10:00.000", "calls": "1", "avg(latency)": "20", "slowest": "20", "errors": "0"},
    ]


def test_statistics_without_groups_percentiles_and_arithmetic() -> None:
    found = answer("stats pct(latency, 50), 100 * count(error) / count(*) as share, count_distinct(carrier)")
    assert found == [{"pct(latency, 50)": "30", "share": "40", "count_distinct(carrier)": "3"}]


def test_what_follows_statistics_sees_their_columns() -> None:
    found = answer("stats count(*) as n by carrier | filter n > 1 and ispresent(carrier) | display carrier")
    assert found == [{"carrier": "UA"}]
    assert answer("stats count(*) by status | sort count(*) desc | limit 1") == [{"status": "200", "count(*)": "3"}]


@pytest.mark.parametrize(
    "parse",
    [
        'parse @message "* model temp=* host=*" as level, temp, host',
        r"parse @message /(?<level>\w+) model temp=(?<temp>[\d.]+) host=(?<host>\w)/",
        r"parse /(?<level>\w+) model temp=(?<temp>[\d.]+) host=(?<host>\w)/",
    ],
)
def test_parse_takes_values_out_of_text(parse: str) -> None:
    found = answer(f"fields @message | {parse} | filter temp > 50 | display level, temp, host", TEXT)
    assert found == [{"level": "ERROR", "temp": "81.5", "host": "a"}]


def test_a_function_s_log_has_its_own_fields() -> None:
    request = "0f1f2f3f-0000-4000-8000-000000000001"
    report = f"REPORT RequestId: {request}\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\t"
    lines = [
        (0, f"START RequestId: {request} Version: $LATEST"),
        (1, f'2026-07-01T05:00:01.000Z\t{request}\tINFO\t{{"decision": "retrain", "drift": {{"temp": 7.8}}}}'),
        (2, f"{report}Max Memory Used: 90 MB"),
    ]
    found = {row["@type"]: row for row in rows(lines, "/aws/lambda/f") if "@type" in row}
    assert (found["REPORT"]["@duration"], found["REPORT"]["@billedDuration"]) == (12.5, 13.0)
    assert found["START"]["@requestId"] == request
    assert rows(lines, "/aws/lambda/f")[1]["drift.temp"] == 7.8
    assert rows(lines, "/aws/lambda/f")[1]["@requestId"] == request


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("pattern @message", "does not have the command pattern"),
        ("fields @message | filter", "unexpected symbol found end of the command"),
        ("filter status = ", "unexpected symbol"),
        ("filter status == 200", "unexpected symbol"),
        ("stats status by path", "stats takes functions such as count(*), not status"),
        ("stats rate(status)", "does not have the function rate"),
        ("filter count(*) > 1", "can be used in stats only"),
        ("fields a | | limit 1", "a command is missing"),
        ("limit 0", "limit takes a number from 1"),
        ("parse @message 'x' as y", "parse needs a *"),
        ("parse @message '* *' as y", "parse takes 2 values and has names for 1"),
        ("filter a like /(/", "is not valid"),
        ("  ", "the query is empty"),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(query: str, message: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        answer(query)
    assert message in str(refused.value)
