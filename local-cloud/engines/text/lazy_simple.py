"""LazySimpleSerDe's fields of a line: what stands between delimiters. Quotes are text; an escape stays, and hides what
follows it.

https://github.com/trinodb/trino/blob/master/lib/trino-hive-formats/src/main/java/io/trino/hive/formats/line/simple/SimpleDeserializer.java
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .line_format import LineFormat

Fields = list[str | None]


def parser(line_format: LineFormat, width: int) -> Callable[[str], Fields]:
    """Splits lines of a table that has so many columns."""
    separator, escape = line_format.separator, line_format.escape
    most = width - 1 if line_format.last_takes_rest else -1
    marks = re.compile(f"{re.escape(separator)}|{re.escape(escape)}.?", re.DOTALL).finditer

    def parse(line: str) -> Fields:
        if escape == "\0" or escape not in line:
            return [*(line.split(separator, most) if most else [line])]
        fields: Fields = []
        begin = 0
        for mark in marks(line):
            if mark.group() == separator and len(fields) != most:
                fields.append(line[begin : mark.start()])
                begin = mark.end()
        fields.append(line[begin:])
        return fields

    return parse
