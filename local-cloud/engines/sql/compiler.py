"""Queries of Athena's dialect to DuckDB SQL. Says which tables are scanned, which columns read, which partitions needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from . import nodes as n
from .catalog import Absent, Catalog, Table, View
from .expressions import ExpressionCompiler, direction, has_aggregate, walk
from .faults import Fault, lacks
from .query_parser import parse_expression, parse_query
from .trino_types import BIGINT, BOOLEAN, VARCHAR, Type, common, is_integer
from .values import NOTHING, Field, Scope, Touch, Val, coerce, identifier, touches, unify

_VOLATILE = frozenset(("random", "rand", "now", "current_timestamp", "current_date", "localtimestamp"))


@dataclass
class Scan:
    """One reading of a table. A table that a query names twice is read twice, as Athena bills it."""

    number: int
    table: Table
    # Conditions on partition keys, as SQL over columns p."<key>"; all must hold.
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    sql: str
    columns: tuple[tuple[str, Type], ...]
    scans: tuple[Scan, ...]
    # The table columns whose data must be read.
    read: frozenset[Touch]
    # Positions, from 1, of columns that the query gives no name.
    unnamed: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Named:
    """A WITH query with the names that it may use itself."""

    cte: n.Cte
    known: dict[str, _Named]


def plan(text: str, database: str, catalog: Catalog, parameters: list[str]) -> Plan:
    """@raises Fault as Athena refuses the query"""
    query, count = parse_query(text)
    if count != len(parameters):
        message = f"Incorrect number of parameters: expected {count} but found {len(parameters)}"
        raise Fault("INVALID_PARAMETER_USAGE", message)
    compiler = QueryCompiler(catalog, database, [parse_expression(p) for p in parameters])
    sql, fields = compiler.compile_query(query, None)
    for column in fields:
        compiler.read |= column.touches
    columns = tuple((f.name or f"_col{i}", f.type) for i, f in enumerate(fields))
    unnamed = tuple(i + 1 for i, f in enumerate(fields) if f.name is None)
    return Plan(sql, columns, tuple(compiler.scans), frozenset(compiler.read), unnamed)


def references(text: str, database: str, catalog: Catalog) -> list[tuple[str, str]]:
    """Tables and views, as (database, name), that a query needs and the catalog does not tell of yet."""
    found: dict[tuple[str, str], None] = {}

    def look(node: object, names: frozenset[str], schema: str, depth: int) -> None:
        for each in _everything(node, names):
            ref, hidden = each
            if len(ref.parts) == 1 and ref.parts[0] in hidden:
                continue
            key = _key(ref, schema)
            entry = catalog.entries.get(".".join(key))
            if entry is None:
                found[key] = None
            elif isinstance(entry, View):
                if depth > 10:
                    raise Fault("VIEW_IS_RECURSIVE", f"Statement is too deep in view {entry.name}", ref.at)
                look(parse_query(entry.sql)[0], frozenset(), entry.schema, depth + 1)

    look(parse_query(text)[0], frozenset(), database, 0)
    return list(found)


def _everything(node: object, names: frozenset[str]) -> Iterator[tuple[n.TableRef, frozenset[str]]]:
    """Every table reference below, with the WITH names that hide tables there."""
    if isinstance(node, n.Query):
        for cte in node.ctes:
            yield from _everything(cte.query, names)
            names = names | {cte.name}
        for part in (node.body, node.order):
            yield from _everything(part, names)
        return
    for each in walk(node):
        if isinstance(each, n.TableRef):
            yield each, names
        elif isinstance(each, n.Query) and each is not node:
            yield from _everything(each, names)


def _key(ref: n.TableRef, schema: str) -> tuple[str, str]:
    if len(ref.parts) == 3 and ref.parts[0] != "awsdatacatalog":
        raise lacks(f"the data catalog {ref.parts[0]}", ref.at)
    database = ref.parts[-2] if len(ref.parts) > 1 else schema
    if database == "information_schema":
        raise lacks("information_schema", ref.at)
    return database, ref.parts[-1]


class QueryCompiler(ExpressionCompiler):
    def __init__(self, catalog: Catalog, database: str, parameters: list[n.Expr]) -> None:
        super().__init__(parameters)
        self.catalog = catalog
        self.database = database
        self.scans: list[Scan] = []
        self.known: dict[str, _Named] = {}
        self.relations = 0

    @contextmanager
    def names(self, known: dict[str, _Named], database: str) -> Iterator[None]:
        before = self.known, self.database
        self.known, self.database = known, database
        try:
            yield
        finally:
            self.known, self.database = before

    def fresh(self) -> str:
        self.relations += 1
        return f"r{self.relations}"

    # --- queries --------------------------------------------------------------------------------------------------

    def compile_query(self, query: n.Query, scope: Scope | None) -> tuple[str, list[Field]]:
        known = dict(self.known)
        for cte in query.ctes:
            known[cte.name] = _Named(cte, dict(known))
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
                raise Fault("TYPE_MISMATCH", f"Non constant parameter value for {word}", node.at)
            sql += f" {word} {int(val.literal)}"
        return sql

    def outer_order(self, keys: tuple[n.SortKey, ...], fields: list[Field], scope: Scope | None) -> str:
        parts = []
        for key in keys:
            position = self.ordinal(key.value, len(fields), "ORDER BY")
            if position is None:
                inner = Scope(tuple(replace(f, sql=f"q.{f.sql}") for f in fields), scope, "ORDER BY clause")
                val = self.expr(key.value, inner)
                self.read |= val.touches
                parts.append(val.sql + direction(key))
            else:
                self.read |= fields[position].touches
                parts.append(str(position + 1) + direction(key))
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    def ordinal(self, node: n.Expr, count: int, clause: str) -> int | None:
        if not isinstance(node, n.Literal) or node.kind != "integer":
            return None
        position = int(node.value)
        if not 1 <= position <= count:
            raise Fault("INVALID_COLUMN_REFERENCE", f"{clause} position {position} is not in select list", node.at)
        return position - 1

    def body(self, body: n.Body, scope: Scope | None) -> tuple[str, list[Field]]:
        if isinstance(body, n.Select):
            return self.select(body, scope, (), "")
        if isinstance(body, n.SetOperation):
            return self.set_operation(body, scope)
        if isinstance(body, n.Values):
            return self.values(body, scope)
        assert isinstance(body, n.Query)
        return self.compile_query(body, scope)

    def set_operation(self, node: n.SetOperation, scope: Scope | None) -> tuple[str, list[Field]]:
        (left, ours), (right, theirs) = self.body(node.left, scope), self.body(node.right, scope)
        if len(ours) != len(theirs):
            message = f"{node.operator} query has different number of fields: {len(ours)}, {len(theirs)}"
            raise Fault("TYPE_MISMATCH", message, node.at)
        if node.operator != "UNION" or not node.all:
            self.read |= frozenset().union(*(f.touches for f in (*ours, *theirs)))
        fields, one, two = [], [], []
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            target = common(a.type, b.type)
            if target is None:
                message = f"column {i + 1} in {node.operator} query has incompatible types: {a.type}, {b.type}"
                raise Fault("TYPE_MISMATCH", message, node.at)
            one.append(f"{coerce(Val(a.sql, a.type), target).sql} AS c{i}")
            two.append(f"{coerce(Val(b.sql, b.type), target).sql} AS c{i}")
            fields.append(Field(a.name, frozenset(), f"c{i}", target, a.touches | b.touches))
        every = " ALL" if node.all else ""
        halves = f"SELECT {', '.join(one)} FROM ({left}) a", f"SELECT {', '.join(two)} FROM ({right}) b"
        return f"({halves[0]}) {node.operator}{every} ({halves[1]})", fields

    def values(self, node: n.Values, scope: Scope | None) -> tuple[str, list[Field]]:
        inner = Scope((), scope, "VALUES")
        rows = [[self.expr(value, inner) for value in row] for row in node.rows]
        if len({len(row) for row in rows}) != 1:
            raise Fault("TYPE_MISMATCH", "Values rows have mismatched sizes", node.at)
        message = "Values rows have mismatched types: {} vs {}"
        columns = [unify(list(column), message, node.at) for column in zip(*rows, strict=True)]
        sql = ", ".join(f"({', '.join(v.sql for v in row)})" for row in zip(*columns, strict=True))
        names = ", ".join(f"c{i}" for i in range(len(columns)))
        fields = [Field(None, frozenset(), f"c{i}", column[0].type) for i, column in enumerate(columns)]
        return f"SELECT {names} FROM (VALUES {sql}) v({names})", fields

    # --- select ---------------------------------------------------------------------------------------------------

    def select(
        self, node: n.Select, parent: Scope | None, order: tuple[n.SortKey, ...], limit: str
    ) -> tuple[str, list[Field]]:
        source, fields = self.relation(node.source, parent, ()) if node.source else ("", [])
        base = Scope(tuple(fields), parent, named_windows=node.windows)
        where = ""
        if node.where is not None:
            condition = self.condition(node.where, replace(base, clause="WHERE clause"))
            self.read |= condition.touches
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
            self.read |= condition.touches
            having = f" HAVING {condition.sql}"
        sort = self.inner_order(node, order, items, vals, scope)
        if node.distinct:
            self.read |= touches(*vals)
        windowed = any(isinstance(each, n.Call) and each.window for each in walk(node.items))
        origins = {f.sql: f.origin for f in fields if f.origin}
        out = []
        for i, ((name, _), val) in enumerate(zip(items, vals, strict=True)):
            kept = not limit and not windowed and (not aggregated or val.sql in grouped)
            origin = origins.get(val.sql) if kept else None
            out.append(Field(name, frozenset(), f"c{i}", val.type, val.touches, origin))
        columns = ", ".join(f"{val.sql} AS c{i}" for i, val in enumerate(vals))
        distinct = "DISTINCT " if node.distinct else ""
        from_ = f" FROM {source}" if source else ""
        return f"SELECT {distinct}{columns}{from_}{where}{group}{having}{sort}{limit}", out

    def items(self, node: n.Select, fields: list[Field]) -> list[tuple[str | None, Callable[[Scope], Val]]]:
        found: list[tuple[str | None, Callable[[Scope], Val]]] = []
        for item in node.items:
            if isinstance(item, n.SelectItem):
                value = item.value
                name = item.alias
                if name is None and isinstance(value, n.Name):
                    name = value.parts[-1]
                elif name is None and isinstance(value, n.Field):
                    name = value.name
                found.append((name, lambda scope, value=value: self.expr(value, scope)))  # type: ignore[misc]
                continue
            if node.source is None:
                raise Fault("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", item.at)
            chosen = [f for f in fields if not f.hidden and (not item.prefix or item.prefix in f.qualifiers)]
            if not chosen:
                raise Fault("TABLE_NOT_FOUND", f"Unable to resolve reference {'.'.join(item.prefix)}", item.at)
            for each in chosen:
                found.append((each.name, self.star_item(each, item)))
        return found

    def star_item(self, chosen: Field, item: n.SelectStar) -> Callable[[Scope], Val]:
        def make(scope: Scope) -> Val:
            if scope.grouped is not None and chosen.sql not in scope.grouped:
                message = f"'{chosen.name}' must be an aggregate expression or appear in GROUP BY clause"
                raise Fault("EXPRESSION_NOT_AGGREGATE", message, item.at)
            return Val(chosen.sql, chosen.type, chosen.touches)

        return make

    def group(
        self, node: n.Select, base: Scope, items: list[tuple[str | None, Callable[[Scope], Val]]]
    ) -> tuple[str, frozenset[str]]:
        scope = replace(base, clause="GROUP BY clause")
        parts, grouped = [], set()

        def key(expression: n.Expr) -> str:
            position = self.ordinal(expression, len(items), "GROUP BY")
            val = self.expr(expression, scope) if position is None else items[position][1](scope)
            self.read |= val.touches
            grouped.add(val.sql)
            return val.sql

        for part in node.group:
            sets = [", ".join(key(e) for e in each) for each in part.sets]
            if part.kind == "plain":
                parts.append(sets[0] or "()")
            elif part.kind == "sets":
                parts.append(f"GROUPING SETS ({', '.join(f'({each})' for each in sets)})")
            else:
                parts.append(f"{part.kind.upper()} ({sets[0]})")
        return (f" GROUP BY {', '.join(parts)}" if parts else ""), frozenset(grouped)

    def inner_order(
        self,
        node: n.Select,
        keys: tuple[n.SortKey, ...],
        items: list[tuple[str | None, Callable[[Scope], Val]]],
        vals: list[Val],
        scope: Scope,
    ) -> str:
        aliases = tuple((name, val) for (name, _), val in zip(items, vals, strict=True) if name)
        parts = []
        for key in keys:
            position = self.ordinal(key.value, len(vals), "ORDER BY")
            if position is None:
                val = self.expr(key.value, replace(scope, clause="ORDER BY clause", aliases=aliases))
                self.read |= val.touches
                same = [i for i, each in enumerate(vals) if each.sql == val.sql]
                position = same[0] if same else None
                if position is None and node.distinct:
                    message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
                    raise Fault("EXPRESSION_NOT_IN_DISTINCT", message, key.at)
                if position is None:
                    parts.append(val.sql + direction(key))
                    continue
            self.read |= vals[position].touches
            parts.append(str(position + 1) + direction(key))
        return f" ORDER BY {', '.join(parts)}" if parts else ""

    # --- relations ------------------------------------------------------------------------------------------------

    def relation(
        self, node: n.Relation, parent: Scope | None, left: tuple[Field, ...]
    ) -> tuple[str, list[Field]]:
        if isinstance(node, n.Aliased):
            return self.aliased(node, parent, left)
        if isinstance(node, n.TableRef):
            return self.table(node)
        if isinstance(node, n.SubqueryRef):
            return self.wrap(*self.compile_query(node.query, parent))
        if isinstance(node, n.Unnest):
            return self.unnest(node, Scope(left, parent, "UNNEST"))
        assert isinstance(node, n.Join)
        return self.join(node, parent, left)

    def wrap(self, sql: str, fields: list[Field], qualifiers: frozenset[tuple[str, ...]] = frozenset()) -> tuple[str, list[Field]]:
        name = self.fresh()
        return f"({sql}) AS {name}", [replace(f, sql=f"{name}.{f.sql}", qualifiers=qualifiers) for f in fields]

    def aliased(self, node: n.Aliased, parent: Scope | None, left: tuple[Field, ...]) -> tuple[str, list[Field]]:
        sql, fields = self.relation(node.relation, parent, left)
        names = list(node.columns)
        visible = [f for f in fields if not f.hidden]
        if names and len(names) != len(visible):
            message = f"Column alias list has {len(names)} entries but '{node.alias}' has {len(visible)} columns available"
            raise Fault("MISMATCHED_COLUMN_ALIASES", message, node.at)
        out = []
        for each in fields:
            name = names.pop(0) if names and not each.hidden else each.name
            out.append(replace(each, name=name, qualifiers=frozenset({(node.alias,)})))
        return sql, out

    def table(self, node: n.TableRef) -> tuple[str, list[Field]]:
        if len(node.parts) == 1 and node.parts[0] in self.known:
            return self.named(self.known[node.parts[0]])
        database, name = _key(node, self.database)
        entry = self.catalog.entries.get(f"{database}.{name}", Absent("table"))
        qualifiers = frozenset({(name,), (database, name)})
        if isinstance(entry, Absent):
            if entry.missing == "database":
                raise Fault("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", node.at)
            raise Fault("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{database}.{name}' does not exist", node.at)
        if isinstance(entry, View):
            with self.names({}, entry.schema):
                try:
                    sql, fields = self.compile_query(parse_query(entry.sql)[0], None)
                except Fault as fault:
                    message = f"Failed analyzing stored view 'awsdatacatalog.{database}.{name}': {fault.text}"
                    raise Fault("INVALID_VIEW", message, node.at) from fault
            if len(fields) != len(entry.columns):
                message = f"View 'awsdatacatalog.{database}.{name}' is stale or in invalid state: the columns differ"
                raise Fault("VIEW_IS_STALE", message, node.at)
            fields = [replace(f, name=c) for f, c in zip(fields, entry.columns, strict=True)]
            return self.wrap(sql, fields, qualifiers)
        return self.scan(entry, qualifiers, node)

    def named(self, named: _Named) -> tuple[str, list[Field]]:
        """A WITH query is compiled where it is used, each time anew, as Athena does."""
        cte = named.cte
        with self.names(named.known, self.database):
            sql, fields = self.compile_query(cte.query, None)
        if cte.columns and len(cte.columns) != len(fields):
            message = f"Column alias list has {len(cte.columns)} entries but relation has {len(fields)} columns"
            raise Fault("MISMATCHED_COLUMN_ALIASES", message, cte.at)
        if cte.columns:
            fields = [replace(f, name=c) for f, c in zip(fields, cte.columns, strict=True)]
        return self.wrap(sql, fields, frozenset({(cte.name,)}))

    def scan(self, table: Table, qualifiers: frozenset[tuple[str, ...]], node: n.TableRef) -> tuple[str, list[Field]]:
        names = [c.name for c in (*table.columns, *table.partition_keys)]
        if len(set(names)) != len(names):
            double = next(name for name in names if names.count(name) > 1)
            message = f"Hive metadata for table {table.name} is invalid: Table descriptor contains duplicate columns"
            raise Fault("HIVE_INVALID_METADATA", f"{message} ({double})")
        if table.format not in ("parquet", "text", "opencsv"):
            raise lacks(f"tables of the format {table.format}", node.at)
        scan = Scan(len(self.scans), table)
        self.scans.append(scan)
        name = self.fresh()
        fields = []
        for i, column in enumerate((*table.columns, *table.partition_keys)):
            key = scan.number, column.name
            data = i < len(table.columns)
            touched = frozenset({key}) if data else NOTHING
            sql = f"{name}.c{i}"
            fields.append(Field(column.name, qualifiers, sql, column.type, touched, None if data else key))
        fields.append(Field("$path", qualifiers, f"{name}.path", VARCHAR, hidden=True))
        return f"scan_{scan.number} AS {name}", fields

    def unnest(self, node: n.Unnest, scope: Scope) -> tuple[str, list[Field]]:
        vals = [self.expr(value, scope) for value in node.values]
        for val, value in zip(vals, node.values, strict=True):
            if val.type.base != "array":
                if val.type.base == "map":
                    raise lacks("UNNEST of a map", value.at)
                raise Fault("TYPE_MISMATCH", f"Cannot unnest type: {val.type}", value.at)
        self.read |= touches(*vals)
        columns = [f"unnest({v.sql}) AS c{i}" for i, v in enumerate(vals)]
        fields = [Field(None, frozenset(), f"c{i}", v.type.parts[0]) for i, v in enumerate(vals)]
        if node.ordinality:
            longest = f"greatest({', '.join(f'len({v.sql})' for v in vals)})"
            columns.append(f"unnest(range(1, CAST({longest} AS BIGINT) + 1)) AS c{len(vals)}")
            fields.append(Field(None, frozenset(), f"c{len(vals)}", BIGINT))
        return self.wrap(f"SELECT {', '.join(columns)}", fields)

    def join(self, node: n.Join, parent: Scope | None, outer: tuple[Field, ...]) -> tuple[str, list[Field]]:
        left, ours = self.relation(node.left, parent, outer)
        right, theirs = self.relation(node.right, parent, (*outer, *ours))
        if isinstance(node.right, n.Join):
            right = f"({right})"
        # What the join fills with nulls is no longer the partition's value.
        shown_left = [replace(f, origin=None) for f in ours] if node.kind in ("RIGHT", "FULL") else ours
        shown_right = [replace(f, origin=None) for f in theirs] if node.kind in ("LEFT", "FULL") else theirs
        if node.kind == "CROSS":
            return f"{left} CROSS JOIN {right}", [*ours, *theirs]
        if node.using:
            return self.using(node, left, right, shown_left, shown_right)
        assert node.on is not None
        both = [*ours, *theirs]
        condition = self.condition(node.on, Scope(tuple(both), parent, "JOIN ON clause"))
        self.read |= condition.touches
        if node.kind in ("INNER", "LEFT"):
            self.prune(node.on, theirs)
        if node.kind in ("INNER", "RIGHT"):
            self.prune(node.on, ours)
        return f"{left} {node.kind} JOIN {right} ON {condition.sql}", [*shown_left, *shown_right]

    def using(
        self, node: n.Join, left: str, right: str, ours: list[Field], theirs: list[Field]
    ) -> tuple[str, list[Field]]:
        conditions, merged = [], []
        for name in node.using:
            sides = []
            for fields in (ours, theirs):
                found = [f for f in fields if f.name == name]
                if len(found) != 1:
                    problem = "is ambiguous" if found else "is missing from a side of join"
                    code = "AMBIGUOUS_NAME" if found else "COLUMN_NOT_FOUND"
                    raise Fault(code, f"Column '{name}' {problem}", node.at)
                sides.append(Val(found[0].sql, found[0].type, found[0].touches))
            self.read |= touches(*sides)
            one, two = unify(sides, f"Join column '{name}' has incompatible types: {{}} and {{}}", node.at)
            conditions.append(f"{one.sql} = {two.sql}")
            sql = {"RIGHT": two.sql, "FULL": f"COALESCE({one.sql}, {two.sql})"}.get(node.kind, one.sql)
            merged.append(Field(name, frozenset(), sql, one.type, touches(*sides)))
        rest = [f for f in (*ours, *theirs) if f.name not in node.using]
        return f"{left} {node.kind} JOIN {right} ON {' AND '.join(conditions)}", [*merged, *rest]

    # --- partitions -----------------------------------------------------------------------------------------------

    def prune(self, condition: n.Expr, fields: list[Field]) -> None:
        """Notes what a condition says about partition keys alone: partitions that cannot meet it stay unread."""
        for number in sorted({f.origin[0] for f in fields if f.origin}):
            mine = [replace(f, sql=f"p.{identifier(f.origin[1])}") for f in fields if f.origin and f.origin[0] == number]
            sql = self.implied(condition, Scope(tuple(mine), None, "WHERE clause"))
            if sql is not None:
                self.scans[number].conditions.append(sql)

    def implied(self, node: n.Expr, scope: Scope) -> str | None:
        """SQL over partition keys that holds wherever the condition does; None when it says nothing about them."""
        if isinstance(node, n.Logic):
            sides = [self.implied(side, scope) for side in (node.left, node.right)]
            known = [side for side in sides if side is not None]
            if node.operator == "AND":
                return f"({' AND '.join(known)})" if known else None
            return f"({' OR '.join(known)})" if len(known) == 2 else None
        parts = list(walk(node))
        if not any(isinstance(part, n.Name) for part in parts):
            return None
        if any(isinstance(p, n.Query) or (isinstance(p, n.Call) and p.name in _VOLATILE) for p in parts):
            return None
        try:
            val = self.expr(node, scope)
        except Fault:
            return None
        return val.sql if val.type == BOOLEAN else None


__all__ = ["Plan", "QueryCompiler", "Scan", "plan", "references"]
