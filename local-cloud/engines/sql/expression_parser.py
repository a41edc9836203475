"""Reads expressions of Athena's query grammar. https://trino.io/docs/current/sql/select.html"""

from __future__ import annotations

from . import nodes as n
from .faults import Fault, Place, lacks
from .lexer import BACKQUOTED, BINARY, DECIMAL, DOUBLE, END, INTEGER, OPERATOR, QUOTED, STRING, WORD, Token, tokens
from .trino_types import (
    BIGINT,
    BOOLEAN,
    DATE,
    INTEGER as INTEGER_TYPE,
    REAL,
    SMALLINT,
    TIMESTAMP,
    TIMESTAMP_TZ,
    TINYINT,
    VARBINARY,
    VARCHAR,
    Type,
    decimal,
    varchar,
)
from .trino_types import DOUBLE as DOUBLE_TYPE

# https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html (in SQL SELECT statements)
RESERVED = frozenset(
    """ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG CURRENT_DATE CURRENT_PATH
    CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE
    EXCEPT EXECUTE EXISTS EXTRACT FALSE FIRST FOR FROM FULL GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN
    LAST LEFT LIKE LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP
    SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION UNNEST USING VALUES WHEN WHERE WITH""".split()
) - {"FIRST", "LAST"}
_COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIMPLE_TYPES = {
    "BOOLEAN": BOOLEAN,
    "TINYINT": TINYINT,
    "SMALLINT": SMALLINT,
    "INT": INTEGER_TYPE,
    "INTEGER": INTEGER_TYPE,
    "BIGINT": BIGINT,
    "REAL": REAL,
    "VARBINARY": VARBINARY,
    "DATE": DATE,
}
_LACKING_TYPES = ("CHAR", "JSON", "TIME", "IPADDRESS", "UUID", "HYPERLOGLOG", "TDIGEST", "QDIGEST", "MAP", "ROW")
_UNITS = ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


class ExpressionParser:
    """A cursor over tokens, with one method a rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.index = 0
        self.parameters = 0

    # --- cursor ---------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind != END:
            self.index += 1
        return token

    def at_words(self, *words: str) -> bool:
        return all(self.peek(i).is_word(word) for i, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        if self.at_words(*words):
            self.index += len(words)
            return True
        return False

    def accept_operator(self, operator: str) -> bool:
        if self.token.is_operator(operator):
            self.index += 1
            return True
        return False

    def expect(self, *words: str) -> None:
        for word in words:
            if not self.accept(word):
                raise self.unexpected(f"'{word}'")

    def expect_operator(self, operator: str) -> None:
        if not self.accept_operator(operator):
            raise self.unexpected(f"'{operator}'")

    def unexpected(self, expected: str) -> Fault:
        token = self.token
        if token.kind == BACKQUOTED:
            message = "backquoted identifiers are not supported; use double quotes to quote identifiers"
            return Fault("SYNTAX_ERROR", message, token.place)
        return Fault("SYNTAX_ERROR", f"mismatched input '{token.text}'. Expecting: {expected}", token.place)

    def identifier(self, expected: str = "<identifier>") -> str:
        token = self.token
        if token.kind == QUOTED or (token.kind == WORD and token.value.upper() not in RESERVED):
            self.index += 1
            return token.value.lower()
        raise self.unexpected(expected)

    # --- expressions ----------------------------------------------------------------------------------------------

    def expression(self) -> n.Expr:
        left = self.conjunction()
        while self.token.is_word("OR"):
            at = self.take().place
            left = n.Logic(at, "OR", left, self.conjunction())
        return left

    def conjunction(self) -> n.Expr:
        left = self.negation()
        while self.token.is_word("AND"):
            at = self.take().place
            left = n.Logic(at, "AND", left, self.negation())
        return left

    def negation(self) -> n.Expr:
        if self.token.is_word("NOT"):
            at = self.take().place
            return n.Not(at, self.negation())
        return self.predicate()

    def predicate(self) -> n.Expr:
        left = self.value()
        at = self.token.place
        if self.token.kind == OPERATOR and self.token.value in _COMPARISONS:
            operator = _COMPARISONS[self.take().value]
            if self.token.is_word("ALL", "ANY", "SOME") and self.peek().is_operator("("):
                quantifier = "ALL" if self.take().is_word("ALL") else "ANY"
                return n.CompareAll(at, operator, left, quantifier, self.parenthesised_query())
            return n.Compare(at, operator, left, self.value())
        if self.accept("IS"):
            negated = self.accept("NOT")
            if self.accept("NULL"):
                result: n.Expr = n.IsNull(at, left)
            elif self.accept("DISTINCT", "FROM"):
                result = n.DistinctFrom(at, left, self.value())
            else:
                raise self.unexpected("'DISTINCT', 'NULL'")
            return n.Not(at, result) if negated else result
        negated = self.token.is_word("NOT") and self.peek().is_word("BETWEEN", "IN", "LIKE") and self.accept("NOT")
        if self.accept("BETWEEN"):
            low = self.value()
            self.expect("AND")
            result = n.Between(at, left, low, self.value())
        elif self.accept("IN"):
            result = self.membership(at, left)
        elif self.accept("LIKE"):
            pattern = self.value()
            result = n.Like(at, left, pattern, self.value() if self.accept("ESCAPE") else None)
        else:
            return left
        return n.Not(at, result) if negated else result

    def membership(self, at: Place, left: n.Expr) -> n.Expr:
        if self.starts_query(1):
            return n.InQuery(at, left, self.parenthesised_query())
        self.expect_operator("(")
        options = self.expressions()
        self.expect_operator(")")
        return n.InList(at, left, options)

    def value(self) -> n.Expr:
        left = self.sum()
        while self.token.is_operator("||"):
            at = self.take().place
            left = n.Concat(at, left, self.sum())
        return left

    def sum(self) -> n.Expr:
        left = self.product()
        while self.token.is_operator("+", "-"):
            token = self.take()
            left = n.Arithmetic(token.place, token.value, left, self.product())
        return left

    def product(self) -> n.Expr:
        left = self.unary()
        while self.token.is_operator("*", "/", "%"):
            token = self.take()
            left = n.Arithmetic(token.place, token.value, left, self.unary())
        return left

    def unary(self) -> n.Expr:
        if self.token.is_operator("-", "+"):
            token = self.take()
            value = self.unary()
            return n.Negative(token.place, value) if token.value == "-" else value
        value = self.primary()
        while True:
            at = self.token.place
            if self.accept_operator("["):
                value = n.Subscript(at, value, self.value())
                self.expect_operator("]")
            elif self.token.is_operator(".") and not isinstance(value, n.Name):
                self.take()
                value = n.Field(at, value, self.identifier())
            elif self.at_words("AT", "TIME", "ZONE"):
                self.accept("AT", "TIME", "ZONE")
                value = n.AtTimeZone(at, value, self.primary())
            else:
                return value

    def expressions(self) -> tuple[n.Expr, ...]:
        found = [self.expression()]
        while self.accept_operator(","):
            found.append(self.expression())
        return tuple(found)

    def primary(self) -> n.Expr:
        token = self.token
        at = token.place
        if token.kind in (INTEGER, DECIMAL, DOUBLE, STRING, BINARY):
            self.take()
            return n.Literal(at, token.kind, token.value)
        if self.accept_operator("?"):
            self.parameters += 1
            return n.Parameter(at, self.parameters - 1)
        if token.is_operator("("):
            return self.parenthesised()
        if token.kind == WORD:
            special = self.special(token)
            if special is not None:
                return special
        if token.kind in (WORD, QUOTED):
            return self.name_or_call()
        raise self.unexpected("<expression>")

    def parenthesised(self) -> n.Expr:
        at = self.token.place
        if self.starts_query(1) and (query := self.try_query()):
            return n.ScalarQuery(at, query)
        self.expect_operator("(")
        if self.accept_operator(")"):
            raise lacks("functions written as (x) -> ...", at)
        items = self.expressions()
        self.expect_operator(")")
        if self.token.is_operator("->"):
            raise lacks("functions written as (x) -> ...", at)
        return items[0] if len(items) == 1 else n.RowOf(at, items)

    def special(self, token: Token) -> n.Expr | None:
        """Words that start more than a name."""
        at, word, following = token.place, token.value.upper(), self.peek()
        if word in ("TRUE", "FALSE", "NULL"):
            self.take()
            return n.Literal(at, "null" if word == "NULL" else "boolean", word)
        if word in ("DATE", "TIMESTAMP", "DECIMAL") and following.kind == STRING:
            self.take()
            return n.TypedLiteral(at, word.lower(), self.take().value)
        if word == "INTERVAL" and (following.kind == STRING or following.is_operator("+", "-")):
            return self.interval()
        if word in ("CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_USER"):
            self.take()
            return n.Call(at, word.lower(), ())
        if word == "CASE":
            return self.case()
        if word in ("CAST", "TRY_CAST") and following.is_operator("("):
            self.take()
            self.take()
            value = self.expression()
            self.expect("AS")
            target = self.type_name()
            self.expect_operator(")")
            return n.Cast(at, value, target, word == "TRY_CAST")
        if word == "EXTRACT" and following.is_operator("("):
            self.take()
            self.take()
            unit = self.identifier()
            self.expect("FROM")
            value = self.expression()
            self.expect_operator(")")
            return n.Call(at, unit, (value,))
        if word == "EXISTS" and following.is_operator("("):
            self.take()
            return n.Exists(at, self.parenthesised_query())
        if word == "ARRAY" and following.is_operator("["):
            self.take()
            self.take()
            items = () if self.token.is_operator("]") else self.expressions()
            self.expect_operator("]")
            return n.ArrayOf(at, items)
        if word == "ROW" and following.is_operator("("):
            self.take()
            self.take()
            items = self.expressions()
            self.expect_operator(")")
            return n.RowOf(at, items)
        if word in ("TRIM", "POSITION", "SUBSTRING") and following.is_operator("("):
            return self.text_function(at, word)
        if word == "GROUPING" and following.is_operator("("):
            raise lacks("grouping()", at)
        return None

    def interval(self) -> n.Expr:
        at = self.take().place
        negative = self.token.is_operator("-")
        if self.token.is_operator("+", "-"):
            self.take()
        value = self.token
        if value.kind != STRING:
            raise self.unexpected("<string>")
        self.take()
        unit = self.token
        if not unit.is_word(*_UNITS):
            raise self.unexpected(", ".join(f"'{u}'" for u in _UNITS))
        self.take()
        if self.token.is_word("TO"):
            raise lacks("intervals with TO", at)
        return n.Interval(at, value.value, negative, unit.value.lower())

    def case(self) -> n.Expr:
        at = self.take().place
        operand = None if self.token.is_word("WHEN") else self.expression()
        whens = []
        while self.accept("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            whens.append((condition, self.expression()))
        if not whens:
            raise self.unexpected("'WHEN'")
        default = self.expression() if self.accept("ELSE") else None
        self.expect("END")
        return n.Case(at, operand, tuple(whens), default)

    def text_function(self, at: Place, word: str) -> n.Expr:
        """The forms with words inside: TRIM(BOTH 'x' FROM y), POSITION(x IN y), SUBSTRING(x FROM 1 FOR 2)."""
        self.take()
        self.take()
        name = word.lower()
        if word == "POSITION":
            needle = self.value()
            self.expect("IN")
            args: tuple[n.Expr, ...] = (self.value(), needle)
            name = "strpos"
        elif word == "TRIM":
            for side, function in (("BOTH", "trim"), ("LEADING", "ltrim"), ("TRAILING", "rtrim")):
                if self.accept(side):
                    name = function
            if self.accept("FROM"):
                args = (self.expression(),)
            else:
                first = self.expression()
                if self.accept("FROM"):
                    args = (self.expression(), first)
                else:
                    args = (first, self.expression()) if self.accept_operator(",") else (first,)
        else:
            name = "substr"
            args = (self.expression(),)
            if self.accept("FROM"):
                args += (self.expression(),)
                if self.accept("FOR"):
                    args += (self.expression(),)
            else:
                while self.accept_operator(","):
                    args += (self.expression(),)
        self.expect_operator(")")
        return n.Call(at, name, args)

    def name_or_call(self) -> n.Expr:
        at = self.token.place
        first = self.token
        name = self.identifier("<expression>")
        if self.token.is_operator("("):
            return self.call(at, name)
        if self.token.is_operator("->"):
            raise lacks(f"functions written as {first.text} -> ...", at)
        parts = [name]
        while self.token.is_operator(".") and self.peek().kind in (WORD, QUOTED):
            self.take()
            parts.append(self.identifier())
        return n.Name(at, tuple(parts))

    def call(self, at: Place, name: str) -> n.Expr:
        self.expect_operator("(")
        args: tuple[n.Expr, ...] = ()
        star = distinct = False
        order: tuple[n.SortKey, ...] = ()
        if self.accept_operator("*"):
            star = True
        elif not self.token.is_operator(")"):
            distinct = self.accept("DISTINCT")
            if not distinct:
                self.accept("ALL")
            args = self.expressions()
            if self.accept("ORDER", "BY"):
                order = self.sort_keys()
        self.expect_operator(")")
        if self.accept("WITHIN", "GROUP"):
            self.expect_operator("(")
            self.expect("ORDER", "BY")
            order = self.sort_keys()
            self.expect_operator(")")
        condition = None
        if self.token.is_word("FILTER") and self.peek().is_operator("("):
            self.take()
            self.take()
            self.expect("WHERE")
            condition = self.expression()
            self.expect_operator(")")
        ignore_nulls = self.accept("IGNORE", "NULLS")
        if not ignore_nulls:
            self.accept("RESPECT", "NULLS")
        window: n.Window | str | None = None
        if self.accept("OVER"):
            window = self.window() if self.token.is_operator("(") else self.identifier()
        return n.Call(at, name, args, star, distinct, order, condition, window, ignore_nulls)

    def sort_keys(self) -> tuple[n.SortKey, ...]:
        keys = []
        while True:
            at = self.token.place
            value = self.expression()
            descending = self.accept("DESC")
            if not descending:
                self.accept("ASC")
            nulls_first = False
            if self.accept("NULLS"):
                nulls_first = self.accept("FIRST")
                if not nulls_first:
                    self.expect("LAST")
            keys.append(n.SortKey(at, value, descending, nulls_first))
            if not self.accept_operator(","):
                return tuple(keys)

    def window(self) -> n.Window:
        at = self.token.place
        self.expect_operator("(")
        partition: tuple[n.Expr, ...] = ()
        if self.accept("PARTITION", "BY"):
            partition = self.expressions()
        order = self.sort_keys() if self.accept("ORDER", "BY") else ()
        frame = None
        if self.token.is_word("ROWS", "RANGE", "GROUPS"):
            unit = self.take().value.upper()
            if self.accept("BETWEEN"):
                start = self.frame_bound()
                self.expect("AND")
                frame = n.Frame(unit, start, self.frame_bound())
            else:
                frame = n.Frame(unit, self.frame_bound(), None)
        self.expect_operator(")")
        return n.Window(at, partition, order, frame)

    def frame_bound(self) -> tuple[str, n.Expr | None]:
        for words in (("UNBOUNDED", "PRECEDING"), ("UNBOUNDED", "FOLLOWING"), ("CURRENT", "ROW")):
            if self.accept(*words):
                return " ".join(words), None
        value = self.expression()
        if self.accept("PRECEDING"):
            return "PRECEDING", value
        self.expect("FOLLOWING")
        return "FOLLOWING", value

    # --- types ----------------------------------------------------------------------------------------------------

    def type_name(self) -> Type:
        token = self.token
        at, word = token.place, token.value.upper()
        if token.kind not in (WORD, QUOTED):
            raise self.unexpected("<type>")
        self.take()
        if word in _SIMPLE_TYPES:
            return _SIMPLE_TYPES[word]
        if word == "DOUBLE":
            self.accept("PRECISION")
            return DOUBLE_TYPE
        if word in ("DECIMAL", "VARCHAR"):
            params = self.type_params()
            if word == "VARCHAR":
                return varchar(params[0]) if params else VARCHAR
            precision, scale = (*params, 0)[:2] if params else (38, 0)
            if not 1 <= precision <= 38 or scale > precision:
                raise Fault("TYPE_NOT_FOUND", f"Invalid type decimal({precision}, {scale})", at)
            return decimal(precision, scale)
        if word == "TIMESTAMP":
            self.type_params()
            if self.accept("WITH", "TIME", "ZONE"):
                return TIMESTAMP_TZ
            self.accept("WITHOUT", "TIME", "ZONE")
            return TIMESTAMP
        if word == "ARRAY" and self.token.is_operator("(", "<"):
            closing = ")" if self.take().value == "(" else ">"
            element = self.type_name()
            self.expect_operator(closing)
            return Type("array", (), (element,))
        if word in _LACKING_TYPES:
            raise lacks(f"the type {word.lower()} in a query", at)
        raise Fault("TYPE_NOT_FOUND", f"Unknown type: {token.value}", at)

    def type_params(self) -> list[int]:
        params: list[int] = []
        if self.accept_operator("("):
            while self.token.kind == INTEGER:
                params.append(int(self.take().value))
                if not self.accept_operator(","):
                    break
            self.expect_operator(")")
        return params

    # --- queries inside expressions (see query_parser) ---------------------------------------------------------------

    def starts_query(self, ahead: int) -> bool:
        """Whether a parenthesis here opens a query."""
        if not self.token.is_operator("("):
            return False
        depth = ahead
        while self.peek(depth).is_operator("("):
            depth += 1
        return self.peek(depth).is_word("SELECT", "WITH", "VALUES", "TABLE")

    def parenthesised_query(self) -> n.Query:
        raise NotImplementedError

    def try_query(self) -> n.Query | None:
        raise NotImplementedError
