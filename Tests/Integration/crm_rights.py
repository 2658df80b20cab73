"""The table of who sees whom in a connected CRM (Fixtures/crm-rights.tsv), the org in which it is
tried, and all that an agent is ever answered about a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from connected_org import ref
from program import Client
from webhooks import ReportedCall

FILE = Path(__file__).parent / "Fixtures/crm-rights.tsv"
TOKENS = ("own", "mapped")
AGENTS = ("anna", "bert", "cora", "dana", "carl")
RELATED = ("Opportunity.Name", "Case.Subject", "Task.Subject")
# The agents' users in the org; carl has none.
USERS = {
    "anna": "ada@callmatch.example",
    "bert": "ben@callmatch.example",
    "cora": "cleo@callmatch.example",
    "dana": "dan@callmatch.example",
}
# What a user may not read of any record.
HIDDEN_FIELDS = {
    "bert": ["Contact.Email", "Lead.Phone"],
    "cora": ["Contact.Title"],
    "dana": ["Account.Phone"],
}
FORBIDDEN = {"dana": ["Opportunity.read", "Task.read"]}
# Whose the records are that are not ada's.
OWNERS = {"priva": "dan"}


@dataclass(frozen=True)
class Row:
    record: str
    # `Contact.LastName`, or `Account.Name` of the contact's account.
    field: str
    text: str
    # By agent and token, whether the text is shown.
    shown: dict[tuple[str, str], bool]


def table() -> list[Row]:
    lines = FILE.read_text().splitlines()
    header, *rows = [line.split("\t") for line in lines if not line.startswith("#")]
    columns = [tuple(name.split(" ")) for name in header[3:]]
    assert header[:3] == ["record", "field", "text"]
    assert columns == [(agent, token) for token in TOKENS for agent in AGENTS]
    return [
        Row(*row[:3], dict(zip(columns, [cell == "1" for cell in row[3:]], strict=True)))
        for row in rows
    ]


@dataclass
class Made:
    """A person of the table in the org."""

    id: str
    account: str
    rows: list[Row]
    # What is going on with the person.
    related: list[tuple[Row, str]]

    @property
    def kind(self) -> str:
        return ref(self.id)["kind"]

    @property
    def name_row(self) -> Row:
        """By whose text the record itself is seen or not."""
        name = "Account.Name" if self.kind == "account" else f"{self.kind.title()}.LastName"
        return next(row for row in self.rows if row.field == name)

    @property
    def people(self) -> list[tuple[Row, str]]:
        """The person, and the person's account."""
        accounts = [row for row in self.rows if row.field == "Account.Name"]
        own = (self.name_row, self.id)
        return [own] + [(row, self.account) for row in accounts if self.account != self.id]

    @property
    def texts(self) -> list[str]:
        """What may be typed to find the person."""
        return [row.text for row in self.rows if row.field not in RELATED]

    @property
    def number(self) -> str:
        """As a phone system reports it."""
        phone = next(row.text for row in self.rows if row.field.endswith(".Phone"))
        return "+49" + "".join(filter(str.isdigit, phone)).removeprefix("0")


def furnish(org) -> dict[str, Made]:
    """Makes the records, and hides what the table says."""
    org.people["dan"] = org.add(kind="User", Username=USERS["dana"], LastName="Dan", IsActive=True)
    rows: dict[str, list[Row]] = {}
    for row in table():
        rows.setdefault(row.record, []).append(row)
    made = {
        name: _make(org, of_record, owner=org.people[OWNERS.get(name, "ada")])
        for name, of_record in rows.items()
    }
    org.make_private(kind="Lead")
    for agent, user in USERS.items():
        records = [record for each in made.values() for record in _hidden(each, agent)]
        about = {"hide_fields": HIDDEN_FIELDS.get(agent, []), "forbid": FORBIDDEN.get(agent, [])}
        shared = [made["leo"].id] if made["leo"].name_row.shown[agent, "mapped"] else []
        org.restrict(user=user, hide=records, share=shared, **about)
    org.restrict(user="robot@callmatch.example", sees_all=True)
    return made


def _hidden(made: Made, agent: str) -> Iterator[str]:
    """The records that are hidden one by one: leads are private, and some objects are not read at all."""
    for row, record in made.people + made.related:
        kind = row.field.split(".")[0]
        is_hidden = not row.shown[agent, "mapped"]
        if is_hidden and kind != "Lead" and f"{kind}.read" not in FORBIDDEN.get(agent, []):
            yield record


def _make(org, rows: list[Row], owner: str) -> Made:
    of: dict[str, dict[str, str]] = {}
    about = [row for row in rows if row.field in RELATED]
    for row in rows:
        kind, name = row.field.split(".")
        if row not in about:
            of.setdefault(kind, {})[name] = row.text
    account = org.add(kind="Account", **of.pop("Account")) if "Account" in of else ""
    made = account
    for kind, fields in of.items():
        own = {"AccountId": account} if kind == "Contact" else {}
        made = org.add(kind=kind, **fields, **own, OwnerId=owner)
    related = [(row, _make_related(org, row, made, account)) for row in about]
    return Made(made, account, rows, related)


def _make_related(org, row: Row, person: str, account: str) -> str:
    kind, name = row.field.split(".")
    fields = {
        "Opportunity": {
            "AccountId": account,
            "StageName": "Prospecting",
            "CloseDate": "2031-01-01",
        },
        "Case": {"AccountId": account} | ({} if person == account else {"ContactId": person}),
        "Task": {"WhoId": person, "Status": "Completed", "ActivityDate": "2026-11-02"},
    }[kind]
    return org.add(kind=kind, **fields, **{name: row.text})


def unknown(org) -> dict[str, str]:
    """By kind, the id of a record that nobody knows any more."""
    fields = {"StageName": "Prospecting", "CloseDate": "2031-01-01"}
    ids = {
        "contact": org.add(kind="Contact", LastName="Gone"),
        "lead": org.add(kind="Lead", LastName="Gone", Company="Gone"),
        "account": org.add(kind="Account", Name="Gone"),
        "opportunity": org.add(kind="Opportunity", Name="Gone", **fields),
    }
    for record in ids.values():
        org.purge(record=record)
    return ids


@dataclass
class Answers:
    """Everything that an agent was told, by route."""

    agent: Client
    texts: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, route: str, method: str, path: str, body: object = None, **query: str):
        about = {} if body is None else {"json": body}
        path = path if path.startswith("/") else f"/api/v1/{path}"
        answer = self.agent.request(method, path, params=query, **about)
        self.texts.setdefault(route, []).append(answer.text)
        self.texts[route].append(unquote(answer.headers.get("Location", "")))
        return answer

    def get(self, route: str, path: str, **query: str):
        return self.ask(route, "GET", path, **query)

    def routes_with(self, text: str) -> list[str]:
        return [route for route, texts in self.texts.items() if any(text in each for each in texts)]


class Encounter:
    """A call from somebody of the table at one agent's phone, and all that the agent looks at."""

    def __init__(self, answers: Answers, reported: ReportedCall, extension: str, made: Made):
        self.answers = answers
        self.made = made
        self._reported = reported
        self._extension = extension
        self.call = ""
        # The last look at the call.
        self.seen: dict = {}

    def ring(self) -> None:
        self._reported.report("offered", extension=self._extension)
        self._settle("ringing")
        self.look()

    def answer(self) -> None:
        self._reported.report("answered", after=1, extension=self._extension)
        self._settle("talking")
        self.look()

    def end(self) -> None:
        self._reported.report("ended", after=20)
        self._settle("wrapUp")
        self.answers.ask("done", "POST", f"calls/{self.call}/done", {})

    def choose(self, record: str, what: str = "person") -> tuple[int, str]:
        """What is answered, without the id."""
        body = {"person" if what == "person" else "record": ref(record)}
        answer = self.answers.ask(f"choose {what}", "POST", f"calls/{self.call}/{what}", body)
        return answer.status_code, answer.text.replace(record, "ID")

    def related(self, record: str, scope: str) -> tuple[int, str]:
        path = f"people/{ref(record)['kind']}/{record}/related"
        answer = self.answers.get("related", path, scope=scope)
        return answer.status_code, answer.text.replace(record, "ID")

    def search(self) -> None:
        for text in self.made.texts:
            self.answers.get("people search", "people", search=text)
        body = {"number": self.made.number}
        self.answers.ask("matching try", "POST", "admin/matching/try", body)

    def look(self) -> None:
        self.answers.get("desk", "desk")
        self.answers.get("call", f"calls/{self.call}")

    def _settle(self, state: str) -> None:
        """Until the desk shows it so, and it is known whom of it the agent may see."""

        def is_it(call: dict) -> bool:
            is_known = call["match"]["outcome"] != "checking"
            return call["number"]["e164"] == self.made.number and call["state"] == state and is_known

        self.seen = self.answers.agent.call_where(is_it)
        self.call = self.seen["id"]
