"""How files become typed rows."""

from pathlib import Path

import pandas as pd
import pytest
from engines.quality.__main__ import evaluate
from engines.quality.outcome import UnsupportedLocally
from engines.quality.table_loader import UnreadableTable
from quality_jobs import NOW, Json, csv_table, metric, num, parquet_table, result, rule

TYPES = {"name": "string", "count": "int", "share": "double", "seen": "timestamp", "flag": "boolean"}


def scalar(table: Json, sql: str) -> float:
    return metric(table, rule("CustomSql", sql, condition=num(">=", 0)))


@pytest.mark.parametrize(
    ("value", "column", "sql_value"),
    [
        ("", "name", "''"),
        ("\\N", "name", "NULL"),
        ('"a"', "name", "'\"a\"'"),
        ("", "count", "NULL"),
        ("NA", "count", "NULL"),
        ("12", "count", "12"),
        ("-7", "count", "-7"),
        ("1.9", "count", "1"),
        ("99999999999", "count", "NULL"),
        ("1e3", "count", "NULL"),
        ("1e3", "share", "1000"),
        ("x", "share", "NULL"),
        ("2013-01-01 10:00:00", "seen", "TIMESTAMP '2013-01-01 10:00:00'"),
        ("2013-01-01T10:00:00Z", "seen", "NULL"),
        ("TRUE", "flag", "true"),
        ("1", "flag", "NULL"),
    ],
)
def test_lazy_simple_serde_reads(tmp_path: Path, value: str, column: str, sql_value: str) -> None:
    row = ",".join(value if name == column else "\\N" for name in TYPES)
    table = csv_table(tmp_path, TYPES, row + "\n")
    # IS NOT DISTINCT FROM, in Spark's spelling.
    assert scalar(table, f"select count(*) from primary where `{column}` <=> {sql_value}") == 1


def test_short_rows_end_in_null_and_long_ones_are_cut(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string", "b": "string"}, "1\n2,x,surplus\r\n3,y")
    assert scalar(table, "select count(*) from primary where b is null") == 1
    assert scalar(table, "select count(*) from primary where b in ('x', 'y')") == 2
    assert scalar(table, "select count(*) from primary") == 3


def test_a_file_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string"}, "")
    assert result(table, rule("RowCount", condition=num("=", 0)))["result"] == "PASS"


def test_partition_values_become_typed_columns(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string"}, "x\n", partitionKeys=[{"name": "year", "type": "int"}])
    table["groups"] = [{**table["groups"][0], "values": [value]} for value in ("9", "2013")]
    assert result(table, rule("ColumnValues", "year", condition=num(">", 8)))["metrics"] == {"Column.year.Minimum": 9}
    assert result(table, rule("ColumnCount", condition=num("=", 2)))["result"] == "PASS"


def test_parquet_goes_by_name_and_keeps_nulls_and_empty_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"surplus": [1, 2, 3], "B": ["x", "", None], "a": [1.5, None, 2.5]})
    table = parquet_table(tmp_path, {"a": "double", "b": "string", "later": "string"}, frame)
    assert metric(table, rule("Completeness", "b", condition=num(">", 0))) == pytest.approx(frame["B"].notna().mean())
    assert metric(table, rule("Mean", "a", condition=num(">", 0))) == frame["a"].mean()
    assert metric(table, rule("Completeness", "later", condition=num("=", 0))) == 0


def test_open_csv_serde_takes_quotes_away(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string", "b": "string"}, '"x, y","1"\n', format="opencsv")
    assert scalar(table, "select count(*) from primary where a = 'x, y' and b = '1'") == 1


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('1,"two\nlines"\n2,"x"\n', ["1:NULL", "NULL:NULL", "2:x"]),
        ('1,"say ""hi"""\n', ['1:say "hi"']),
        ('1,"open\n2,x', ["1:NULL", "2:x"]),
        ('1,"a\\"b"\r\n\r\n2', ['1:a"b', "NULL:NULL", "2:NULL"]),
    ],
)
def test_open_csv_serde_ends_a_row_at_the_line_here_too(tmp_path: Path, content: str, rows: list[str]) -> None:
    table = csv_table(tmp_path, {"id": "bigint", "note": "string"}, content, format="opencsv")
    sql = "select count(*) from primary where concat(coalesce(cast(id as string), 'NULL'), ':', coalesce(note, 'NULL'))"
    assert scalar(table, "select count(*) from primary") == len(rows)
    for row in rows:
        assert scalar(table, f"{sql} = '{row}'") == 1


@pytest.mark.parametrize("key", ["skip.header.line.count", "skip.footer.line.count"])
@pytest.mark.parametrize("count", ["True", "-1", "", "1.5"])
def test_a_count_of_lines_that_is_none_ends_the_run(tmp_path: Path, key: str, count: str) -> None:
    table = csv_table(tmp_path, {"a": "string"}, "x\n", properties={key: count})
    with pytest.raises(UnreadableTable, match=rf"^Cannot read lab\.table: .*{key}.*aws glue update-table"):
        result(table, rule("RowCount", condition=num("=", 1)))


def test_lines_at_the_foot_are_left_out_and_escapes_go_from_texts_only(tmp_path: Path) -> None:
    properties = {"field.delim": "|", "escape.delim": "\\", "skip.footer.line.count": "1"}
    table = csv_table(tmp_path, {"a": "string", "n": "int"}, "x\\|y|1\n\\N|2\ntotal|2\n", properties=properties)
    assert scalar(table, "select count(*) from primary") == 3
    assert scalar(table, "select count(*) from primary where a = 'x|y' and n = 1") == 1
    assert scalar(table, "select count(*) from primary where a is null and n = 2") == 1


def test_a_table_may_have_any_alias(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string"}, '"x"\r\n', format="opencsv")
    sql = "select count(*) from unread where a = 'x'"
    assert result(table, rule("CustomSql", sql, condition=num("=", 1)), unread=table)["result"] == "PASS"


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="array<string>"):
        result(csv_table(tmp_path, {"a": "array<string>"}, ""), rule("RowCount", condition=num("=", 0)))
    with pytest.raises(UnsupportedLocally, match="json"):
        result(csv_table(tmp_path, {"a": "string"}, "x\n", format="json"), rule("RowCount", condition=num("=", 0)))
    broken = {**csv_table(tmp_path, {"a": "string"}, "no parquet"), "format": "parquet"}
    with pytest.raises(UnreadableTable, match="Cannot read"):
        result(broken, rule("RowCount", condition=num("=", 0)))


def test_a_ruleset_cannot_read_this_machine(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string"}, "x\n")
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nb\n")
    outcome = result(table, rule("CustomSql", f"select count(*) from read_csv('{secret}')", condition=num(">", 0)))
    assert outcome["result"] == "ERROR"
    assert outcome["metrics"] == {}
    for statement in (
        "drop table primary",
        "select 1; select 2",
        "set enable_external_access = true",
        "copy primary to 'x'",
    ):
        assert result(table, rule("CustomSql", statement, condition=num(">", 0)))["result"] == "ERROR"
    for where in ("1 = 1) union (select 1", "1 = 1 group by a", "true limit 1", "true; drop table primary"):
        assert result(table, rule("RowCount", condition=num(">", 0), where=where))["result"] == "ERROR"


def test_several_rulesets_share_one_reading(tmp_path: Path) -> None:
    table = csv_table(tmp_path, {"a": "string"}, "x\n")
    rulesets = [{"rules": [rule("RowCount", condition=num("=", n))], "analyzers": []} for n in (1, 2)]
    answer = evaluate({"now": NOW, "tables": {"primary": table}, "rulesets": rulesets})
    assert answer["rows"] == 1
    assert [ruleset["rules"][0]["result"] for ruleset in answer["rulesets"]] == ["PASS", "FAIL"]
