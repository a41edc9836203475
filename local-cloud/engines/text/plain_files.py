"""Whether DuckDB's CSV reader returns the same fields for a file as the SerDe, judged by the file's bytes."""

from __future__ import annotations

import codecs

import numpy as np

from .line_format import LineFormat
from .lines import TextFile, blocks

# DuckDB's reader refuses lines of more than 2 MB.
_LONGEST_LINE = 1_000_000
# For DuckDB, a text that no field of a plain file is.
NULL = "\x02\x03\x02"
_UNUSABLE_SEPARATORS = "\n\r\x02\x03"


def is_plain(file: TextFile, line_format: LineFormat, width: int) -> bool:
    """True where each line has as many fields as the table has columns, and no byte means anything but itself."""
    if (
        line_format.footer
        or line_format.last_takes_rest
        or line_format.separator in _UNUSABLE_SEPARATORS
        or not line_format.separator.isascii()
    ):
        return False
    special = [mark.encode() for mark in ("\r", "\0", NULL[0], line_format.quote, line_format.escape)]
    count = 0
    for block in blocks(file):
        if count == 0 and block.startswith(codecs.BOM_UTF8):
            return False
        if any(mark in block for mark in special) or not _utf8(block):
            return False
        found = _rectangular(block, line_format.separator, width)
        if not found:
            return False
        count += found
    return count > line_format.header


def _utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _rectangular(block: bytes, separator: str, width: int) -> int:
    """The number of lines; 0 where one is empty or has another number of fields."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == 10)
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts
    if lengths.min() == 0 or lengths.max() > _LONGEST_LINE:
        return 0
    places = np.flatnonzero(data == ord(separator))
    if len(places) != len(ends) * (width - 1):
        return 0
    if width > 1:
        table = places.reshape(len(ends), width - 1)
        # As they are in order, the first and the last separator of each line lie within it only if all do.
        if (table[:, 0] < starts).any() or (table[:, -1] >= ends).any():
            return 0
    return len(ends)
