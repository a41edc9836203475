"""Functions that map to one DuckDB expression: their signatures in Athena, and the SQL template."""

from __future__ import annotations

from collections.abc import Callable

from .errors import AthenaError, Position
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    TIMESTAMP,
    TIMESTAMP_TZ,
    VARBINARY,
    VARCHAR,
    Type,
    array,
    common_type,
    is_text,
)
from .typed_sql import TypedSql, coerce, reads_of

Function = Callable[[str, list[TypedSql], Position], TypedSql]
Signature = tuple[tuple[Type, ...], Type, str]


def _maths() -> dict[str, list[Signature]]:
    names = [
        "sqrt",
        "cbrt",
        "exp",
        "ln",
        "log2",
        "log10",
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "degrees",
        "radians",
    ]
    found: dict[str, list[Signature]] = {name: [((DOUBLE,), DOUBLE, f"{name}({{0}})")] for name in names}
    for name in ("pow", "power"):
        found[name] = [((DOUBLE, DOUBLE), DOUBLE, "pow({0}, {1})")]
    found |= {
        "atan2": [((DOUBLE, DOUBLE), DOUBLE, "atan2({0}, {1})")],
        "log": [((DOUBLE, DOUBLE), DOUBLE, "(ln({1}) / ln({0}))")],
        "is_nan": [((DOUBLE,), BOOLEAN, "isnan({0})")],
        "pi": [((), DOUBLE, "pi()")],
    }
    for name in ("random", "rand"):
        found[name] = [
            ((), DOUBLE, "random()"),
            ((INTEGER,), INTEGER, "CAST(floor(random() * {0}) AS INTEGER)"),
            ((BIGINT,), BIGINT, "CAST(floor(random() * {0}) AS BIGINT)"),
        ]
    return found


def _padded(function: str) -> str:
    invalid = "error('INVALID_FUNCTION_ARGUMENT: {}')".format
    size = invalid("Target length must be in the range [0..2147483647]")
    padding = invalid("Padding string must not be empty")
    return (
        f"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL OR {{2}} IS NULL THEN NULL WHEN {{1}} < 0 OR {{1}} > 2147483647 "
        f"THEN {size} WHEN {{2}} = '' THEN {padding} ELSE {function}({{0}}, CAST({{1}} AS INTEGER), {{2}}) END"
    )


_SPACES = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"
_TEXT: dict[str, list[Signature]] = {
    "lower": [((VARCHAR,), VARCHAR, "lower({0})")],
    "upper": [((VARCHAR,), VARCHAR, "upper({0})")],
    "length": [((VARCHAR,), BIGINT, "length({0})"), ((VARBINARY,), BIGINT, "octet_length({0})")],
    "trim": [((VARCHAR,), VARCHAR, f"trim({{0}}, {_SPACES})"), ((VARCHAR, VARCHAR), VARCHAR, "trim({0}, {1})")],
    "ltrim": [((VARCHAR,), VARCHAR, f"ltrim({{0}}, {_SPACES})"), ((VARCHAR, VARCHAR), VARCHAR, "ltrim({0}, {1})")],
    "rtrim": [((VARCHAR,), VARCHAR, f"rtrim({{0}}, {_SPACES})"), ((VARCHAR, VARCHAR), VARCHAR, "rtrim({0}, {1})")],
    "replace": [
        ((VARCHAR, VARCHAR), VARCHAR, "replace({0}, {1}, '')"),
        ((VARCHAR, VARCHAR, VARCHAR), VARCHAR, "replace({0}, {1}, {2})"),
    ],
    "reverse": [((VARCHAR,), VARCHAR, "reverse({0})")],
    "strpos": [((VARCHAR, VARCHAR), BIGINT, "strpos({0}, {1})")],
    "split": [((VARCHAR, VARCHAR), array(VARCHAR), "string_split({0}, {1})")],
    "split_part": [
        (
            (VARCHAR, VARCHAR, BIGINT),
            VARCHAR,
            "CASE WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL "
            "WHEN {2} < 1 THEN error('INVALID_FUNCTION_ARGUMENT: Index must be greater than zero') "
            "ELSE list_extract(string_split({0}, {1}), {2}) END",
        )
    ],
    "lpad": [((VARCHAR, BIGINT, VARCHAR), VARCHAR, _padded("lpad"))],
    "rpad": [((VARCHAR, BIGINT, VARCHAR), VARCHAR, _padded("rpad"))],
    "regexp_like": [((VARCHAR, VARCHAR), BOOLEAN, "regexp_matches({0}, {1})")],
    "regexp_count": [((VARCHAR, VARCHAR), BIGINT, "len(regexp_extract_all({0}, {1}))")],
    "regexp_extract_all": [((VARCHAR, VARCHAR), array(VARCHAR), "regexp_extract_all({0}, {1})")],
    "regexp_extract": [
        ((VARCHAR, VARCHAR), VARCHAR, "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}) END"),
        (
            (VARCHAR, VARCHAR, BIGINT),
            VARCHAR,
            "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}, CAST({2} AS INTEGER)) END",
        ),
    ],
    # Athena writes groups as $1, DuckDB as \1.
    "regexp_replace": [
        ((VARCHAR, VARCHAR), VARCHAR, "regexp_replace({0}, {1}, '', 'g')"),
        (
            (VARCHAR, VARCHAR, VARCHAR),
            VARCHAR,
            r"regexp_replace({0}, {1}, regexp_replace({2}, '\$([0-9])', '\\\1', 'g'), 'g')",
        ),
    ],
}

_BINARY: dict[str, list[Signature]] = {
    "to_utf8": [((VARCHAR,), VARBINARY, "encode({0})")],
    "from_utf8": [((VARBINARY,), VARCHAR, "decode({0})")],
    "crc32": [((VARBINARY,), BIGINT, "crc32({0})")],
    "md5": [((VARBINARY,), VARBINARY, "unhex(md5({0}))")],
    "sha256": [((VARBINARY,), VARBINARY, "unhex(sha256({0}))")],
    "to_hex": [((VARBINARY,), VARCHAR, "hex({0})")],
}


def _dates() -> dict[str, list[Signature]]:
    moments = (DATE, TIMESTAMP, TIMESTAMP_TZ)

    def part(sql: str, *kinds: Type) -> list[Signature]:
        return [((kind,), BIGINT, sql) for kind in kinds or moments]

    found = {name: part(f"{name}({{0}})") for name in ("year", "quarter", "month", "day")}
    found |= {name: part(f"{name}({{0}})", TIMESTAMP, TIMESTAMP_TZ) for name in ("hour", "minute", "second")}
    for names, sql in (
        (("day_of_month",), "day({0})"),
        (("day_of_week", "dow"), "isodow({0})"),
        (("day_of_year", "doy"), "dayofyear({0})"),
        (("week", "week_of_year"), "weekofyear({0})"),
        (("year_of_week", "yow"), "isoyear({0})"),
    ):
        found |= {name: part(sql) for name in names}
    found |= {
        "millisecond": part("(millisecond({0}) % 1000)", TIMESTAMP, TIMESTAMP_TZ),
        "last_day_of_month": [((kind,), DATE, "last_day({0})") for kind in moments],
        "current_date": [((), DATE, "CAST(get_current_timestamp() AS DATE)")],
        "current_timestamp": [((), TIMESTAMP_TZ, "get_current_timestamp()")],
        "now": [((), TIMESTAMP_TZ, "get_current_timestamp()")],
        "localtimestamp": [((), TIMESTAMP, "CAST(get_current_timestamp() AS TIMESTAMP)")],
        "from_unixtime": [((DOUBLE,), TIMESTAMP_TZ, "to_timestamp({0})")],
        "to_unixtime": [((kind,), DOUBLE, "epoch({0})") for kind in (TIMESTAMP, TIMESTAMP_TZ)],
        "from_iso8601_timestamp": [((VARCHAR,), TIMESTAMP_TZ, "CAST({0} AS TIMESTAMPTZ)")],
        "from_iso8601_date": [((VARCHAR,), DATE, "CAST({0} AS DATE)")],
    }
    return found


SIGNATURES: dict[str, list[Signature]] = _maths() | _TEXT | _BINARY | _dates()


def signature_error(name: str, args: list[TypedSql], expected: list[str], at: Position) -> AthenaError:
    shown = ", ".join(str(arg.type) for arg in args)
    message = f"Unexpected parameters ({shown}) for function {name}. Expected: {', '.join(expected)}"
    return AthenaError("FUNCTION_NOT_FOUND", message, at)


def fits(arg: Type, param: Type) -> bool:
    """Whether the argument is coercible to the parameter's type."""
    if is_text(param):
        return is_text(arg) or arg.base == "unknown"
    return common_type(arg, param) == param


def by_signature(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    """@raises AthenaError FUNCTION_NOT_FOUND when no signature takes these types"""
    for params, result, template in SIGNATURES[name]:
        if len(params) == len(args) and all(fits(a.type, p) for a, p in zip(args, params, strict=True)):
            given = [a if is_text(a.type) else coerce(a, p) for a, p in zip(args, params, strict=True)]
            return TypedSql(f"{template.format(*(g.sql for g in given))}", result, reads_of(*args))
    shown = [f"{name}({', '.join(map(str, params))})" for params, _, _ in SIGNATURES[name]]
    raise signature_error(name, args, shown, at)
