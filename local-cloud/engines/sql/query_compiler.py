"""Compiles queries of Athena's dialect to DuckDB SQL, with the tables that they scan and the columns that they read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import syntax_tree as n
from .catalog import Catalog
from .errors import AthenaError
from .query_parser import parse_expression, parse_query
from .relation_compiler import NamedQuery, Scan
from .select_compiler import SelectCompiler
from .trino_types import Type, common_type, is_integer
from .typed_sql import ColumnRead, Field, Scope, TypedSql, coerce, sort_direction, unify


@dataclass(frozen=True)
class Plan:
    sql: str
    columns: tuple[tuple[str, Type], ...]
    scans: tuple[Scan, ...]
    # The table columns whose data must be read.
    read: frozenset[ColumnRead]
    # Positions, from 1, of columns that the query gives no name.
    unnamed: tuple[int, ...] = ()


def plan(text: str, database: str, catalog: Catalog, parameters: list[str]) -> Plan:
    """@raises AthenaError when Athena would reject the query"""
    query, count = parse_query(text)
    if count != len(parameters):
        message = f"Incorrect number of parameters: expected {count} but found {len(parameters)}"
        raise AthenaError("INVALID_PARAMETER_USAGE", message)
    compiler = QueryCompiler(catalog, database, [parse_expression(p) for p in parameters])
    sql, fields = compiler.compile_query(query, None)
    for column in fields:
        compiler.read |= column.reads
    columns = tuple((f.name or f"_col{i}", f.type) for i, f in enumerate(fields))
    unnamed = tuple(i + 1 for i, f in enumerate(fields) if f.name is None)
    return Plan(sql, columns, tuple(compiler.scans), frozenset(compiler.read), unnamed)


class QueryCompiler(SelectCompiler):
    def compile_query(self, query: n.Query, scope: Scope | None) -> tuple[str, list[Field]]:
        known = dict(self.known)
        for cte in query.ctes:
            known[cte.name] = NamedQuery(cte, dict(known))
        with self.names(known, self.database):
            limit = self.limits(query)
            if isinstance(query.body, n.Select):
                return self.select(query.body, scope, query.order, limit)
            sql, fields = self.body(query.body, scope)
            if not query.order and not limit:
                return sql, fields
            columns = ", ".join(f.sql for f in fields)
            order = self.outer_order(query.order, fields, scope)
            fields = [replace(f, origin=None) for f in fields] if limit else fields
            return f"SELECT {columns} FROM ({sql}) q{order}{limit}", fields

    def limits(self, query: n.Query) -> str:
        sql = ""
        for word, node in (("LIMIT", query.limit), ("OFFSET", query.offset)):
            if node is None:
                continue
            val = self.expr(node, Scope((), clause=word))
            if not is_integer(val.type) or val.literal is None:
                raise AthenaError("TYPE_MISMATCH", f"Non constant parameter value for {word}", node.at)
            sql += f" {word} {int(val.literal)}"
        return sql

    def outer_order(self, keys: tuple[n.SortKey, ...], fields: list[Field], scope: Scope | None) -> str:
        parts = []
        for key in keys:
            position = self.ordinal(key.value, len(fields), "ORDER BY")
            if position is None:
                inner = Scope(tuple(replace(f, sql=f"q.{f.sql}") for f in fields), scope, "ORDER BY clause")
                val = self.expr(key.value, inner)
                self.read |= val.reads
                parts.append(val.sql + sort_direction(key))
            else:
                self.read |= fields[position].reads
                parts.append(str(position + 1) + sort_direction(key))
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def body(self, body: n.QueryBody, scope: Scope | None) -> tuple[str, list[Field]]:
        if isinstance(body, n.Select):
            return self.select(body, scope, (), "")
        if isinstance(body, n.SetOperation):
            return self.set_operation(body, scope)
        if isinstance(body, n.Values):
            return self.values(body, scope)
        assert isinstance(body, n.Query)
        return self.compile_query(body, scope)

    def set_operation(self, node: n.SetOperation, scope: Scope | None) -> tuple[str, list[Field]]:
        (left, left_fields), (right, right_fields) = self.body(node.left, scope), self.body(node.right, scope)
        if len(left_fields) != len(right_fields):
            message = f"{node.operator} query has different number of fields: {len(left_fields)}, {len(right_fields)}"
            raise AthenaError("TYPE_MISMATCH", message, node.at)
        if node.operator != "UNION" or not node.all:
            self.read |= frozenset().union(*(f.reads for f in (*left_fields, *right_fields)))
        fields, one, two = [], [], []
        for i, (a, b) in enumerate(zip(left_fields, right_fields, strict=True)):
            target = common_type(a.type, b.type)
            if target is None:
                message = f"column {i + 1} in {node.operator} query has incompatible types: {a.type}, {b.type}"
                raise AthenaError("TYPE_MISMATCH", message, node.at)
            one.append(f"{coerce(TypedSql(a.sql, a.type), target).sql} AS c{i}")
            two.append(f"{coerce(TypedSql(b.sql, b.type), target).sql} AS c{i}")
            fields.append(Field(a.name, frozenset(), f"c{i}", target, a.reads | b.reads))
        every = " ALL" if node.all else ""
        halves = f"SELECT {', '.join(one)} FROM ({left}) a", f"SELECT {', '.join(two)} FROM ({right}) b"
        return f"({halves[0]}) {node.operator}{every} ({halves[1]})", fields

    def values(self, node: n.Values, scope: Scope | None) -> tuple[str, list[Field]]:
        inner = Scope((), scope, "VALUES")
        rows = [[self.expr(value, inner) for value in row] for row in node.rows]
        if len({len(row) for row in rows}) != 1:
            raise AthenaError("TYPE_MISMATCH", "Values rows have mismatched sizes", node.at)
        message = "Values rows have mismatched types: {} vs {}"
        columns = [unify(list(column), message, node.at) for column in zip(*rows, strict=True)]
        sql = ", ".join(f"({', '.join(v.sql for v in row)})" for row in zip(*columns, strict=True))
        names = ", ".join(f"c{i}" for i in range(len(columns)))
        fields = [Field(None, frozenset(), f"c{i}", column[0].type) for i, column in enumerate(columns)]
        return f"SELECT {names} FROM (VALUES {sql}) v({names})", fields
