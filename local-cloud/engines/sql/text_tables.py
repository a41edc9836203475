"""Text files as Athena reads them through LazySimpleSerDe and OpenCSVSerDe.

https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html, https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
"""

from __future__ import annotations

from .catalog import Table, TableColumn
from .faults import lacks
from .trino_types import Type, duck, is_text
from .values import quote

_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\001": "\x01", "\\u0001": "\x01", "\x01": "\x01", "\\|": "|"}


def reader(table: Table, files: list[str], gzip: bool) -> str:
    """SQL that reads every field of the files as text, columns c0, c1 ... and ``filename``.

    Fields that a line lacks are null; those beyond the columns are left out.
    """
    skip = int(table.properties.get("skip.header.line.count", "0") or 0)
    if table.format == "opencsv":
        delimiter = _separator(table.properties.get("separatorchar", ","))
        quotes = table.properties.get("quotechar", '"')
        escape = table.properties.get("escapechar", "\\")
    else:
        delimiter = _separator(
            table.properties.get("field.delim") or table.properties.get("serialization.format") or "\x01"
        )
        quotes = ""
        escape = table.properties.get("escape.delim", "")
        if escape:
            raise lacks("ESCAPED BY in tables of delimited text")
    if table.properties.get("line.delim", "\n") not in ("\n", "\\n"):
        raise lacks("LINES TERMINATED BY something else than a line feed")
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(table.columns)))
    options = {
        "delim": quote(delimiter),
        "quote": quote(quotes),
        # DuckDB wants the quote itself where nothing else escapes it.
        "escape": quote(escape if escape in ("", "\\") else quotes),
        "header": "false",
        "skip": str(skip),
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "null_padding": "true",
        "strict_mode": "false",
        "filename": "true",
        # A text that no field is: what stands for null is decided per column.
        "nullstr": quote("\x02\x03\x02"),
        "compression": "'gzip'" if gzip else "'none'",
    }
    if not quotes:
        options["escape"] = "''"
    listed = ", ".join(quote(f) for f in files)
    return f"SELECT * FROM read_csv([{listed}], {', '.join(f'{k}={v}' for k, v in options.items())})"


def _separator(text: str) -> str:
    text = _ESCAPES.get(text, text)
    if text.isdigit() and len(text) <= 3:
        # A number is the character's code.
        text = chr(int(text))
    if len(text) != 1:
        raise lacks(f"field delimiters of more than one character ({text!r})")
    return text


def column(table: Table, index: int) -> str:
    """SQL of one column's value, from its text ``f.c<index>``."""
    wanted = table.columns[index]
    text = f"f.c{index}"
    if table.format == "opencsv":
        return _opencsv(wanted, index, text)
    null = table.properties.get("serialization.null.format", "\\N")
    return _lazy_simple(wanted, f"nullif({text}, {quote(null)})")


_LAZY = {
    # Hive drops a fraction; what is no number is null, the empty text too.
    "integer": (r"[+-]?[0-9]+", r"[+-]?[0-9]+\.[0-9]*"),
    "double": r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?\s*|NaN|[+-]?Infinity",
    "timestamp": r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


def _lazy_simple(wanted: TableColumn, text: str) -> str:
    kind = wanted.type
    if is_text(kind):
        return f"left({text}, {kind.params[0]})" if kind.params else text
    convert = f"TRY_CAST({text} AS {duck(kind)})"
    if kind.base in ("tinyint", "smallint", "integer", "bigint"):
        whole, fraction = _LAZY["integer"]
        cut = f"TRY_CAST(split_part({text}, '.', 1) AS {duck(kind)})"
        return (
            f"CASE WHEN regexp_full_match({text}, {quote(whole)}) THEN {convert} "
            f"WHEN regexp_full_match({text}, {quote(fraction)}) THEN {cut} END"
        )
    if kind.base in ("double", "real"):
        trimmed = f"TRY_CAST(rtrim({text}, 'dDfF ') AS {duck(kind)})"
        form = quote(str(_LAZY["double"]))
        return f"CASE WHEN regexp_full_match({text}, {form}) THEN COALESCE({convert}, {trimmed}) END"
    if kind.base == "decimal":
        return f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)') THEN {convert} END"
    if kind.base == "boolean":
        return f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    if kind.base in ("timestamp", "date"):
        return f"CASE WHEN regexp_full_match({text}, {quote(str(_LAZY[kind.base]))}) THEN {convert} END"
    raise lacks(f"the type {kind} in tables of delimited text (column {wanted.name})")


def _opencsv(wanted: TableColumn, index: int, text: str) -> str:
    """Numbers must parse, the empty text too: else HIVE_BAD_DATA. Dates are days, timestamps milliseconds."""
    kind: Type = wanted.type
    if is_text(kind):
        return text
    message = (
        f"'HIVE_BAD_DATA: Error parsing field value ''' || {text} || ''' for field {index}: "
        f"For input string: \"' || {text} || '\"'"
    )
    if kind.base in ("tinyint", "smallint", "integer", "bigint", "date", "timestamp"):
        number = f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+') THEN TRY_CAST({text} AS BIGINT) END"
        if kind.base == "date":
            good = f"(DATE '1970-01-01' + CAST({number} AS INTEGER))"
        elif kind.base == "timestamp":
            good = f"make_timestamp({number} * 1000)"
        else:
            good = f"TRY_CAST({number} AS {duck(kind)})"
    elif kind.base in ("double", "real"):
        form = quote(str(_LAZY["double"]))
        good = f"CASE WHEN regexp_full_match({text}, {form}) THEN TRY_CAST({text} AS {duck(kind)}) END"
    elif kind.base == "boolean":
        good = f"CASE lower({text}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END"
    else:
        raise lacks(f"the type {kind} in tables of OpenCSVSerde (column {wanted.name})")
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE COALESCE({good}, error({message})) END"
