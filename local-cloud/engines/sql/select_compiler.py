"""Compiles one SELECT: its items, GROUP BY and ORDER BY."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from . import syntax_tree as n
from .errors import AthenaError
from .expression_compiler import has_aggregate, walk
from .relation_compiler import RelationCompiler
from .typed_sql import Field, Scope, TypedSql, reads_of, sort_direction

# A column of the result: its name, and how to make its value.
Item = tuple[str | None, Callable[[Scope], TypedSql]]


class SelectCompiler(RelationCompiler):
    def select(
        self, node: n.Select, parent: Scope | None, order: tuple[n.SortKey, ...], limit: str
    ) -> tuple[str, list[Field]]:
        source, fields = self.relation(node.source, parent, ()) if node.source else ("", [])
        base = Scope(tuple(fields), parent)
        where = ""
        if node.where is not None:
            condition = self.condition(node.where, replace(base, clause="WHERE clause"))
            self.read |= condition.reads
            where = f" WHERE {condition.sql}"
            self.prune(node.where, fields)
        items = self.items(node, fields)
        group, grouped = self.group(node, base, items)
        aggregated = bool(node.group or node.having) or has_aggregate((node.items, tuple(k.value for k in order)))
        scope = replace(base, clause="SELECT clause", aggregates=True, windows=True)
        if aggregated:
            scope = replace(scope, grouped=grouped)
        vals = [make(scope) for _, make in items]
        having = ""
        if node.having is not None:
            condition = self.condition(node.having, replace(scope, clause="HAVING clause", windows=False))
            self.read |= condition.reads
            having = f" HAVING {condition.sql}"
        sort = self.inner_order(node, order, items, vals, scope)
        if node.distinct:
            self.read |= reads_of(*vals)
        windowed = any(isinstance(each, n.Call) and each.window for each in walk(node.items))
        origins = {f.sql: f.origin for f in fields if f.origin}
        out = []
        for i, ((name, _), val) in enumerate(zip(items, vals, strict=True)):
            kept = not limit and not windowed and (not aggregated or val.sql in grouped)
            origin = origins.get(val.sql) if kept else None
            out.append(Field(name, frozenset(), f"c{i}", val.type, val.reads, origin))
        columns = ", ".join(f"{val.sql} AS c{i}" for i, val in enumerate(vals))
        distinct = "DISTINCT " if node.distinct else ""
        from_ = f" FROM {source}" if source else ""
        return f"SELECT {distinct}{columns}{from_}{where}{group}{having}{sort}{limit}", out

    def items(self, node: n.Select, fields: list[Field]) -> list[Item]:
        found: list[Item] = []
        for item in node.items:
            if isinstance(item, n.SelectItem):
                value = item.value
                name = item.alias
                if name is None and isinstance(value, n.ColumnRef):
                    name = value.parts[-1]
                found.append((name, lambda scope, value=value: self.expr(value, scope)))  # type: ignore[misc]
                continue
            if node.source is None:
                raise AthenaError("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", item.at)
            chosen = [f for f in fields if not f.hidden and (not item.prefix or item.prefix in f.qualifiers)]
            if not chosen:
                raise AthenaError("TABLE_NOT_FOUND", f"Unable to resolve reference {'.'.join(item.prefix)}", item.at)
            for each in chosen:
                found.append((each.name, self.star_item(each, item)))
        return found

    def star_item(self, chosen: Field, item: n.SelectStar) -> Callable[[Scope], TypedSql]:
        def make(scope: Scope) -> TypedSql:
            if scope.grouped is not None and chosen.sql not in scope.grouped:
                message = f"'{chosen.name}' must be an aggregate expression or appear in GROUP BY clause"
                raise AthenaError("EXPRESSION_NOT_AGGREGATE", message, item.at)
            return TypedSql(chosen.sql, chosen.type, chosen.reads)

        return make

    def group(self, node: n.Select, base: Scope, items: list[Item]) -> tuple[str, frozenset[str]]:
        scope = replace(base, clause="GROUP BY clause")
        grouped = set()

        def key(expression: n.Expr) -> str:
            position = self.ordinal(expression, len(items), "GROUP BY")
            val = self.expr(expression, scope) if position is None else items[position][1](scope)
            self.read |= val.reads
            grouped.add(val.sql)
            return val.sql

        parts = [key(expression) for expression in node.group]
        return (f" GROUP BY {', '.join(parts)}" if parts else ""), frozenset(grouped)

    def inner_order(
        self,
        node: n.Select,
        keys: tuple[n.SortKey, ...],
        items: list[Item],
        vals: list[TypedSql],
        scope: Scope,
    ) -> str:
        aliases = tuple((name, val) for (name, _), val in zip(items, vals, strict=True) if name)
        parts = []
        for key in keys:
            position = self.ordinal(key.value, len(vals), "ORDER BY")
            if position is None:
                val = self.expr(key.value, replace(scope, clause="ORDER BY clause", aliases=aliases))
                self.read |= val.reads
                same = [i for i, each in enumerate(vals) if each.sql == val.sql]
                position = same[0] if same else None
                if position is None and node.distinct:
                    message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
                    raise AthenaError("EXPRESSION_NOT_IN_DISTINCT", message, key.at)
                if position is None:
                    parts.append(val.sql + sort_direction(key))
                    continue
            self.read |= vals[position].reads
            parts.append(str(position + 1) + sort_direction(key))
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def ordinal(self, node: n.Expr, count: int, clause: str) -> int | None:
        if not isinstance(node, n.Literal) or node.kind != "integer":
            return None
        position = int(node.value)
        if not 1 <= position <= count:
            raise AthenaError(
                "INVALID_COLUMN_REFERENCE", f"{clause} position {position} is not in select list", node.at
            )
        return position - 1
