"""Lines to fields, as each SerDe has it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from engines.text import lazy_simple, open_csv
from engines.text.line_format import LineFormat, parse_line_format
from engines.text.lines import TextFile, UnreadableFile, blocks, lines

VECTORS = json.loads((Path(__file__).parent / "open_csv_vectors.json").read_text())["lines"]
KEYS = {"separator": "separatorChar", "quote": "quoteChar", "escape": "escapeChar"}


def open_csv_layout(vector: dict[str, Any]) -> LineFormat:
    return parse_line_format("opencsv", {property: vector[key] for key, property in KEYS.items() if key in vector})


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_open_csv_serde_finds_in_a_line(vector: dict[str, Any]) -> None:
    assert open_csv.parser(open_csv_layout(vector))(vector["line"]) == vector["fields"]


@pytest.mark.parametrize("seed", range(20))
def test_the_quick_ways_of_open_csv_serde_give_what_the_slow_one_gives(seed: int) -> None:
    chance = random.Random(seed)
    characters = [(",", '"', "\\"), ("\t", "'", "~"), ("|", "*", "\0"), (";", "\0", "\0"), (" ", '"', "\\")]
    for _ in range(3000):
        separator, quote, escape = chance.choice(characters)
        alphabet = [separator, quote, quote, f"{quote}{separator}{quote}", quote * 2, escape, "a", "b", " ", "é", "😀"]
        line = "".join(chance.choices(alphabet, weights=[4, 3, 2, 2, 2, 1, 4, 2, 1, 1, 1], k=chance.randint(1, 14)))
        found = open_csv.parser(LineFormat(True, separator, quote, escape))(line)
        assert found == open_csv.parse_irregular(line, separator, quote, escape), (line, separator, quote, escape)


def test_a_field_longer_than_pythons_reader_takes_is_read() -> None:
    long = "x" * 200_000
    assert open_csv.parser(LineFormat(True, ",", '"', "\\"))(f'"{long}",b') == [long, "b"]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("", [""]),
        ('a,"b,c"', ["a", '"b', 'c"']),
        ("a,", ["a", ""]),
        ("a\\,b,c", ["a\\,b", "c"]),
        ("a\\\\,b", ["a\\\\", "b"]),
        ("a,b\\", ["a", "b\\"]),
        ("a\\b,c", ["a\\b", "c"]),
    ],
)
def test_lazy_simple_serde_finds_in_a_line(line: str, fields: list[str]) -> None:
    assert lazy_simple.parser(parse_line_format("text", {"field.delim": ",", "escape.delim": "\\"}), 9)(line) == fields


@pytest.mark.parametrize(
    ("line", "fields"), [("a,b,c,d", ["a", "b,c,d"]), ("a\\,b,c,d", ["a\\,b", "c,d"]), ("a", ["a"])]
)
def test_the_last_column_takes_the_rest(line: str, fields: list[str]) -> None:
    properties = {"field.delim": ",", "escape.delim": "\\", "serialization.last.column.takes.rest": "TRUE"}
    assert lazy_simple.parser(parse_line_format("text", properties), 2)(line) == fields


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"\xef\xbb\xbf", []),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", ["a", "\ufeffb"]),
        (b"a\r\nb\rc\n\rd", ["a", "b", "c", "", "d"]),
        (b"a\n\n", ["a", ""]),
        (b"a\r", ["a"]),
        (b"\xff\n", ["\ufffd"]),
        (b"a\x0bb\x85c\xe2\x80\xa8d\n", ["a\x0bb\ufffdc\u2028d"]),
    ],
)
def test_lines_end_at_line_feeds_and_carriage_returns_only(tmp_path: Path, content: bytes, found: list[str]) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert [line for batch in lines(TextFile(str(path), "file"), 0, 0) for line in batch] == found


def test_no_line_lies_in_two_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engines.text.lines.BLOCK", 7)
    path = tmp_path / "file"
    path.write_bytes(b"1,a\r\n22,b\r\nthe third line\r\n4\r\n5")
    file = TextFile(str(path), "file")
    assert all(block.endswith(b"\n") for block in list(blocks(file))[:-1])
    assert [line for batch in lines(file, 1, 1) for line in batch] == ["22,b", "the third line", "4"]
    assert [line for batch in lines(file, 0, 9) for line in batch] == []


def test_a_file_that_is_no_gzip_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a\n")
    with pytest.raises(UnreadableFile, match=r"Failed to read file at s3://b/x\.gz"):
        list(lines(TextFile(str(path), "s3://b/x.gz", gzip=True), 0, 0))
