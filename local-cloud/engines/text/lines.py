"""The lines of a text file: the bytes between line ends, without headers and footers.

A line ends at a line feed, a carriage return, or both; the last one needs no end. A byte order mark is no data.
https://github.com/trinodb/trino/blob/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats/line/text/TextLineReader.java
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True)
class TextFile:
    """A file on this machine, and what messages call it."""

    path: str
    name: str
    gzip: bool = False


class UnreadableFile(Exception):
    """A file whose bytes cannot be had; the message names it."""


def blocks(file: TextFile) -> Iterator[bytes]:
    """The file's bytes, cut behind line feeds, so that no line lies in two blocks."""
    rest = b""
    try:
        with gzip.open(file.path) if file.gzip else Path(file.path).open("rb") as stream:
            while part := stream.read(BLOCK):
                end = part.rfind(b"\n") + 1
                if end == 0:
                    rest += part
                    continue
                yield rest + part[:end]
                rest = part[end:]
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"Failed to read file at {file.name}: {error}") from error
    if rest:
        yield rest


def lines(file: TextFile, header: int, footer: int) -> Iterator[list[str]]:
    """The file's lines in batches."""
    kept: deque[str] = deque()
    for number, block in enumerate(blocks(file)):
        batch = _split(block.removeprefix(codecs.BOM_UTF8) if number == 0 else block)
        skipped = min(header, len(batch))
        header -= skipped
        batch = batch[skipped:]
        if footer:
            kept.extend(batch)
            batch = [kept.popleft() for _ in range(max(0, len(kept) - footer))]
        if batch:
            yield batch


def _split(block: bytes) -> list[str]:
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found = block.decode("utf-8", "replace").split("\n")
    # A line end ends a line; it does not begin another.
    return found if found[-1] else found[:-1]
