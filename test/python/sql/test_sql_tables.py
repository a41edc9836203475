"""Files as Athena's readers see them."""

from pathlib import Path

import duckdb
import pytest
from engines.sql.output import Target
from sql_lab import SqlLab


def test_lazy_simple_serde_reads_what_does_not_parse_as_null(lab: SqlLab) -> None:
    lab.table("t", {"i": "bigint", "d": "double", "s": "string", "b": "boolean", "y": "date", "m": "timestamp"})
    lab.data(
        "t",
        "12,1.5,x,true,2013-01-02,2013-01-02 03:04:05\n"
        ",,,,,\n"
        "x,NA, y ,yes,02.01.2013,2013-01-02T03:04:05Z\n"
        "12.7,1e3,\\N,FALSE,,\n",
    )

    assert lab.text("SELECT * FROM t").split("\n")[:-1] == [
        '"12","1.5","x","true","2013-01-02","2013-01-02 03:04:05.000"',
        ',,"",,,',
        ',," y ",,,',
        '"12","1000.0",,"false",,',
    ]


def test_lines_may_have_too_few_or_too_many_fields(lab: SqlLab) -> None:
    lab.table("t", {"a": "string", "b": "string", "c": "bigint"})
    lab.data("t", 'p\nq,"r\ns,t,1,extra,more\n')

    assert lab.text("SELECT a, b, c FROM t") == '"p",,\n"q","""r",\n"s","t","1"\n'


def test_header_lines_are_skipped_in_every_file_and_gzip_is_unpacked(lab: SqlLab) -> None:
    lab.table("t", {"a": "string"}, skip_header_line_count="1")
    lab.data("t", "a\none\n")
    packed = lab.data("t", "a\r\ntwo\r\n", name="x.csv.gz")
    lab.data("t", "a\n")
    lab.data("t", "")

    assert lab.rows("SELECT a FROM t ORDER BY a") == [["one"], ["two"]]
    assert lab.rows("SELECT \"$path\" FROM t WHERE a = 'two'") == [[packed.url]]
    assert lab.scanned == sum(f.size for f in lab.files["db.t"])


def test_the_text_for_null_is_the_tables(lab: SqlLab) -> None:
    lab.table("t", {"a": "string", "b": "string"}, serialization_null_format="NA")
    lab.data("t", "NA,\n\\N,NA\n")

    assert lab.text("SELECT a, b FROM t") == ',""\n"\\N",\n'


def test_open_csv_serde_unquotes_and_insists_on_numbers(lab: SqlLab) -> None:
    lab.table("t", {"a": "string", "n": "bigint"}, format="opencsv", separatorChar=";", quoteChar="'")
    lab.data("t", "'x; y';'1'\nz;2\n'';\n")

    assert lab.rows("SELECT a FROM t ORDER BY a") == [[""], ["x; y"], ["z"]]
    assert lab.fault("SELECT sum(n) FROM t").startswith(
        "HIVE_BAD_DATA: Error parsing field value '' for field 1: For input string: \"\""
    )


def test_tables_that_cannot_be_read_say_why(lab: SqlLab) -> None:
    lab.table("orc", {"a": "string"}, format="org.apache.hadoop.hive.ql.io.orc.OrcSerde")
    lab.table("twice", {"year": "bigint"}, keys={"year": "string"})
    lab.table("wide", {"a": "string"}, **{"field_delim": "§"})

    assert "does not support tables of the format org.apache.hadoop.hive.ql.io.orc.OrcSerde" in lab.fault(
        "SELECT a FROM orc"
    )
    assert lab.fault("SELECT 1 FROM twice").startswith(
        "HIVE_INVALID_METADATA: Hive metadata for table twice is invalid"
    )
    lab.data("wide", "x\n")
    assert "does not support delimiters beyond ASCII" in lab.fault("SELECT a FROM wide")


class TestPartitions:
    @pytest.fixture(autouse=True)
    def table(self, lab: SqlLab) -> None:
        lab.table("t", {"x": "bigint"}, keys={"batch": "string", "n": "int"})
        lab.data("t", "1\n", "2013-01", "1")
        lab.data("t", "22\n", "2013-02", "2")
        lab.data("t", "333\n", "2013-10", "10")
        lab.view("v", "SELECT batch, n, x, upper(batch) AS loud FROM t", "batch", "n", "x", "loud")

    @pytest.mark.parametrize(
        ("condition", "kept"),
        [
            ("batch = '2013-02'", [1]),
            ("batch <> '2013-02'", [0, 2]),
            ("batch IN ('2013-01', '2013-10')", [0, 2]),
            ("batch > '2013-01' AND x > 0", [1, 2]),
            ("batch BETWEEN '2013-02' AND '2013-09'", [1]),
            ("n >= 2", [1, 2]),
            ("batch LIKE '2013-0%'", [0, 1]),
            ("substr(batch, 6) = '10'", [2]),
            ("(batch = '2013-01' AND x = 1) OR (batch = '2013-02' AND x = 9)", [0, 1]),
            ("batch = '2013-01' OR x = 333", [0, 1, 2]),
            ("NOT batch = '2013-01'", [1, 2]),
            ("x = 1", [0, 1, 2]),
            ("batch = (SELECT max(batch) FROM t)", [0, 1, 2]),
            ("batch = '2014-01'", []),
        ],
    )
    def test_a_condition_leaves_others_unread(self, lab: SqlLab, condition: str, kept: list[int]) -> None:
        made = lab.plan(f"SELECT count(*) FROM t WHERE {condition}")

        assert lab.engine.partitions(made)[0] == kept

    @pytest.mark.parametrize(
        ("sql", "kept"),
        [
            ("SELECT x FROM v WHERE batch = '2013-02'", [[1]]),
            ("SELECT x FROM v WHERE loud = '2013-02'", [[0, 1, 2]]),
            ("SELECT * FROM (SELECT batch, sum(x) AS s FROM t GROUP BY batch) WHERE batch = '2013-02'", [[1]]),
            ("SELECT * FROM (SELECT batch FROM t ORDER BY x LIMIT 1) WHERE batch = '2013-02'", [[0, 1, 2]]),
            ("SELECT * FROM (SELECT batch, rank() OVER (ORDER BY x) r FROM t) WHERE batch = '2013-02'", [[0, 1, 2]]),
            ("WITH w AS (SELECT * FROM t) SELECT 1 FROM w a, w b WHERE a.batch = '2013-01' AND b.n = 2", [[0], [1]]),
            ("SELECT 1 FROM t a JOIN t b ON a.x = b.x AND b.batch = '2013-01'", [[0, 1, 2], [0]]),
            ("SELECT 1 FROM t a LEFT JOIN t b ON a.x = b.x AND b.batch = '2013-01'", [[0, 1, 2], [0]]),
            ("SELECT 1 FROM t a LEFT JOIN t b ON a.x = b.x AND a.batch = '2013-01'", [[0, 1, 2], [0, 1, 2]]),
            ("SELECT 1 FROM t a LEFT JOIN t b ON a.x = b.x WHERE b.batch IS NULL", [[0, 1, 2]] * 2),
        ],
    )
    def test_through_views_and_joins(self, lab: SqlLab, sql: str, kept: list[list[int]]) -> None:
        assert lab.engine.partitions(lab.plan(sql)) == kept

    def test_only_what_is_read_is_billed_and_values_come_from_the_catalog(self, lab: SqlLab) -> None:
        assert lab.rows("SELECT batch, n, x FROM t WHERE n > 1 ORDER BY n") == [
            ["2013-02", "2", "22"],
            ["2013-10", "10", "333"],
        ]
        assert lab.scanned == len("22\n333\n")

    def test_hives_default_partition_is_null(self, lab: SqlLab) -> None:
        lab.data("t", "4\n", None, "4")

        assert lab.rows("SELECT x FROM t WHERE batch IS NULL") == [["4"]]


class TestParquet:
    @pytest.fixture(autouse=True)
    def table(self, lab: SqlLab, tmp_path: Path) -> None:
        duckdb.sql(
            "SELECT CAST(i AS BIGINT) AS ID, CAST(i / 2 AS DOUBLE) AS half, 'name' || i AS name, "
            "CAST('2013-01-02 03:04:05' AS TIMESTAMP) AS moment FROM range(1000) t(i)"
        ).write_parquet(str(tmp_path / "one.parquet"))
        duckdb.sql("SELECT CAST(-1 AS INTEGER) AS id, 'late' AS extra").write_parquet(str(tmp_path / "two.parquet"))
        lab.table("p", {"id": "bigint", "half": "double", "name": "string", "moment": "timestamp"}, format="parquet")
        lab.data("p", tmp_path / "one.parquet")
        lab.data("p", tmp_path / "two.parquet")

    def test_columns_are_found_by_name_and_missing_ones_are_null(self, lab: SqlLab) -> None:
        rows = lab.rows("SELECT id, half, name, moment FROM p WHERE id < 1 ORDER BY id")

        assert rows == [["-1", "", "", ""], ["0", "0.0", "name0", "2013-01-02 03:04:05.000"]]

    def test_only_the_chunks_of_columns_that_are_read_are_billed(self, lab: SqlLab) -> None:
        whole = sum(f.size for f in lab.files["db.p"])
        lab.rows("SELECT count(*) FROM p")
        assert lab.scanned == 0
        lab.rows("SELECT max(id) FROM (SELECT * FROM p)")
        one = lab.scanned
        lab.rows("SELECT max(id), max(name) FROM p")

        assert 0 < one < lab.scanned < whole

    def test_a_type_that_does_not_fit_is_bad_data(self, lab: SqlLab) -> None:
        lab.tables["db.p"]["columns"][2]["type"] = "bigint"

        assert "Field name's type BYTE_ARRAY in parquet file s3://" in lab.fault("SELECT name FROM p")

    def test_a_file_that_is_no_parquet_is_bad_data_and_named(self, lab: SqlLab) -> None:
        broken = lab.data("p", "not parquet")

        fault = lab.fault("SELECT count(id) FROM p")
        assert fault.startswith("HIVE_BAD_DATA")
        assert broken.url in fault

    def test_the_cut_off_counts_chunks(self, lab: SqlLab) -> None:
        lab.run("SELECT max(id) FROM p")
        enough = lab.scanned

        lab.run("SELECT max(id) FROM p", cutoff=enough)
        with pytest.raises(Exception, match="Bytes scanned limit was exceeded"):
            lab.run("SELECT max(id) FROM p", cutoff=enough - 1)


class TestWriting:
    @pytest.fixture
    def out(self, tmp_path: Path) -> Path:
        folder = tmp_path / "out"
        folder.mkdir()
        return folder

    def test_text_comes_as_several_files_that_together_are_the_rows(self, lab: SqlLab, out: Path) -> None:
        target = Target(out, "TEXTFILE", "NONE", ",")
        written = lab.run("SELECT x, CAST(NULL AS double) FROM UNNEST(sequence(1, 60000)) t(x)", target=target)

        lines = [line for w in written for line in w.path.read_text().splitlines()]
        assert len(written) > 1
        assert sorted(lines) == sorted(f"{x},\\N" for x in range(1, 60001))

    def test_partition_columns_leave_the_files_and_name_folders(self, lab: SqlLab, out: Path) -> None:
        sql = "SELECT x, x / 2 AS half FROM UNNEST(sequence(0, 3)) t(x)"
        written = lab.run(sql, target=Target(out, "PARQUET", "SNAPPY", partitioned_by=("half",)))

        assert {w.partition for w in written} == {("0",), ("1",)}
        for w in written:
            assert duckdb.sql(f"SELECT * FROM read_parquet('{w.path}')").columns == ["x"]
        with pytest.raises(Exception, match="HIVE_COLUMN_ORDER_MISMATCH"):
            lab.run(sql, target=Target(out, "PARQUET", partitioned_by=("x",)))
