"""Which tables and views a query names."""

from __future__ import annotations

from collections.abc import Iterator

from . import syntax_tree as n
from .catalog import Catalog, View
from .errors import AthenaError, unsupported
from .expression_compiler import walk
from .query_parser import parse_query


def references(text: str, database: str, catalog: Catalog) -> list[tuple[str, str]]:
    """Tables and views, as (database, name), that a query needs and that were not looked up yet."""
    found: dict[tuple[str, str], None] = {}

    def look(node: object, names: frozenset[str], schema: str, depth: int) -> None:
        for each in _table_refs(node, names):
            ref, hidden = each
            if len(ref.parts) == 1 and ref.parts[0] in hidden:
                continue
            key = table_key(ref, schema)
            entry = catalog.entries.get(".".join(key))
            if entry is None:
                found[key] = None
            elif isinstance(entry, View):
                if depth > 10:
                    raise AthenaError("VIEW_IS_RECURSIVE", f"Statement is too deep in view {entry.name}", ref.at)
                look(parse_query(entry.sql)[0], frozenset(), entry.schema, depth + 1)

    look(parse_query(text)[0], frozenset(), database, 0)
    return list(found)


def _table_refs(node: object, names: frozenset[str]) -> Iterator[tuple[n.TableRef, frozenset[str]]]:
    """Every table reference below, with the WITH names that hide tables there."""
    if isinstance(node, n.Query):
        for cte in node.ctes:
            yield from _table_refs(cte.query, names)
            names = names | {cte.name}
        for part in (node.body, node.order):
            yield from _table_refs(part, names)
        return
    for each in walk(node):
        if isinstance(each, n.TableRef):
            yield each, names
        elif isinstance(each, n.Query) and each is not node:
            yield from _table_refs(each, names)


def table_key(ref: n.TableRef, schema: str) -> tuple[str, str]:
    """The database and name to which a reference resolves."""
    if len(ref.parts) == 3 and ref.parts[0] != "awsdatacatalog":
        raise unsupported(f"the data catalog {ref.parts[0]}", ref.at)
    database = ref.parts[-2] if len(ref.parts) > 1 else schema
    if database == "information_schema":
        raise unsupported("information_schema", ref.at)
    return database, ref.parts[-1]
