"""Search by words: SOSL and its form with parameters.

What is stored is cut into words at spaces and punctuation. Whether `4155551212` finds `(415) 555-1212` is documented
nowhere, so a test says which (`settings.search_joins_digits`).
"""

import re
from dataclasses import dataclass, field

import soql
from query import Plan
from refusal import Refusal

RESERVED = set("?&|!{}[]()^~*:\\\"'+-")
GROUPS = {
    "PHONE": {"phone"}, "EMAIL": {"email"}, "NAME": set(),
    "ALL": {"string", "phone", "email", "textarea", "picklist", "combobox", "url"},
    "SIDEBAR": {"string", "phone", "email"},
}  # fmt: skip
MOST_HITS = 2_000
MOST_HITS_OF_ONE = 250
LONGEST_WITH_OPERATORS = 4_000
LONGEST = 10_000


@dataclass
class Wanted:
    """One kind to look in: its own little query."""

    query: soql.Query
    all_kinds: bool = False


@dataclass
class Search:
    term: str
    group: str = "ALL"
    wanted: list[Wanted] = field(default_factory=list)
    limit: int = MOST_HITS


def malformed(said: str) -> Refusal:
    return Refusal("MALFORMED_SEARCH", said)


def parse(text: str) -> Search:
    found = re.match(r"\s*FIND\s*\{((?:\\.|[^\\}])*)\}\s*(.*)$", text, re.I | re.S)
    if not found:
        raise malformed("No search term found. The search term must be enclosed in braces.")
    search, rest = Search(found[1]), found[2]
    group = re.match(r"IN\s+(\w+)\s+FIELDS\s*(.*)$", rest, re.I | re.S)
    if group:
        search.group, rest = group[1].upper(), group[2]
    if search.group not in GROUPS:
        raise malformed(f"unexpected token: {search.group}")
    returning = re.match(r"RETURNING\s+(.*)$", rest, re.I | re.S)
    if returning:
        rest = _returning(search, returning[1])
    limit = re.match(r"LIMIT\s+(\d+)\s*(.*)$", rest, re.I | re.S)
    if limit:
        search.limit, rest = int(limit[1]), limit[2]
    if rest.strip():
        raise malformed(f"unexpected token: {rest.split()[0]}")
    return search


def _returning(search: Search, text: str) -> str:
    """Reads `Contact(Id, Phone WHERE … LIMIT 5), Lead`; what comes behind is given back."""
    while True:
        name = re.match(r"\s*(\w+)\s*", text)
        if not name:
            raise malformed("unexpected end of RETURNING")
        text, inside = text[name.end() :], ""
        if text.startswith("("):
            inside, text = _in_parentheses(text)
        search.wanted.append(Wanted(little_query(name[1], inside)))
        text = text.lstrip()
        if not text.startswith(","):
            return text
        text = text[1:]


def _in_parentheses(text: str) -> tuple[str, str]:
    depth, quoted, at = 0, False, 0
    while at < len(text):
        letter = text[at]
        if quoted and letter == "\\":
            at += 1
        elif letter == "'":
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
            if depth == 0:
                return text[1:at], text[at + 1 :]
        at += 1
    raise malformed("missing ')' in RETURNING")


def little_query(kind: str, inside: str) -> soql.Query:
    found = re.match(r"\s*(.*?)\s*((?:WHERE|ORDER\s+BY|LIMIT)\b.*)?$", inside, re.I | re.S)
    return soql.parse(f"SELECT {found[1] or 'Id'} FROM {kind} {found[2] or ''}")


class Term:
    """What is searched for: words and phrases with AND, OR and AND NOT between them."""

    def __init__(self, text: str):
        if len(re.sub(r"[\\\s]", "", text)) < 2:
            raise malformed("search term must be longer than one character: " + text)
        self.is_too_long = len(text) > LONGEST
        pieces = re.findall(r'"(?:\\.|[^"\\])*"|(?:\\.|[^\s"\\])+', text)
        self.ways: list[list[tuple[bool, list[re.Pattern]]]] = [[]]
        negated = False
        for piece in pieces:
            word = piece.lower()
            if word in ("or", "and", "not") and len(text) <= LONGEST_WITH_OPERATORS:
                if word == "or":
                    self.ways.append([])
                negated = word == "not"
                continue
            self.ways[-1].append((negated, self._patterns(piece)))
            negated = False

    @staticmethod
    def _patterns(piece: str) -> list[re.Pattern]:
        """The words of a piece, each with its wildcards."""
        phrase = len(piece) > 1 and piece[0] == piece[-1] == '"'
        inside = piece[1:-1] if phrase else piece
        plain = ""
        for escaped, letter in re.findall(r"\\(.)|(.)", inside, re.S):
            if letter in RESERVED - {"*", "?", "-"} or (letter in ("*", "?") and not plain.strip()):
                raise malformed(f"unexpected character in search term: {letter}")
            plain += escaped if escaped and escaped not in "*?" else letter or " "
        words = re.findall(r"[\w*?]+", plain)
        return [re.compile(re.escape(word).replace(r"\*", ".*").replace(r"\?", "."), re.I) for word in words]

    def finds(self, texts: list[str], joins_digits: bool) -> bool:
        if self.is_too_long:
            return False
        words = [re.findall(r"\w+", text) for text in texts]
        if joins_digits:
            words += [[re.sub(r"\D", "", text)] for text in texts]
        return any(
            all(any(self._follow(patterns, each) for each in words) != negated for negated, patterns in way)
            for way in self.ways if way
        )  # fmt: skip

    @staticmethod
    def _follow(patterns: list[re.Pattern], words: list[str]) -> bool:
        """The words of a phrase stand one after the other."""
        last = len(words) - len(patterns)
        return any(
            all(pattern.fullmatch(words[start + place]) for place, pattern in enumerate(patterns))
            for start in range(last + 1)
        )


class Searches:
    def __init__(self, org):
        self.org = org

    def answer(self, search: Search, user: str | None, version: str) -> dict:
        if not search.wanted:
            names = [kind.name for kind in self.org.schema.kinds.values() if kind.abilities["searchable"]]
            search.wanted = [Wanted(little_query(name, ""), True) for name in names]
        term = Term(search.term)
        records: list[dict] = []
        for wanted in search.wanted:
            plan = Plan(self.org, user, wanted.query)
            if not plan.kind.abilities["searchable"]:
                raise Refusal("INVALID_TYPE", f"entity type {plan.kind.name} does not support search")
            rows = self._hits(plan, term, search, user)
            records += self.org.pages.records(plan, rows, version)
        return {"searchRecords": records[: search.limit]}

    def _hits(self, plan: Plan, term: Term, search: Search, user: str | None) -> list[dict]:
        """Cut first, and only then reduced to what the user may see."""
        org, query = self.org, plan.query
        names = [
            each.name
            for each in plan.kind.fields.values()
            if (each.type in GROUPS[search.group] or (search.group == "NAME" and "Name" in each.name))
            and not org.rights.hides(user, plan.kind.name, each.name)
        ]
        indexed_until = org.clock.now() - org.settings.search_delay_seconds * 1000
        holds = plan.binder.condition(query.where)
        bare = len(search.wanted) == 1 and query.where is None and not query.order
        most = MOST_HITS_OF_ONE if bare else min(MOST_HITS // len(search.wanted), MOST_HITS_OF_ONE)
        most = org.settings.search_cut or most
        hits: list[dict] = []
        for row in org.store.tables[plan.kind.name].values():
            if "IsDeleted" in row or row["SystemModstamp"] > indexed_until:
                continue
            if term.finds([row[name] for name in names if name in row], org.settings.search_joins_digits):
                hits.append(row)
                if len(hits) == most:
                    break
        seen = [row for row in hits if holds(row) and org.rights.may_read(user, plan.kind.name, row)]
        return plan._ordered(seen, query.limit)[: query.limit]
