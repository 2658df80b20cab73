"""SOQL read: a tokenizer and a recursive descent, as Salesforce is strict and as it complains."""

import re
from dataclasses import dataclass, field

from refusal import Refusal

LONGEST = 100_000
MOST_OFFSET = 2_000

TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:\\.|[^'\\])*')
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)
    |(?P<number>[+-]?\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::\d+)?)
    |(?P<sign><=|>=|!=|<>|=|<|>|\(|\)|,)
    |(?P<end>$))""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
COMPARISONS = {"=", "!=", "<>", "<", ">", "<=", ">="}
FUNCTIONS = {"count", "count_distinct", "min", "max"}


@dataclass
class Token:
    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        return self.kind in ("name", "sign") and self.text.lower() in words


@dataclass
class Literal:
    """`kind` is string (still escaped), number, datetime, date, boolean, null or range (`TODAY`)."""

    kind: str
    text: str
    at: int


@dataclass
class Compare:
    path: str
    sign: str
    value: "Literal | list[Literal] | Query"
    at: int


@dataclass
class Both:
    parts: list


@dataclass
class Either:
    parts: list


@dataclass
class Not:
    part: object


@dataclass
class Item:
    """Something selected: a path, a function of a path, or a subquery."""

    path: str
    at: int
    function: str | None = None
    alias: str | None = None
    query: "Query | None" = None


@dataclass
class Query:
    text: str
    select: list[Item] = field(default_factory=list)
    kind: str = ""
    kind_at: int = 0
    where: object = None
    order: list[tuple[str, bool, bool, int]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0


def complaint(code: str, text: str, at: int, said: str) -> Refusal:
    """The message shows the place, with a caret beneath."""
    before = text[:at]
    row, column = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    line = text.split("\n")[row - 1]
    start = max(0, column - 60)
    return Refusal(
        code,
        f"\n{line[start : start + 120]}\n{' ' * (column - 1 - start)}^\nERROR at Row:{row}:Column:{column}\n{said}",
    )


def unescaped(text: str, literal: Literal, in_like: bool = False) -> str:
    """The text of a string. In LIKE an escaped `%` or `_` stays escaped."""

    def replace(found: re.Match) -> str:
        escape = found[1]
        if escape[0] == "u" and len(escape) == 5:
            return chr(int(escape[1:], 16))
        if in_like and escape in "%_\\":
            return f"\\{escape}"
        if escape not in ESCAPES:
            said = f"Illegal character sequence '\\{escape}' in string literal {literal.text}"
            raise complaint("MALFORMED_QUERY", text, literal.at, said)
        return ESCAPES[escape]

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", replace, literal.text[1:-1], flags=re.DOTALL)


def tokens(text: str) -> list[Token]:
    found, at = [], 0
    while not found or found[-1].kind != "end":
        match = TOKEN.match(text, at)
        if match is None:
            at = re.compile(r"\s*").match(text, at).end()
            raise complaint("MALFORMED_QUERY", text, at, f"unexpected token: '{text[at]}'")
        found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        at = match.end()
    return found


def parse(text: str) -> Query:
    if len(text) > LONGEST:
        raise Refusal("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.")
    return Parser(text).whole()


class Parser:
    def __init__(self, text: str):
        self._text = text
        self._tokens = tokens(text)
        self._next = 0

    def whole(self) -> Query:
        query = self._query()
        if self._here.kind != "end":
            raise self._unexpected()
        return query

    def clause(self) -> object:
        """Only a condition, up to the end or to what follows one."""
        return self._condition()

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _takes(self, *words: str) -> bool:
        """Goes on if these words come, one after the other."""
        coming = self._tokens[self._next : self._next + len(words)]
        if len(coming) < len(words) or not all(token.says(word) for token, word in zip(coming, words, strict=True)):
            return False
        self._next += len(words)
        return True

    def _must(self, word: str) -> None:
        if not self._takes(word):
            raise self._unexpected(f", expecting '{word}'")

    def _name(self) -> Token:
        if self._here.kind != "name":
            raise self._unexpected()
        return self._take()

    def _unexpected(self, more: str = "") -> Refusal:
        token = self._here
        said = f"unexpected token: '{token.text or '<EOF>'}'{more}"
        return complaint("MALFORMED_QUERY", self._text, token.at, said)

    def _query(self) -> Query:
        query = Query(self._text)
        self._must("select")
        query.select.append(self._item())
        while self._takes(","):
            query.select.append(self._item())
        self._must("from")
        kind = self._name()
        query.kind, query.kind_at = kind.text, kind.at
        if self._takes("where"):
            query.where = self._condition()
        if self._here.says("group", "having", "with", "using"):
            raise self._unexpected(" (not modelled here)")
        if self._takes("order", "by"):
            query.order.append(self._ordering())
            while self._takes(","):
                query.order.append(self._ordering())
        if self._takes("limit"):
            query.limit = self._count()
        if self._takes("offset"):
            at = self._here.at
            query.offset = self._count()
            if query.offset > MOST_OFFSET:
                said = f"Maximum SOQL offset allowed is {MOST_OFFSET}"
                raise complaint("NUMBER_OUTSIDE_VALID_RANGE", self._text, at, said)
        if self._takes("for") and not (self._takes("view") or self._takes("reference") or self._takes("update")):
            raise self._unexpected()
        return query

    def _item(self) -> Item:
        at = self._here.at
        if self._takes("("):
            query = self._query()
            self._must(")")
            return Item(query.kind, at, query=query)
        name = self._name()
        if name.text.lower() in FUNCTIONS and self._takes("("):
            path = "" if self._here.says(")") else self._name().text
            self._must(")")
            alias = self._take().text if self._here.kind == "name" and not self._here.says("from") else None
            return Item(path, at, function=name.text.lower(), alias=alias)
        return Item(name.text, at)

    def _condition(self) -> object:
        """AND and OR may not be mixed without parentheses: the other one is then unexpected."""
        parts = [self._part()]
        for word, node in (("and", Both), ("or", Either)):
            if self._here.says(word):
                while self._takes(word):
                    parts.append(self._part())
                return node(parts)
        return parts[0]

    def _part(self) -> object:
        if self._takes("not"):
            return Not(self._part())
        if self._takes("("):
            inner = self._condition()
            self._must(")")
            return inner
        path = self._name()
        if self._takes("not", "in"):
            return Compare(path.text, "not in", self._list(), path.at)
        if self._takes("in"):
            return Compare(path.text, "in", self._list(), path.at)
        if self._takes("like"):
            return Compare(path.text, "like", self._literal(), path.at)
        if self._here.kind == "sign" and self._here.text in COMPARISONS:
            sign = self._take().text
            return Compare(path.text, "!=" if sign == "<>" else sign, self._literal(), path.at)
        raise self._unexpected()

    def _list(self) -> "list[Literal] | Query":
        self._must("(")
        if self._here.says("select"):
            inner = self._query()
        else:
            inner = [self._literal()]
            while self._takes(","):
                inner.append(self._literal())
        self._must(")")
        return inner

    def _literal(self) -> Literal:
        token = self._here
        if token.kind in ("string", "datetime", "date", "number"):
            self._take()
            return Literal(token.kind, token.text, token.at)
        if token.kind == "name":
            word = token.text.lower()
            kind = {"true": "boolean", "false": "boolean", "null": "null"}.get(word)
            if kind is None and re.fullmatch(r"today|yesterday|tomorrow|(last|next)_n_days:\d+", word):
                kind = "range"
            if kind:
                self._take()
                return Literal(kind, word, token.at)
        raise self._unexpected()

    def _ordering(self) -> tuple[str, bool, bool, int]:
        """The path, whether it goes down, whether nulls come last."""
        path = self._name()
        down = self._takes("desc") or (self._takes("asc") and False)
        last = self._takes("nulls", "last") or (self._takes("nulls", "first") and False)
        return path.text, down, last, path.at

    def _count(self) -> int:
        if self._here.kind != "number" or not self._here.text.isdigit():
            raise self._unexpected()
        return int(self._take().text)
