"""Parses queries of Athena's grammar: WITH, SELECT, set operations, joins."""

from __future__ import annotations

from . import syntax_tree as n
from .errors import AthenaError, Position, unsupported
from .expression_parser import ExpressionParser
from .lexer import END, INTEGER, QUOTED, WORD
from .token_stream import RESERVED

# Words that Athena allows as names, but that end a FROM or SELECT item rather than name it when AS is left out.
_NO_ALIAS = frozenset(["LIMIT", "OFFSET", "FETCH", "WINDOW", "TABLESAMPLE", "MATCH_RECOGNIZE"])


def parse_query(text: str) -> tuple[n.Query, int]:
    """Parses one query. Returns it with the number of its ``?``.

    @raises AthenaError SYNTAX_ERROR as Athena words it
    """
    parser = QueryParser(text)
    query = parser.query()
    parser.accept_operator(";")
    if parser.token.kind != END:
        raise parser.syntax_error("<EOF>")
    return query, parser.parameters


def parse_expression(text: str) -> n.Expr:
    """Parses one expression, for example an execution parameter."""
    parser = QueryParser(text)
    expression = parser.expression()
    if parser.token.kind != END:
        raise parser.syntax_error("<EOF>")
    return expression


class QueryParser(ExpressionParser):
    def query(self) -> n.Query:
        at = self.token.position
        ctes: list[n.Cte] = []
        if self.accept("WITH"):
            if self.token.is_word("RECURSIVE"):
                raise unsupported("WITH RECURSIVE", self.token.position)
            ctes.append(self.cte())
            while self.accept_operator(","):
                ctes.append(self.cte())
        body = self.set_operation()
        order = self.sort_keys() if self.accept("ORDER", "BY") else ()
        offset = limit = None
        if self.accept("OFFSET"):
            offset = self.count()
            if not self.accept("ROWS"):
                self.accept("ROW")
        if self.accept("LIMIT"):
            limit = None if self.accept("ALL") else self.count()
        elif self.token.is_word("FETCH"):
            raise unsupported("FETCH FIRST (LIMIT works)", self.token.position)
        return n.Query(at, tuple(ctes), body, order, offset, limit)

    def cte(self) -> n.Cte:
        at = self.token.position
        name = self.identifier()
        columns = self.column_names()
        self.expect("AS")
        return n.Cte(at, name, columns, self.parenthesised_query())

    def column_names(self) -> tuple[str, ...]:
        names: list[str] = []
        if self.accept_operator("("):
            names.append(self.identifier())
            while self.accept_operator(","):
                names.append(self.identifier())
            self.expect_operator(")")
        return tuple(names)

    def count(self) -> n.Expr:
        if self.token.kind != INTEGER and not self.token.is_operator("?"):
            raise self.syntax_error("'ALL', <integer>, '?'")
        return self.primary()

    def parenthesised_query(self) -> n.Query:
        self.expect_operator("(")
        query = self.query()
        self.expect_operator(")")
        return query

    def try_query(self) -> n.Query | None:
        """A query in parentheses, or nothing where several parentheses turn out to open something else."""
        start = self.index
        try:
            return self.parenthesised_query()
        except AthenaError:
            if not self.tokens[start + 1].is_operator("("):
                raise
            self.index = start
            return None

    def set_operation(self) -> n.QueryBody:
        left = self.intersection()
        while self.token.is_word("UNION", "EXCEPT"):
            token = self.take()
            every = self.set_quantifier()
            left = n.SetOperation(token.position, token.value.upper(), every, left, self.intersection())
        return left

    def intersection(self) -> n.QueryBody:
        left = self.body()
        while self.token.is_word("INTERSECT"):
            token = self.take()
            every = self.set_quantifier()
            left = n.SetOperation(token.position, "INTERSECT", every, left, self.body())
        return left

    def set_quantifier(self) -> bool:
        every = self.accept("ALL")
        if not every:
            self.accept("DISTINCT")
        return every

    def body(self) -> n.QueryBody:
        at = self.token.position
        if self.token.is_word("SELECT"):
            return self.select()
        if self.accept("VALUES"):
            return self.values(at)
        if self.token.is_word("TABLE"):
            raise unsupported("TABLE as a query (SELECT * FROM works)", at)
        if self.token.is_operator("("):
            return self.parenthesised_query()
        raise self.syntax_error("'(', 'SELECT', 'TABLE', 'VALUES', 'WITH'")

    def values(self, at: Position) -> n.Values:
        rows: list[tuple[n.Expr, ...]] = []
        while True:
            row = self.expression()
            rows.append(row.items if isinstance(row, n.RowLiteral) else (row,))
            if not self.accept_operator(","):
                return n.Values(at, tuple(rows))

    def select(self) -> n.Select:
        at = self.take().position
        distinct = self.accept("DISTINCT")
        if not distinct:
            self.accept("ALL")
        items = [self.item()]
        while self.accept_operator(","):
            items.append(self.item())
        source = self.relations() if self.accept("FROM") else None
        where = self.expression() if self.accept("WHERE") else None
        group: tuple[n.Expr, ...] = ()
        if self.accept("GROUP", "BY"):
            self.accept("ALL")
            group = self.group()
            while self.accept_operator(","):
                group += self.group()
        having = self.expression() if self.accept("HAVING") else None
        if self.token.is_word("WINDOW"):
            raise unsupported("the WINDOW clause", self.token.position)
        return n.Select(at, distinct, tuple(items), source, where, group, having)

    def item(self) -> n.SelectItem | n.SelectStar:
        at = self.token.position
        if self.accept_operator("*"):
            return n.SelectStar(at, ())
        ahead, prefix = 0, []
        while self.peek(ahead).kind in (WORD, QUOTED) and self.peek(ahead + 1).is_operator("."):
            prefix.append(self.peek(ahead).value.lower())
            ahead += 2
            if self.peek(ahead).is_operator("*"):
                self.index += ahead + 1
                return n.SelectStar(at, tuple(prefix))
        value = self.expression()
        return n.SelectItem(at, value, self.alias())

    def alias(self) -> str | None:
        if self.accept("AS"):
            return self.identifier()
        token = self.token
        if token.kind == QUOTED:
            return self.identifier()
        if token.kind == WORD and token.value.upper() not in RESERVED | _NO_ALIAS:
            return self.identifier()
        return None

    def group(self) -> tuple[n.Expr, ...]:
        at = self.token.position
        for words in (("ROLLUP",), ("CUBE",), ("GROUPING", "SETS")):
            if self.at_words(*words) and self.peek(len(words)).is_operator("("):
                raise unsupported(" ".join(words), at)
        if self.token.is_operator("(") and self.peek().is_operator(")"):
            raise unsupported("GROUP BY ()", at)
        value = self.expression()
        return value.items if isinstance(value, n.RowLiteral) else (value,)

    # --- relations ------------------------------------------------------------------------------------------------

    def relations(self) -> n.Relation:
        left = self.relation()
        while self.token.is_operator(","):
            at = self.take().position
            left = n.Join(at, "CROSS", left, self.relation(), None, ())
        return left

    def relation(self) -> n.Relation:
        left = self.source()
        while True:
            at = self.token.position
            if self.token.is_word("NATURAL"):
                raise unsupported("NATURAL JOIN", at)
            if self.accept("CROSS", "JOIN"):
                left = n.Join(at, "CROSS", left, self.source(), None, ())
                continue
            kind = self.join_kind()
            if kind is None:
                return left
            right = self.source()
            if self.accept("ON"):
                left = n.Join(at, kind, left, right, self.expression(), ())
            elif self.accept("USING"):
                names = self.column_names()
                if not names:
                    raise self.syntax_error("'('")
                left = n.Join(at, kind, left, right, None, names)
            else:
                raise self.syntax_error("'ON', 'USING'")

    def join_kind(self) -> str | None:
        if self.accept("JOIN") or self.accept("INNER", "JOIN"):
            return "INNER"
        for kind in ("LEFT", "RIGHT", "FULL"):
            if self.accept(kind, "JOIN") or self.accept(kind, "OUTER", "JOIN"):
                return kind
        return None

    def source(self) -> n.Relation:
        at = self.token.position
        relation: n.Relation
        if self.starts_query(1) and (query := self.try_query()):
            relation = n.SubqueryRef(at, query)
        elif self.accept_operator("("):
            relation = self.relations()
            self.expect_operator(")")
        elif self.token.is_word("UNNEST") and self.peek().is_operator("("):
            self.index += 2
            values = self.expressions()
            self.expect_operator(")")
            relation = n.Unnest(at, values, self.accept("WITH", "ORDINALITY"))
        elif self.token.is_word("LATERAL") and self.peek().is_operator("("):
            raise unsupported("LATERAL", at)
        elif self.token.is_word("TABLE") and self.peek().is_operator("("):
            raise unsupported("table functions", at)
        else:
            relation = n.TableRef(at, self.qualified())
            if self.token.is_operator("("):
                raise self.syntax_error("'.', 'AS', 'JOIN', 'WHERE', <EOF>, <identifier>")
        if self.token.is_word("TABLESAMPLE", "MATCH_RECOGNIZE"):
            raise unsupported(self.token.value.upper(), self.token.position)
        if self.at_words("FOR"):
            raise unsupported("FOR TIMESTAMP AS OF", self.token.position)
        alias = self.alias()
        if alias is None:
            return relation
        return n.AliasedRelation(at, relation, alias, self.column_names())

    def qualified(self) -> tuple[str, ...]:
        parts = [self.identifier()]
        while self.accept_operator("."):
            parts.append(self.identifier())
        if len(parts) > 3:
            raise unsupported(f"table names of {len(parts)} parts", self.token.position)
        return tuple(parts)
