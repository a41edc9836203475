"""Compiles the FROM clause: tables, views, WITH queries, subqueries, joins, UNNEST."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from . import syntax_tree as n
from .catalog import Catalog, MissingEntry, Table, View
from .errors import AthenaError, unsupported
from .expression_compiler import ExpressionCompiler
from .partition_pruning import partition_conditions
from .query_parser import parse_query
from .table_references import table_key
from .text_tables import FORMATS, require_readable
from .trino_types import BIGINT, VARCHAR
from .typed_sql import NO_READS, Field, Scope, TypedSql, reads_of, unify


@dataclass
class Scan:
    """One scan of a table. A table that a query names twice is scanned twice, as Athena bills it."""

    number: int
    table: Table
    # Conditions on partition keys, as SQL over columns p."<key>"; all must hold.
    conditions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NamedQuery:
    """A WITH query and the WITH queries that it can refer to."""

    cte: n.Cte
    known: dict[str, NamedQuery]


class RelationCompiler(ExpressionCompiler):
    def __init__(self, catalog: Catalog, database: str, parameters: list[n.Expr]) -> None:
        super().__init__(parameters)
        self.catalog = catalog
        self.database = database
        self.scans: list[Scan] = []
        self.known: dict[str, NamedQuery] = {}
        self.relations = 0

    @contextmanager
    def names(self, known: dict[str, NamedQuery], database: str) -> Iterator[None]:
        before = self.known, self.database
        self.known, self.database = known, database
        try:
            yield
        finally:
            self.known, self.database = before

    def next_alias(self) -> str:
        self.relations += 1
        return f"r{self.relations}"

    def relation(self, node: n.Relation, parent: Scope | None, left: tuple[Field, ...]) -> tuple[str, list[Field]]:
        if isinstance(node, n.AliasedRelation):
            return self.aliased(node, parent, left)
        if isinstance(node, n.TableRef):
            return self.table(node)
        if isinstance(node, n.SubqueryRef):
            return self.wrap(*self.compile_query(node.query, parent))
        if isinstance(node, n.Unnest):
            return self.unnest(node, Scope(left, parent, "UNNEST"))
        assert isinstance(node, n.Join)
        return self.join(node, parent, left)

    def wrap(
        self, sql: str, fields: list[Field], qualifiers: frozenset[tuple[str, ...]] = frozenset()
    ) -> tuple[str, list[Field]]:
        name = self.next_alias()
        return f"({sql}) AS {name}", [replace(f, sql=f"{name}.{f.sql}", qualifiers=qualifiers) for f in fields]

    def aliased(
        self, node: n.AliasedRelation, parent: Scope | None, left: tuple[Field, ...]
    ) -> tuple[str, list[Field]]:
        sql, fields = self.relation(node.relation, parent, left)
        names = list(node.columns)
        visible = [f for f in fields if not f.hidden]
        if names and len(names) != len(visible):
            message = (
                f"Column alias list has {len(names)} entries but '{node.alias}' has {len(visible)} columns available"
            )
            raise AthenaError("MISMATCHED_COLUMN_ALIASES", message, node.at)
        out = []
        for each in fields:
            name = names.pop(0) if names and not each.hidden else each.name
            out.append(replace(each, name=name, qualifiers=frozenset({(node.alias,)})))
        return sql, out

    def table(self, node: n.TableRef) -> tuple[str, list[Field]]:
        if len(node.parts) == 1 and node.parts[0] in self.known:
            return self.named(self.known[node.parts[0]])
        database, name = table_key(node, self.database)
        entry = self.catalog.entries.get(f"{database}.{name}", MissingEntry("table"))
        qualifiers = frozenset({(name,), (database, name)})
        if isinstance(entry, MissingEntry):
            if entry.missing == "database":
                raise AthenaError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", node.at)
            raise AthenaError("TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{database}.{name}' does not exist", node.at)
        if isinstance(entry, View):
            with self.names({}, entry.schema):
                try:
                    sql, fields = self.compile_query(parse_query(entry.sql)[0], None)
                except AthenaError as error:
                    message = f"Failed analyzing stored view 'awsdatacatalog.{database}.{name}': {error.text}"
                    raise AthenaError("INVALID_VIEW", message, node.at) from error
            if len(fields) != len(entry.columns):
                message = f"View 'awsdatacatalog.{database}.{name}' is stale or in invalid state: the columns differ"
                raise AthenaError("VIEW_IS_STALE", message, node.at)
            fields = [replace(f, name=c) for f, c in zip(fields, entry.columns, strict=True)]
            return self.wrap(sql, fields, qualifiers)
        return self.scan(entry, qualifiers, node)

    def named(self, named: NamedQuery) -> tuple[str, list[Field]]:
        """A WITH query is compiled where it is used, each time anew, as Athena does."""
        cte = named.cte
        with self.names(named.known, self.database):
            sql, fields = self.compile_query(cte.query, None)
        if cte.columns and len(cte.columns) != len(fields):
            message = f"Column alias list has {len(cte.columns)} entries but relation has {len(fields)} columns"
            raise AthenaError("MISMATCHED_COLUMN_ALIASES", message, cte.at)
        if cte.columns:
            fields = [replace(f, name=c) for f, c in zip(fields, cte.columns, strict=True)]
        return self.wrap(sql, fields, frozenset({(cte.name,)}))

    def scan(self, table: Table, qualifiers: frozenset[tuple[str, ...]], node: n.TableRef) -> tuple[str, list[Field]]:
        names = [c.name for c in (*table.columns, *table.partition_keys)]
        if len(set(names)) != len(names):
            double = next(name for name in names if names.count(name) > 1)
            message = f"Hive metadata for table {table.name} is invalid: Table descriptor contains duplicate columns"
            raise AthenaError("HIVE_INVALID_METADATA", f"{message} ({double})")
        if table.format not in ("parquet", *FORMATS):
            raise unsupported(f"tables of the format {table.format}", node.at)
        require_readable(table)
        scan = Scan(len(self.scans), table)
        self.scans.append(scan)
        name = self.next_alias()
        fields = []
        for i, column in enumerate((*table.columns, *table.partition_keys)):
            key = scan.number, column.name
            data = i < len(table.columns)
            touched = frozenset({key}) if data else NO_READS
            sql = f"{name}.c{i}"
            fields.append(Field(column.name, qualifiers, sql, column.type, touched, None if data else key))
        fields.append(Field("$path", qualifiers, f"{name}.path", VARCHAR, hidden=True))
        return f"scan_{scan.number} AS {name}", fields

    def unnest(self, node: n.Unnest, scope: Scope) -> tuple[str, list[Field]]:
        vals = [self.expr(value, scope) for value in node.values]
        for val, value in zip(vals, node.values, strict=True):
            if val.type.base != "array":
                raise AthenaError("TYPE_MISMATCH", f"Cannot unnest type: {val.type}", value.at)
        self.read |= reads_of(*vals)
        columns = [f"unnest({v.sql}) AS c{i}" for i, v in enumerate(vals)]
        fields = [Field(None, frozenset(), f"c{i}", v.type.parts[0]) for i, v in enumerate(vals)]
        if node.ordinality:
            longest = f"greatest({', '.join(f'len({v.sql})' for v in vals)})"
            columns.append(f"unnest(range(1, CAST({longest} AS BIGINT) + 1)) AS c{len(vals)}")
            fields.append(Field(None, frozenset(), f"c{len(vals)}", BIGINT))
        return self.wrap(f"SELECT {', '.join(columns)}", fields)

    def join(self, node: n.Join, parent: Scope | None, outer: tuple[Field, ...]) -> tuple[str, list[Field]]:
        left, left_fields = self.relation(node.left, parent, outer)
        right, right_fields = self.relation(node.right, parent, (*outer, *left_fields))
        if isinstance(node.right, n.Join):
            right = f"({right})"
        # What the join fills with nulls is no longer the partition's value.
        shown_left = [replace(f, origin=None) for f in left_fields] if node.kind in ("RIGHT", "FULL") else left_fields
        shown_right = [replace(f, origin=None) for f in right_fields] if node.kind in ("LEFT", "FULL") else right_fields
        if node.kind == "CROSS":
            return f"{left} CROSS JOIN {right}", [*left_fields, *right_fields]
        if node.using:
            return self.using(node, left, right, shown_left, shown_right)
        assert node.on is not None
        both = [*left_fields, *right_fields]
        condition = self.condition(node.on, Scope(tuple(both), parent, "JOIN ON clause"))
        self.read |= condition.reads
        if node.kind in ("INNER", "LEFT"):
            self.prune(node.on, right_fields)
        if node.kind in ("INNER", "RIGHT"):
            self.prune(node.on, left_fields)
        return f"{left} {node.kind} JOIN {right} ON {condition.sql}", [*shown_left, *shown_right]

    def using(
        self, node: n.Join, left: str, right: str, left_fields: list[Field], right_fields: list[Field]
    ) -> tuple[str, list[Field]]:
        conditions, merged = [], []
        for name in node.using:
            sides = []
            for fields in (left_fields, right_fields):
                found = [f for f in fields if f.name == name]
                if len(found) != 1:
                    problem = "is ambiguous" if found else "is missing from a side of join"
                    code = "AMBIGUOUS_NAME" if found else "COLUMN_NOT_FOUND"
                    raise AthenaError(code, f"Column '{name}' {problem}", node.at)
                sides.append(TypedSql(found[0].sql, found[0].type, found[0].reads))
            self.read |= reads_of(*sides)
            one, two = unify(sides, f"Join column '{name}' has incompatible types: {{}} and {{}}", node.at)
            conditions.append(f"{one.sql} = {two.sql}")
            sql = {"RIGHT": two.sql, "FULL": f"COALESCE({one.sql}, {two.sql})"}.get(node.kind, one.sql)
            merged.append(Field(name, frozenset(), sql, one.type, reads_of(*sides)))
        rest = [f for f in (*left_fields, *right_fields) if f.name not in node.using]
        return f"{left} {node.kind} JOIN {right} ON {' AND '.join(conditions)}", [*merged, *rest]

    def prune(self, condition: n.Expr, fields: list[Field]) -> None:
        """Records that partitions which cannot meet the condition need not be read."""
        for number, sql in partition_conditions(self, condition, fields).items():
            self.scans[number].conditions.append(sql)
