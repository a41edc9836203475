"""OpenCSVSerde's fields of a line, bug for bug.

https://github.com/trinodb/trino/blob/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats/line/csv/CsvDeserializer.java
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

from .line_format import LineFormat

Fields = list[str | None]

# Python's reader takes no longer fields.
_LONGEST = 100_000
# Blanks that Java's Character.isWhitespace does not take for such.
_NOT_JAVA_WHITESPACE = "\x85\xa0\u2007\u202f"


def parser(line_format: LineFormat) -> Callable[[str], Fields]:
    """Splits lines; three ways, of which each gives the same where more than one can be gone, the quick ones first."""
    separator, quote, escape = line_format.separator, line_format.quote, line_format.escape
    s, q, e = (re.escape(character) for character in (separator, quote, escape))
    # Quotes only around whole fields, or doubled within such; no escapes.
    field = f"(?:{q}(?:[^{q}{e}]|{q}{q})*+{q}|[^{s}{q}{e}]*+)"
    regular = re.compile(f"{field}(?:{s}{field})*+", re.DOTALL).fullmatch
    # What Python's reader takes for no separator or no quote.
    known = not {separator, quote} & set("\0\r\n ")

    def parse(line: str) -> Fields:
        if not line:
            return []
        if quote not in line and escape not in line:
            return [*line.split(separator)]
        if known and len(line) < _LONGEST and regular(line):
            return [*next(csv.reader((line,), delimiter=separator, quotechar=quote))]
        return parse_irregular(line, separator, quote, escape)

    return parse


def parse_irregular(line: str, separator: str, quote: str, escape: str) -> Fields:
    """The fields of any line. A field whose quote stays open is None, and the last."""
    fields: Fields = []
    buffer: list[str] = []
    in_quotes = in_field = False
    position, length = 0, len(line)
    while position < length:
        character = line[position]
        following = line[position + 1 : position + 2]
        if character == escape:
            if (in_quotes or in_field) and following in (quote, escape):
                buffer.append(following)
                position += 1
        elif character == quote:
            if (in_quotes or in_field) and following == quote:
                buffer.append(quote)
                position += 1
            else:
                before = line[position - 1 : position]
                if following not in ("", separator) and before != separator and _past_third_character(line, position):
                    # A quote inside a field is text; blanks before a field's first quote are not.
                    if buffer and _blank(buffer):
                        buffer.clear()
                    else:
                        buffer.append(quote)
                in_quotes = not in_quotes
            in_field = not in_field
        elif character == separator and not in_quotes:
            fields.append("".join(buffer))
            buffer.clear()
            in_field = False
        else:
            buffer.append(character)
            in_field = True
        position += 1
    fields.append(None if in_quotes else "".join(buffer))
    return fields


def _past_third_character(line: str, position: int) -> bool:
    """Whether three of Java's characters come before; those beyond the basic plane are two."""
    return position > 2 or len(line[:position].encode("utf-16-le", "surrogatepass")) > 4


def _blank(buffer: list[str]) -> bool:
    text = "".join(buffer)
    return text.isspace() and not any(character in text for character in _NOT_JAVA_WHITESPACE)
