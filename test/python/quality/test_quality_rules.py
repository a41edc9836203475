"""Rules on small data with known answers, good and bad, and what they say."""

from pathlib import Path

import pytest
from engines.quality.__main__ import evaluate
from engines.quality.outcome import UnsupportedLocally, java_double
from quality_jobs import NOW, NULL, Json, age, composite, csv_table, day, num, result, rule, text

TYPES = {
    "id": "bigint",
    "code": "string",
    "size": "int",
    "day": "date",
    "twice": "string",
    "gap": "int",
}
ROWS = """1,AA,10,2026-11-20,x,1
2,BB,20,2026-11-21,x,
3,,30,2026-11-22,y,3
4,  ,40,2026-11-23,z,4
"""


@pytest.fixture
def table(tmp_path: Path) -> Json:
    return csv_table(tmp_path, TYPES, ROWS)


UNMET = "Value: {} does not meet the constraint requirement!"
NULL_UNMET = UNMET.format("NULL")

CASES = [
    (rule("RowCount", condition=num("=", 4)), "PASS", None),
    (rule("RowCount", condition=num(">", 4)), "FAIL", UNMET.format(4)),
    (rule("RowCount", condition=num("between", 4, 10)), "FAIL", UNMET.format(4)),
    (rule("RowCount", condition=num("between", 3, 5)), "PASS", None),
    (rule("RowCount", condition=num("not between", 4, 10)), "PASS", None),
    (rule("RowCount", condition=num("in", 3, 4)), "PASS", None),
    (rule("RowCount", condition=num("not in", 3, 4)), "FAIL", UNMET.format(4)),
    (rule("RowCount", condition=num("!=", 4)), "FAIL", UNMET.format(4)),
    (rule("RowCount", condition=num("=", 2), where="size > 20"), "PASS", None),
    (rule("ColumnCount", condition=num("=", 6)), "PASS", None),
    (rule("ColumnCount", condition=num("<", 6)), "FAIL", UNMET.format(6)),
    (rule("ColumnExists", "ID"), "PASS", None),
    (rule("ColumnExists", "none"), "FAIL", UNMET.format("0.0")),
    (rule("IsComplete", "code"), "PASS", None),
    (rule("IsComplete", "gap"), "FAIL", UNMET.format(0.75)),
    (rule("IsComplete", "gap", where="id != 2"), "PASS", None),
    (rule("IsComplete", "none"), "FAIL", "Input data does not include column none!"),
    (rule("Completeness", "gap", condition=num(">", 0.7)), "PASS", None),
    (rule("Completeness", "gap", condition=num(">", 0.75)), "FAIL", UNMET.format(0.75)),
    (rule("IsUnique", "id"), "PASS", None),
    (rule("IsUnique", "gap"), "PASS", None),
    (rule("IsUnique", "twice"), "FAIL", UNMET.format(0.5)),
    (rule("IsUnique", "twice", "id"), "PASS", None),
    (rule("IsPrimaryKey", "id"), "PASS", None),
    (rule("IsPrimaryKey", "gap"), "FAIL", UNMET.format(0.75)),
    (rule("IsPrimaryKey", "twice", "size"), "PASS", None),
    (rule("DistinctValuesCount", "twice", condition=num("=", 3)), "PASS", None),
    (rule("DistinctValuesCount", "twice", condition=num("=", 4)), "FAIL", UNMET.format(3)),
    (rule("Mean", "size", condition=num("=", 25)), "PASS", None),
    (rule("Mean", "size", condition=num(">", 25)), "FAIL", UNMET.format("25.0")),
    (rule("Sum", "size", condition=num("=", 100)), "PASS", None),
    (
        rule("Mean", "code", condition=num(">", 0)),
        "FAIL",
        "Expected type of column code to be one of "
        "(ByteType,ShortType,IntegerType,LongType,FloatType,DoubleType,DecimalType), but found StringType instead!",
    ),
    # Numbers: a comparison goes by the extremes.
    (rule("ColumnValues", "size", condition=num(">", 9)), "PASS", None),
    (rule("ColumnValues", "size", condition=num(">", 10)), "FAIL", UNMET.format("10.0")),
    (rule("ColumnValues", "size", condition=num("<=", 40)), "PASS", None),
    (rule("ColumnValues", "size", condition=num("<", 30)), "FAIL", UNMET.format("40.0")),
    (rule("ColumnValues", "size", condition=num("=", 10), where="id = 1"), "PASS", None),
    (rule("ColumnValues", "size", condition=num("between", 9, 41)), "PASS", None),
    (rule("ColumnValues", "size", condition=num("between", 10, 40)), "FAIL", UNMET.format(0.5)),
    (rule("ColumnValues", "size", condition=num("in", 10, 20, 30, 40)), "PASS", None),
    (rule("ColumnValues", "size", condition=num("not in", 10)), "FAIL", UNMET.format(0.75)),
    # NULL fails, except under != and not in; the documentation's examples.
    (rule("ColumnValues", "gap", condition=num(">", 0)), "FAIL", NULL_UNMET),
    (rule("ColumnValues", "gap", condition=num(">", 1)), "FAIL", f"{UNMET.format('1.0')}\n{NULL_UNMET}"),
    (rule("ColumnValues", "gap", condition=num("between", 0, 9)), "FAIL", NULL_UNMET),
    (rule("ColumnValues", "gap", condition=num("!=", 21)), "PASS", None),
    (rule("ColumnValues", "gap", condition=num("!=", NULL)), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "gap", condition=num("not in", 21, 22)), "PASS", None),
    (rule("ColumnValues", "gap", condition=num("not in", 21, NULL)), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "gap", condition=num("in", 1, 3, 4, NULL)), "PASS", None),
    (rule("ColumnValues", "gap", condition=num("=", NULL), where="id = 2"), "PASS", None),
    # Thresholds are shares of rows.
    (rule("ColumnValues", "gap", condition=num(">", 1), threshold=num(">=", 0.5)), "PASS", None),
    (rule("ColumnValues", "gap", condition=num(">", 1), threshold=num(">", 0.5)), "FAIL", UNMET.format(0.5)),
    # Texts.
    (rule("ColumnValues", "twice", condition=text("in", "x", "y", "z")), "PASS", None),
    (rule("ColumnValues", "twice", condition=text("in", "x", "y")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "twice", condition=text("!=", "z")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "code", condition=text("!=", "EMPTY")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "code", condition=text("!=", "WHITESPACES_ONLY")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "code", condition=text("!=", "NULL")), "PASS", None),
    (rule("ColumnValues", "code", condition=text("in", "AA", "BB", "EMPTY", "WHITESPACES_ONLY")), "PASS", None),
    (rule("ColumnValues", "twice", condition=text("matches", "[xyz]")), "PASS", None),
    (rule("ColumnValues", "twice", condition=text("matches", "[xy]")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "code", condition=text("matches", "A")), "FAIL", UNMET.format("0.0")),
    (rule("ColumnValues", "code", condition=text("matches", ".*")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "twice", condition=text("not matches", "[abc]")), "PASS", None),
    (rule("ColumnValues", "twice", condition=text("not matches", "x")), "FAIL", UNMET.format(0.5)),
    (rule("ColumnValues", "none", condition=num(">", 0)), "FAIL", "Input data does not include column none!"),
    # Days; now is 2026-11-23.
    (rule("ColumnValues", "day", condition=day(">", "2026-11-19")), "PASS", None),
    (rule("ColumnValues", "day", condition=day(">", "-2 days")), "FAIL", UNMET.format(0.5)),
    (rule("ColumnValues", "day", condition=day("between", "2026-11-19", "2026-11-24")), "PASS", None),
    (rule("ColumnValues", "day", condition=day("between", "2026-11-20", "2026-11-24")), "FAIL", UNMET.format(0.75)),
    (rule("ColumnValues", "day", condition=day("in", "2026-11-20"), threshold=num("=", 0.25)), "PASS", None),
    # Lengths.
    (rule("ColumnLength", "twice", condition=num("=", 1)), "PASS", None),
    (rule("ColumnLength", "code", condition=num(">", 0)), "FAIL", UNMET.format("0.0")),
    (rule("ColumnLength", "code", condition=num("<=", 2)), "PASS", None),
    (rule("ColumnLength", "code", condition=num("in", 2)), "FAIL", UNMET.format(0.75)),
    (rule("ColumnLength", "code", condition=num("between", -1, 2)), "FAIL", UNMET.format("2.0")),
    # SQL.
    (rule("CustomSql", "select count(*) from primary where size > 20", condition=num("=", 2)), "PASS", None),
    (rule("CustomSql", "select count(*) from primary", condition=num(">", 4)), "FAIL", UNMET.format("4.0")),
    (rule("CustomSql", "select id from primary"), "PASS", None),
    (
        rule("CustomSql", "select id from primary where size > 10"),
        "FAIL",
        "Value: 0.75 does not meet the constraint requirement.",
    ),
    (rule("CustomSql", "select id from primary where size > 10", threshold=num(">", 0.7)), "PASS", None),
    (
        rule("CustomSql", "select id, size from primary", condition=num(">", 0)),
        "FAIL",
        "did not return exactly 1 column",
    ),
    (rule("CustomSql", "select id from primary", condition=num(">", 0)), "FAIL", "did not return exactly 1 row"),
    (rule("CustomSql", "select id, 1 as other from primary"), "FAIL", "Columns not found: other"),
    (rule("CustomSql", "select 1 as other from primary"), "FAIL", "at least one column that matches"),
    (rule("CustomSql", "select none from primary", condition=num(">", 0)), "ERROR", "none"),
    (rule("CustomSql", "selec", condition=num(">", 0)), "ERROR", "Error executing SQL statement"),
    (rule("IsComplete", "id", where="none > 1"), "ERROR", "The provided where clause is invalid"),
    # A filter that lets nothing through breaks no rule.
    (rule("ColumnValues", "size", condition=num(">", 1000), where="id > 100"), "PASS", None),
    (rule("IsUnique", "twice", where="id > 100"), "PASS", None),
    (rule("Entropy", "twice", condition=num(">", 9), where="id > 100"), "PASS", None),
    # Together.
    (composite("and", rule("IsComplete", "id"), rule("IsUnique", "id")), "PASS", None),
    (composite("and", rule("IsComplete", "id"), rule("IsUnique", "twice")), "FAIL", UNMET.format(0.5)),
    (composite("or", rule("IsComplete", "gap"), rule("IsUnique", "id")), "PASS", UNMET.format(0.75)),
    (
        composite("or", rule("IsComplete", "gap"), composite("and", rule("IsUnique", "id"), rule("IsUnique", "twice"))),
        "FAIL",
        f"{UNMET.format(0.75)}\n{UNMET.format(0.5)}",
    ),
    # Each part holds or fails on the whole column, as on AWS unless row-wise evaluation is asked for.
    (
        composite(
            "or",
            rule("ColumnValues", "gap", condition=num(">", 0)),
            rule("ColumnValues", "gap", condition=num("=", NULL)),
        ),
        "FAIL",
        f"{NULL_UNMET}\n{UNMET.format(0.25)}",
    ),
]


@pytest.mark.parametrize(("one", "expected", "message"), CASES)
def test_a_rule(table: Json, one: Json, expected: str, message: str | None) -> None:
    outcome = result(table, one)
    assert outcome["result"] == expected, outcome
    if message is None:
        assert outcome["message"] is None
    elif message.startswith("Value:"):
        assert outcome["message"] == message
    else:
        assert message in outcome["message"]


def test_a_column_without_any_value_fails_what_needs_one(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "int", "b": "int"}, ",1\n,2\n")
    for one in (
        rule("Mean", "a", condition=num(">", 0)),
        rule("IsUnique", "a"),
        rule("Entropy", "a", condition=num(">=", 0)),
        rule("ColumnValues", "a", condition=num(">", 0)),
    ):
        outcome = result(table, one)
        assert outcome["result"] == "FAIL"
        assert "all input values were NULL" in outcome["message"]


def test_what_the_rehearsal_lacks_ends_the_run(table: Json) -> None:
    for one in (
        rule("DatasetMatch", "other", "id", condition=num("=", 1)),
        rule("DataFreshness", "day", condition=age("<=", 4, "days")),
        rule("ColumnNamesMatchPattern", "^[a-z]+$"),
        rule("ColumnDataType", "day", condition=text("=", "Date")),
    ):
        with pytest.raises(UnsupportedLocally, match=one["type"]):
            result(table, one)
    with pytest.raises(UnsupportedLocally, match="look-arounds"):
        result(table, rule("ColumnValues", "twice", condition=text("matches", "(?!q)[xyz]")))
    checked = {"rules": [], "analyzers": [{"type": "RowCount", "parameters": []}]}
    with pytest.raises(UnsupportedLocally, match="analyzers"):
        evaluate({"now": NOW, "tables": {"primary": table}, "rulesets": [checked]})
    call = {"kind": "call", "name": "avg", "arguments": []}
    with pytest.raises(UnsupportedLocally, match=r"avg\(\)"):
        result(table, rule("RowCount", condition={"type": "number", "operator": ">", "operands": [call]}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4.0, "4.0"),
        (0.93, "0.93"),
        (1 / 3, "0.3333333333333333"),
        (0.001, "0.001"),
        (0.00025, "2.5E-4"),
        (9999999.0, "9999999.0"),
        (12345678.0, "1.2345678E7"),
        (1e22, "1.0E22"),
        (-5.0, "-5.0"),
        (0.0, "0.0"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_numbers_are_written_as_the_jvm_does(value: float, expected: str) -> None:
    assert java_double(value) == expected
