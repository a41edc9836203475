"""The quick reader is taken only where it gives what the SerDe gives."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from engines.text.line_format import LineFormat
from engines.text.lines import TextFile
from engines.text.plain_files import is_plain
from engines.text.rows import load_rows, row_queries

OPEN = LineFormat(True, ",", '"', "\\", 1)
LAZY = LineFormat(False, ",", header=1, null="\\N")
ROWS = b"a,b\n1,x\n2,y\n"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    made.execute("SET threads = 2")
    yield made
    made.close()


def file(folder: Path, content: bytes, gzipped: bool = False) -> TextFile:
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(gzip.compress(content) if gzipped else content)
    return TextFile(str(path), path.name, gzipped)


@pytest.mark.parametrize("line_format", [OPEN, LAZY], ids=["OpenCSVSerde", "LazySimpleSerDe"])
@pytest.mark.parametrize("content", [ROWS, ROWS[:-1], "a,b\n,é\n".encode(), b"a,b\n ,NULL\n"])
def test_a_rectangle_of_ordinary_characters_is_plain(tmp_path: Path, line_format: LineFormat, content: bytes) -> None:
    assert is_plain(file(tmp_path, content), line_format, 2)
    assert is_plain(file(tmp_path, content, gzipped=True), line_format, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a,b\n",
        b"a,b\r\n1,x\r\n",
        b"\xef\xbb\xbfa,b\n1,x\n",
        b"a,b\n\n1,x\n",
        b"\na,b\n1,x\n",
        b"a,b\n1,x\n\n",
        b"a,b\n1\n2,x,y\n",
        b"a,b,c\n1,x\n",
        b"a\n1,x\n",
        b"a,b\n1,\xff\n",
        b"a,b\n1,\0\n",
        b"a,b\n1,\x02\x03\x02\n",
        b"a,b\n1," + b"x" * 2_000_000,
    ],
)
def test_anything_else_is_not(tmp_path: Path, content: bytes) -> None:
    assert not is_plain(file(tmp_path, content), OPEN, 2)
    assert not is_plain(file(tmp_path, content), LAZY, 2)


def test_quotes_and_escapes_count_where_they_mean_something(tmp_path: Path) -> None:
    quoted, escaped = file(tmp_path, b'a,b\n1,"x"\n'), file(tmp_path, b"a,b\n1,x\\y\n")
    assert [is_plain(f, OPEN, 2) for f in (quoted, escaped)] == [False, False]
    assert [is_plain(f, LAZY, 2) for f in (quoted, escaped)] == [True, True]
    assert not is_plain(escaped, LineFormat(False, ",", escape="\\"), 2)
    assert not is_plain(file(tmp_path, ROWS), LineFormat(False, ",", footer=1), 2)


LAYOUTS = [
    (LineFormat(True, ",", '"', "\\"), b',"\\'),
    (LineFormat(True, "\t", "'", "\0"), b"\t'\0"),
    (LineFormat(True, " ", "*", "~", 2), b" *~"),
    (LineFormat(False, ",", header=1, null="\\N"), b',"\\'),
    (LineFormat(False, "\x01", null="\\N"), b"\x01\x02\x03"),
    (LineFormat(False, "|", escape="\\", null=""), b"|\\\\"),
]


@pytest.mark.parametrize("seed", range(6))
def test_both_readers_agree_on_every_file_that_is_plain(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, seed: int
) -> None:
    chance = random.Random(seed)
    found = 0
    for _ in range(60):
        line_format, special = chance.choice(LAYOUTS)
        width = chance.randint(1, 4)
        one = file(tmp_path, _content(chance, line_format, special, width), gzipped=chance.random() < 0.3)
        if not is_plain(one, line_format, width):
            continue
        found += 1
        (select,) = row_queries(connection, "unused", line_format, width, [one])
        assert "read_csv" in select
        load_rows(connection, "expected", line_format, width, [one])
        read, expected = (connection.execute(sql).fetchall() for sql in (select, "SELECT * FROM expected"))
        assert read == expected, (line_format, Path(one.path).read_bytes())
    assert found > 5


def _content(chance: random.Random, line_format: LineFormat, special: bytes, width: int) -> bytes:
    """Mostly a rectangle, now and then with something odd."""
    odd = chance.choice([b"", b"", special, b"\r", b"\n", b"\xef\xbb\xbf", b"\xff"])
    alphabet = ["a", "1", " ", "-", ".", "#", "é", "😀", "NULL", "\\N", "'", '"', "\t", "\x0b", "\x1a", "\u2028", "%"]
    separator = line_format.separator.encode()
    usual = [c.encode() for c in alphabet if separator not in c.encode()]
    usual = [
        c
        for c in usual
        if not line_format.quoted or (line_format.quote.encode() not in c and line_format.escape.encode() not in c)
    ]
    cells = [
        [b"".join(chance.choices(usual, k=chance.choice([0, 1, 1, 3]))) for _ in range(width)]
        for _ in range(chance.choice([1, 3, 8]))
    ]
    if width > 1 and len(cells) > 2 and chance.random() < 0.2:
        # As many separators as in a rectangle.
        cells[1].append(cells[2].pop())
    if odd:
        cells[-1][-1] += bytes([chance.choice(odd)]) if chance.random() < 0.7 else odd
    body = b"\n".join(separator.join(row) for row in cells)
    if odd == b"\xef\xbb\xbf":
        body = odd + body
    return body + chance.choice([b"", b"\n", b"\n", b"\r\n"])


def test_files_of_both_kinds_are_read_together(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    some = [file(tmp_path, ROWS), file(tmp_path, ROWS, gzipped=True), file(tmp_path, b'"a","b"\n"3","z"')]
    selects = row_queries(connection, "others", OPEN, 2, some)
    rows = connection.execute(f"SELECT c0, c1, filename FROM ({' UNION ALL '.join(selects)}) ORDER BY ALL").fetchall()
    plain_rows = [(i, c, f.path) for i, c in (("1", "x"), ("2", "y")) for f in some[:2]]
    assert rows == [*plain_rows, ("3", "z", some[2].path)]
