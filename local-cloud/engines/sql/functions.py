"""Athena's scalar functions whose result type depends on their arguments, or that differ in DuckDB."""

from __future__ import annotations

from ..text.duckdb_sql import literal
from .arithmetic import arithmetic
from .casts import cast
from .dates import date_add, date_diff, date_format, date_parse, date_trunc
from .errors import Position, type_mismatch, unsupported
from .function_signatures import SIGNATURES, Function, by_signature, signature_error
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    UNKNOWN,
    VARCHAR,
    array,
    as_decimal,
    decimal,
    duckdb_type,
    is_integer,
    is_numeric,
    is_text,
    varchar,
)
from .typed_sql import TypedSql, coerce, reads_of, unify


def _count(name: str, args: list[TypedSql], allowed: tuple[int, ...], at: Position) -> None:
    if len(args) not in allowed:
        raise signature_error(name, args, [f"{name} with {' or '.join(map(str, allowed))} arguments"], at)


def _number(name: str, val: TypedSql, args: list[TypedSql], at: Position) -> None:
    if not is_numeric(val.type):
        raise signature_error(name, args, [f"{name}(double)", f"{name}(bigint)", f"{name}(decimal(p,s))"], at)


def _same_type(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    """abs, sign"""
    _count(name, args, (1,), at)
    _number(name, args[0], args, at)
    kind = args[0].type
    if name == "sign" and kind.base == "decimal":
        kind = decimal(1, 0)
    return TypedSql(f"CAST({name}({args[0].sql}) AS {duckdb_type(kind)})", kind, args[0].reads)


def _round(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    """round, ceil, ceiling, floor, truncate"""
    _count(name, args, (1, 2) if name == "round" else (1,), at)
    _number(name, args[0], args, at)
    kind, function = args[0].type, {"ceiling": "ceil", "truncate": "trunc"}.get(name, name)
    if len(args) == 2:
        if not is_integer(args[1].type):
            raise signature_error(name, args, ["round(double, integer)", "round(decimal(p,s), integer)"], at)
        if kind.base == "decimal":
            kind = decimal(kind.params[0] + 1, kind.params[1])
        digits = f"CAST({args[1].sql} AS INTEGER)"
        return TypedSql(f"CAST(round({args[0].sql}, {digits}) AS {duckdb_type(kind)})", kind, reads_of(*args))
    if is_integer(kind):
        # Athena knows no truncate of whole numbers: they become decimals first.
        return coerce(args[0], as_decimal(kind)) if name == "truncate" else args[0]
    if kind.base == "decimal":
        precision, scale = kind.params
        carry = 0 if name == "truncate" else min(1, scale)
        kind = decimal(max(precision - scale + carry, 1), 0)
    return TypedSql(f"CAST({function}({args[0].sql}) AS {duckdb_type(kind)})", kind, args[0].reads)


def _extreme(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    """greatest and least are null when any argument is; DuckDB leaves nulls out."""
    if not args:
        raise signature_error(name, args, [f"{name}(E, E)"], at)
    vals = unify(args, "All " + name.upper() + " arguments must have a common type: {} and {}", at)
    missing = " OR ".join(f"{v.sql} IS NULL" for v in vals)
    sql = f"CASE WHEN {missing} THEN NULL ELSE {name}({', '.join(v.sql for v in vals)}) END"
    return TypedSql(sql, vals[0].type, reads_of(*args))


def _mod(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2,), at)
    return arithmetic("%", args[0], args[1], at)


def _coalesce(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) < 2:
        raise signature_error(name, args, ["coalesce(E, E)"], at)
    vals = unify(
        args,
        "All COALESCE operands must be the same type or coercible to a common type. Cannot find common "
        "type between {} and {}",
        at,
    )
    return TypedSql(f"COALESCE({', '.join(v.sql for v in vals)})", vals[0].type, reads_of(*args))


def _nullif(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2,), at)
    one, two = unify(args, "Types are not comparable with NULLIF: {} vs {}", at)
    return TypedSql(f"CASE WHEN {one.sql} = {two.sql} THEN NULL ELSE {args[0].sql} END", args[0].type, reads_of(*args))


def _if(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2, 3), at)
    if args[0].type not in (BOOLEAN, UNKNOWN):
        raise type_mismatch(f"IF condition must evaluate to a boolean: actual type {args[0].type}", at)
    vals = unify(args[1:], "Result types for IF must be the same: {} vs {}", at)
    default = f" ELSE {vals[1].sql}" if len(vals) == 2 else ""
    return TypedSql(f"(CASE WHEN {args[0].sql} THEN {vals[0].sql}{default} END)", vals[0].type, reads_of(*args))


def _try(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (1,), at)
    return TypedSql(f"TRY({args[0].sql})", args[0].type, args[0].reads)


def _substr(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2, 3), at)
    if not is_text(args[0].type) or not all(is_integer(a.type) for a in args[1:]):
        raise signature_error(name, args, ["substr(varchar, bigint)", "substr(varchar, bigint, bigint)"], at)
    start = args[1].sql
    rest = "".join(f", {a.sql}" for a in args[2:])
    # Before the first or from the zeroth character there is nothing.
    empty = f"{start} = 0 OR {start} < -length({args[0].sql})"
    if len(args) == 3:
        empty += f" OR {args[2].sql} <= 0"
    missing = " OR ".join(f"{arg.sql} IS NULL" for arg in args)
    return TypedSql(
        f"CASE WHEN {missing} THEN NULL WHEN {empty} THEN '' ELSE substr({args[0].sql}, {start}{rest}) END",
        VARCHAR,
        reads_of(*args),
    )


def _concat(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) < 2:
        raise signature_error(name, args, ["concat(varchar, varchar)"], at)
    if any(a.type.base == "array" for a in args):
        raise unsupported("concat of arrays", at)
    if not all(is_text(a.type) or a.type == UNKNOWN for a in args):
        raise signature_error(name, args, ["concat(varchar, varchar)"], at)
    return TypedSql(f"({' || '.join(a.sql for a in args)})", VARCHAR, reads_of(*args))


def _concat_ws(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) < 2 or not all(is_text(a.type) or a.type == UNKNOWN for a in args):
        raise signature_error(name, args, ["concat_ws(varchar, varchar)"], at)
    return TypedSql(f"concat_ws({', '.join(a.sql for a in args)})", VARCHAR, reads_of(*args))


def _date(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (1,), at)
    return cast(args[0], DATE, False, at)


def _typeof(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (1,), at)
    # Here decimals have no space; where results name their types, they do.
    shown = str(args[0].type).replace(", ", ",")
    return TypedSql(literal(shown), varchar(len(shown)))


def _cardinality(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    if len(args) != 1 or args[0].type.base != "array":
        raise signature_error(name, args, ["cardinality(array(E))"], at)
    return TypedSql(f"CAST(len({args[0].sql}) AS BIGINT)", BIGINT, args[0].reads)


def _array_join(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2, 3), at)
    if args[0].type.base != "array" or not all(is_text(a.type) for a in args[1:]):
        raise signature_error(name, args, ["array_join(array(T), varchar)"], at)
    texts = cast(TypedSql("x", args[0].type.parts[0]), VARCHAR, False, at).sql
    kept = args[0].sql if len(args) == 3 else f"list_filter({args[0].sql}, lambda x: x IS NOT NULL)"
    missing = args[2].sql if len(args) == 3 else "''"
    sql = f"array_to_string(list_transform({kept}, lambda x: COALESCE({texts}, {missing})), {args[1].sql})"
    return TypedSql(f"COALESCE({sql}, CASE WHEN {args[0].sql} IS NOT NULL THEN '' END)", VARCHAR, reads_of(*args))


def _sequence(name: str, args: list[TypedSql], at: Position) -> TypedSql:
    _count(name, args, (2, 3), at)
    if not all(is_integer(a.type) for a in args):
        raise signature_error(name, args, ["sequence(bigint, bigint)", "sequence(bigint, bigint, bigint)"], at)
    return TypedSql(
        f"generate_series({', '.join(coerce(a, BIGINT).sql for a in args)})", array(BIGINT), reads_of(*args)
    )


FUNCTIONS: dict[str, Function] = {
    **dict.fromkeys(SIGNATURES, by_signature),
    "abs": _same_type,
    "sign": _same_type,
    **dict.fromkeys(("round", "ceil", "ceiling", "floor", "truncate"), _round),
    "greatest": _extreme,
    "least": _extreme,
    "mod": _mod,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "if": _if,
    "try": _try,
    "substr": _substr,
    "substring": _substr,
    "concat": _concat,
    "concat_ws": _concat_ws,
    "date": _date,
    "typeof": _typeof,
    "date_trunc": date_trunc,
    "date_add": date_add,
    "date_diff": date_diff,
    "date_parse": date_parse,
    "date_format": date_format,
    "cardinality": _cardinality,
    "array_join": _array_join,
    "sequence": _sequence,
}
