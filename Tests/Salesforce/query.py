"""SOQL evaluated: conditions as functions of a row, rows in order, and what of each is shown."""

import heapq
import re

import soql
from clock import day, milliseconds
from describe import NUMBERS
from paths import Path, Paths
from records import DIGITS, whole_id
from refusal import Refusal

# Objects whose conditions may hold no subquery.
NO_SEMI_JOINS = {"Task", "Event", "ActivityHistory", "OpenActivity", "Note"}
ORDER_OF_DIGITS = {letter: place for place, letter in enumerate(DIGITS)}


class Binder:
    """A condition of SOQL as a function of a row of one kind, for one user."""

    def __init__(self, org, user: str | None, kind: str, text: str = ""):
        self.org, self.user, self.text, self.kind = org, user, text, kind
        self.paths = Paths(org, user, kind, text)

    def condition(self, node):
        if node is None:
            return lambda record: True
        if isinstance(node, soql.Not):
            inner = self.condition(node.part)
            return lambda record: not inner(record)
        if isinstance(node, soql.Both | soql.Either):
            parts = [self.condition(part) for part in node.parts]
            whole = all if isinstance(node, soql.Both) else any
            return lambda record: whole(part(record) for part in parts)
        return self._comparison(node)

    def _comparison(self, node: soql.Compare):
        path = self.paths.path(node.path, node.at)
        kind = path.field.type if path.field else "string"
        if path.field and not path.field.filterable:
            raise self._complaint(node.at, f"field '{path.name}' can not be filtered in a query call")
        get, fold = path.get, self._fold(kind)
        if node.sign in ("in", "not in"):
            wanted = self._wanted(path, kind, node)
            is_in = lambda record: fold(get(record)) in wanted
            return is_in if node.sign == "in" else (lambda record: not is_in(record))
        if node.sign == "like":
            return self._like(path, kind, node)
        if node.value.kind == "range":
            return self._in_range(path, kind, node)
        value = self.value(path, kind, node.value)
        if node.sign == "=":
            return lambda record: fold(get(record)) == value
        if node.sign == "!=":
            return lambda record: fold(get(record)) != value
        if kind == "boolean" or value is None:
            raise self._complaint(node.at, f"invalid operator on {kind} field")
        return self._ordered(get, fold, node.sign, value)

    @staticmethod
    def _ordered(get, fold, sign: str, value):
        def holds(record: dict) -> bool:
            own = fold(get(record))
            if own is None:
                return False
            if sign == "<":
                return own < value
            if sign == ">":
                return own > value
            return own <= value if sign == "<=" else own >= value

        return holds

    @staticmethod
    def _fold(kind: str):
        """Text counts as equal in either case; ids, dates and numbers are what they are."""
        if kind in ("id", "reference", "boolean", "datetime", "date", *NUMBERS):
            return lambda value: value
        return lambda value: value.casefold() if value is not None else None

    def value(self, path: Path, kind: str, literal: soql.Literal):
        """What a literal is compared as; the wrong sort of literal for the field is refused."""
        if literal.kind == "null":
            return None
        sorts = {"boolean": "boolean", "datetime": "datetime", "date": "date", **dict.fromkeys(NUMBERS, "number")}
        wanted = sorts.get(kind, "string")
        if literal.kind != wanted:
            quoted = "should be" if wanted == "string" else "should not be"
            name = {"datetime": "dateTime", "number": kind if kind == "int" else "double"}.get(wanted, wanted)
            said = f"value of filter criterion for field '{path.name}' must be of type {name}"
            said += f" and {quoted} enclosed in quotes"
            raise self._complaint(literal.at, said)
        if wanted == "string":
            text = soql.unescaped(self.text, literal)
            if kind in ("id", "reference"):
                if text and whole_id(text) is None:
                    raise Refusal(
                        "INVALID_QUERY_FILTER_OPERATOR",
                        self._complaint(literal.at, f"invalid ID field: {text}").message,
                    )
                return whole_id(text)
            return text.casefold() or None
        if wanted == "datetime":
            return milliseconds(literal.text)
        if wanted == "number":
            return float(literal.text)
        return literal.text == "true" if wanted == "boolean" else literal.text

    def _wanted(self, path: Path, kind: str, node: soql.Compare) -> set:
        if not isinstance(node.value, soql.Query):
            return {self.value(path, kind, literal) for literal in node.value}
        if self.kind in NO_SEMI_JOINS:
            raise self._complaint(node.at, f"Entity '{self.kind}' is not supported for semi join inner selects")
        inner = Plan(self.org, self.user, node.value)
        return {inner.items[0].get(record) for record in inner.rows(False)} - {None}

    def _like(self, path: Path, kind: str, node: soql.Compare):
        if kind in ("id", "reference", "boolean", "datetime", "date", *NUMBERS) or node.value.kind != "string":
            raise self._complaint(node.at, f"invalid operator on {kind} field")
        pattern = ""
        for escaped, letter in re.findall(r"\\(.)|(.)", soql.unescaped(self.text, node.value, in_like=True), re.DOTALL):
            pattern += re.escape(escaped) if escaped else {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        matches = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
        get = path.get
        return lambda record: matches(get(record) or "") is not None

    def _in_range(self, path: Path, kind: str, node: soql.Compare):
        """`TODAY` and such: whole days, from midnight to midnight UTC."""
        word, _, count = node.value.text.partition(":")
        now, days = self.org.clock.now(), 86_400_000
        today = now - now % days
        first, last = {
            "today": (0, 1), "yesterday": (-1, 0), "tomorrow": (1, 2),
            "last_n_days": (-int(count or 0), 1), "next_n_days": (1, 1 + int(count or 0)),
        }[word]  # fmt: skip
        start, end = today + first * days, today + last * days
        if kind == "date":
            start, end = day(start), day(end)
        get = path.get
        tests = {
            "=": lambda own: start <= own < end, "!=": lambda own: not start <= own < end, "<": lambda own: own < start,
            ">=": lambda own: own >= start, ">": lambda own: own >= end, "<=": lambda own: own < end,
        }  # fmt: skip
        test = tests[node.sign]
        return lambda record: (own := get(record)) is not None and test(own)

    def _complaint(self, at: int, said: str) -> Refusal:
        return soql.complaint("INVALID_FIELD", self.text, at, said) if self.text else Refusal("INVALID_FIELD", said)


class Plan:
    """A whole query, bound."""

    def __init__(self, org, user: str | None, query: soql.Query):
        self.org, self.user, self.query = org, user, query
        kind = org.schema.kind(query.kind)
        if kind is None or org.rights.forbids(user, kind.name, "read"):
            said = (
                f"sObject type '{query.kind}' is not supported. If you are attempting to use a custom object, be sure"
            )
            said += (
                " to append the '__c' after the entity name. Please reference your WSDL or the describe call for the"
            )
            raise soql.complaint("INVALID_TYPE", query.text, query.kind_at, f"{said} appropriate names.")
        self.kind = kind
        self.binder = Binder(org, user, kind.name, query.text)
        self.functions = [item for item in query.select if item.function]
        self.is_count = len(query.select) == 1 and self.functions and not query.select[0].path
        self.children = [item for item in query.select if item.query]
        self.items = [
            self.binder.paths.path(item.path, item.at)
            for item in query.select
            if not item.query and not (item.function and not item.path)
        ]
        self._order = [(self.binder.paths.path(path, at), down, last, at) for path, down, last, at in query.order]
        for path, _, _, at in self._order:
            if path.field and not path.field.sortable:
                raise soql.complaint(
                    "INVALID_FIELD", query.text, at, f"field '{path.name}' can not be sorted in a query call"
                )

    def rows(self, all_rows: bool, limited: bool = True) -> list[dict]:
        """Those that match and that the user may see, in order."""
        holds = self.binder.condition(self.query.where)
        rights, name, user = self.org.rights, self.kind.name, self.user
        found = (
            row
            for row in self._candidates()
            if (all_rows or not (row.get("IsDeleted") or row.get("IsArchived"))) and holds(row)
        )
        if rights.filters(user, name):
            found = (row for row in found if rights.may_read(user, name, row))
        if not limited:
            return list(found)
        most = None if self.query.limit is None else self.query.offset + self.query.limit
        return self._ordered(found, most)[self.query.offset : most]

    def _candidates(self):
        """By id where the query says which; else all of the kind."""
        if self.kind.name == "UserRecordAccess":
            return self.org.access.rows(self.query)
        table = self.org.store.tables[self.kind.name]
        node = self.query.where
        for part in node.parts if isinstance(node, soql.Both) else [node]:
            if isinstance(part, soql.Compare) and part.path.lower() == "id" and part.sign in ("=", "in"):
                if not isinstance(part.value, soql.Query):
                    literals = part.value if isinstance(part.value, list) else [part.value]
                    ids = dict.fromkeys(whole_id(literal.text[1:-1]) for literal in literals)
                    return [table[each] for each in ids if each in table]
        return table.values()

    def _ordered(self, found, most: int | None) -> list[dict]:
        if not self._order:
            return list(found)
        if len({down for _, down, _, _ in self._order}) == 1 and not any(last for _, _, last, _ in self._order):
            down = self._order[0][1]
            key = self._key([path for path, *_ in self._order], nulls_last=down)
            if most is not None:
                return (heapq.nlargest if down else heapq.nsmallest)(most, found, key=key)
            return sorted(found, key=key, reverse=down)
        rows = list(found)
        for path, down, last, _ in reversed(self._order):
            rows.sort(key=self._key([path], nulls_last=last != down), reverse=down)
        return rows

    @staticmethod
    def _key(paths: list[Path], nulls_last: bool):
        """Nulls come first either way, unless the query says otherwise."""
        gets = [path.get for path in paths]
        texts = [path.field is None or path.field.type not in ("id", "reference") for path in paths]

        def key(record: dict):
            whole = []
            for get, text in zip(gets, texts, strict=True):
                value = get(record)
                if value is None:
                    whole.append((1 if nulls_last else -1, ""))
                else:
                    whole.append((0, value.casefold() if text and isinstance(value, str) else value))
            return whole

        return key

    def aggregate(self, rows: list[dict]) -> dict:
        """One row of `COUNT(Id)`, `MAX(SystemModstamp)` and such."""
        shown, unnamed = {"attributes": {"type": "AggregateResult"}}, 0
        for item in self.functions:
            name = item.alias or f"expr{unnamed}"
            unnamed += item.alias is None
            path = self.binder.paths.path(item.path, item.at)
            values = [value for row in rows if (value := path.get(row)) is not None]
            if item.function.startswith("count"):
                shown[name] = len(set(values) if item.function == "count_distinct" else values)
            else:
                shown[name] = self.org.shown(path, (max if item.function == "max" else min)(values, default=None))
        return shown
