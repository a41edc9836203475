"""Text tables as Athena's SerDes read them: a row is a line, whatever quotes say."""

import gzip
from dataclasses import replace

import pytest
from engines.sql.table_scans import DataFile
from sql_lab import SqlLab

CSV = {"id": "bigint", "note": "string"}


def pairs(lab: SqlLab) -> list[tuple[str, str]]:
    """Rows of the two columns, NULL as a word."""
    sql = "SELECT COALESCE(CAST(id AS varchar), 'NULL'), COALESCE(note, 'NULL') FROM t"
    return [(row[0], row[1]) for row in lab.rows(sql)]


def packed(lab: SqlLab, body: bytes) -> DataFile:
    """Adds bytes that are packed already."""
    file = replace(lab.data("t", body), url="s3://data/t/packed.csv.gz")
    lab.files["db.t"][-1] = file
    return file


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ('id,note\n1,"two\nlines"\n2,"x"\n', [("1", "NULL"), ("NULL", "NULL"), ("2", "x")]),
        ('id,note\n1,"say ""hi"""\n', [("1", 'say "hi"')]),
        ('id,note\n1,"open\n2,x\n', [("1", "NULL"), ("2", "x")]),
        ('id,note\n1,"open', [("1", "NULL")]),
        ('"id\n","note"\n1,x\n', [("NULL", "NULL"), ("1", "x")]),
        ('id,note\n1,"a\\"b"\n2,c\\\\d\n', [("1", 'a"b'), ("2", "c\\d")]),
        ("id,note\r\n1,x\r\n2,y", [("1", "x"), ("2", "y")]),
        ("id,note\r1,x\r2,y\r", [("1", "x"), ("2", "y")]),
        ("\ufeff1,id\n2,x\n", [("2", "x")]),
        ("id,note\n\n1,x\n\n", [("NULL", "NULL"), ("1", "x"), ("NULL", "NULL")]),
        ("id,note\n1\n2,x,more\n", [("1", "NULL"), ("2", "x")]),
        ("id,note", []),
        ("", []),
    ],
)
def test_open_csv_serde_ends_a_row_at_the_line(lab: SqlLab, content: str, rows: list[tuple[str, str]]) -> None:
    lab.table("t", CSV, format="opencsv", skip_header_line_count="1")
    lab.data("t", content)

    assert pairs(lab) == rows


def test_a_byte_order_mark_is_no_data(lab: SqlLab) -> None:
    lab.table("t", CSV)
    lab.data("t", "\ufeff1,x\n")

    assert pairs(lab) == [("1", "x")]


def test_lazy_simple_serde_takes_quotes_for_text_and_an_empty_line_for_an_empty_field(lab: SqlLab) -> None:
    lab.table("t", CSV)
    lab.data("t", '1,"x"\r\n\r\n2,"a\n3,b"\n4,"c,d"\n')

    assert pairs(lab) == [("1", '"x"'), ("NULL", "NULL"), ("2", '"a'), ("3", 'b"'), ("4", '"c')]
    lab.table("t", {"note": "string"})
    lab.data("t", "a\n\nb")
    assert lab.text("SELECT note FROM t") == '"a"\n""\n"b"\n'


def test_lazy_simple_serde_unescapes_text_after_it_looked_for_null(lab: SqlLab) -> None:
    lab.table("t", CSV, escape_delim="\\")
    lab.data("t", "1,a\\,b\n2,\\N\n3,\\\\N\n4,end\\\n5,\\\\\\,x\n\\6,y\n")

    assert pairs(lab) == [("1", "a,b"), ("2", "NULL"), ("3", "\\N"), ("4", "end\\"), ("5", "\\,x"), ("NULL", "y")]


@pytest.mark.parametrize(
    ("delimiter", "between"), [("9", "\t"), ("||", "|"), ("", "\x01"), ("\t", "\t"), ("1", "\x01")]
)
def test_a_field_delimiter_is_a_code_or_its_first_character(lab: SqlLab, delimiter: str, between: str) -> None:
    lab.table("t", CSV, field_delim=delimiter)
    lab.data("t", f"1{between}x\n")

    assert pairs(lab) == [("1", "x")]


def test_the_last_column_takes_the_rest_where_the_table_says_so(lab: SqlLab) -> None:
    lab.table("t", CSV, serialization_last_column_takes_rest="true")
    lab.data("t", "1,a,b,c\n2\n")

    assert pairs(lab) == [("1", "a,b,c"), ("2", "NULL")]


@pytest.mark.parametrize("format", ["text", "opencsv"])
@pytest.mark.parametrize(("head", "foot", "rows"), [("1", "1", "23"), ("0", "2", "12"), ("3", "1", ""), ("9", "9", "")])
def test_lines_are_skipped_at_the_head_and_the_foot_of_each_file(
    lab: SqlLab, format: str, head: str, foot: str, rows: str
) -> None:
    lab.table("t", CSV, format=format, skip_header_line_count=head, skip_footer_line_count=foot)
    lab.data("t", "1,x\n2,x\n3,x\n4,x\n")
    packed(lab, gzip.compress(b"1,x\n2,x\n") + gzip.compress(b"3,x\n4,x"))

    assert sorted(row[0] for row in pairs(lab)) == sorted(rows * 2)


@pytest.mark.parametrize("format", ["text", "opencsv", "parquet"])
@pytest.mark.parametrize("key", ["skip.header.line.count", "skip.footer.line.count"])
@pytest.mark.parametrize("count", ["True", "", "1.0", " 1", "9999999999", "one"])
def test_a_count_that_is_no_number_fails_as_the_tables_metadata(lab: SqlLab, format: str, key: str, count: str) -> None:
    lab.table("t", CSV, format=format, **{key: count})

    assert lab.fault("SELECT * FROM t") == "GENERIC_INTERNAL_ERROR: Failed to construct table metadata for table db.t"


@pytest.mark.parametrize("key", ["skip.header.line.count", "skip.footer.line.count"])
def test_a_negative_count_is_an_invalid_value_of_the_property(lab: SqlLab, key: str) -> None:
    lab.table("t", CSV, **{key: "-1"})

    assert lab.fault("SELECT * FROM t") == f"HIVE_INVALID_METADATA: Invalid value for {key} property: -1"


def test_characters_that_mean_two_things_are_not_supported(lab: SqlLab) -> None:
    for given in ({"separatorChar": '"'}, {"escapeChar": ","}, {"quoteChar": "\\"}, {"separatorChar": "\\t"}):
        lab.table("t", CSV, format="opencsv", **given)
        assert lab.fault("SELECT * FROM t") == "NOT_SUPPORTED: CSV not supported"
    lab.table("t", CSV, format="opencsv", quoteChar="")
    assert lab.fault("SELECT * FROM t") == "GENERIC_INTERNAL_ERROR: Failed to construct table metadata for table db.t"


def test_a_broken_gzip_file_is_named(lab: SqlLab) -> None:
    lab.table("t", CSV)
    cut = packed(lab, gzip.compress(b"1,x\n" * 1000)[:-10])

    assert lab.fault("SELECT * FROM t").startswith(f"HIVE_CURSOR_ERROR: Failed to read file at {cut.url}")


def test_another_kind_of_packing_is_named(lab: SqlLab) -> None:
    lab.table("t", CSV)
    lab.data("t", b"BZh9", name="x.csv.bz2")

    assert "does not support text files packed as .bz2 (s3://data/t/0-x.csv.bz2)" in lab.fault("SELECT * FROM t")


def test_both_kinds_of_files_may_lie_in_one_table(lab: SqlLab) -> None:
    lab.table("t", CSV, format="opencsv", keys={"batch": "string"}, skip_header_line_count="1")
    lab.data("t", "id,note\n1,x\n", "a")
    quoted = lab.data("t", 'id,note\n2,"y ""z"""\n', "b")
    lab.data("t", "id,note\r\n3,w\r\n", "c")

    assert lab.rows("SELECT id, note, batch FROM t ORDER BY id") == [
        ["1", "x", "a"],
        ["2", 'y "z"', "b"],
        ["3", "w", "c"],
    ]
    assert lab.rows('SELECT "$path" FROM t WHERE id = 2') == [[quoted.url]]
    assert lab.rows("SELECT a.id FROM t a JOIN t b ON a.id = b.id ORDER BY 1") == [["1"], ["2"], ["3"]]
