"""The table of who sees whom in a connected CRM (Fixtures/crm-rights.tsv), the org in which it is
tried, and all that an agent is ever answered about a person."""

from dataclasses import dataclass, field
from pathlib import Path

from connected_org import ref
from program import Client
from webhooks import PhoneSystem, ReportedCall

FILE = Path(__file__).parent / "Fixtures/crm-rights.tsv"
TOKENS = ("own", "mapped")
AGENTS = ("anna", "bert", "carl")
RELATED = ("Opportunity.Name", "Case.Subject", "Task.Subject")
# The agents' users in the org; carl has none.
USERS = {"anna": "ada@callmatch.example", "bert": "ben@callmatch.example"}


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
    def number(self) -> str:
        """As a phone system reports it."""
        phone = next(row.text for row in self.rows if row.field.endswith(".Phone"))
        return "+49" + "".join(filter(str.isdigit, phone)).removeprefix("0")


def furnish(org) -> dict[str, Made]:
    """Makes the records, and hides what the table says."""
    rows: dict[str, list[Row]] = {}
    for row in table():
        rows.setdefault(row.record, []).append(row)
    made = {
        name: _make(org, of_record, owner=org.people["ada"]) for name, of_record in rows.items()
    }
    hidden = [made["hilda"].id, made["hilda"].account, made["conrad"].account]
    related = [pair for each in made.values() for pair in each.related]
    hidden += [record for row, record in related if not row.shown["bert", "own"]]
    org.restrict(user=USERS["bert"], hide=hidden, hide_fields=["Contact.Email", "Lead.Phone"])
    org.make_private(kind="Lead")
    for user in USERS.values():
        org.restrict(user=user, share=[made["leo"].id])
    org.restrict(user="robot@callmatch.example", sees_all=True)
    return made


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
        "Case": {"AccountId": account, "ContactId": person},
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
        answer = self.agent.request(method, f"/api/v1/{path}", params=query, **about)
        self.texts.setdefault(route, []).append(answer.text)
        return answer

    def get(self, route: str, path: str, **query: str):
        return self.ask(route, "GET", path, **query)

    def routes_with(self, text: str) -> list[str]:
        return [route for route, texts in self.texts.items() if any(text in each for each in texts)]


class Encounter:
    """A call from somebody of the table at one agent's phone, and all that the agent looks at."""

    def __init__(self, answers: Answers, phones: PhoneSystem, extension: str, made: Made):
        self.answers = answers
        self.made = made
        self._reported = ReportedCall(phones, made.number, extension=extension)
        self.call = ""
        # The last look at the call.
        self.seen: dict = {}

    def ring(self) -> None:
        self._reported.report("offered")
        self._settle(lambda call: call["match"]["outcome"] != "checking")
        self._look()

    def answer(self) -> None:
        self._reported.report("answered", after=1)
        self._settle(lambda call: call["state"] == "talking")
        self._look()

    def end(self) -> None:
        self._reported.report("ended", after=20)
        self._settle(lambda call: call["state"] == "wrapUp")
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

    def search_people(self) -> None:
        for row in self.made.rows:
            self.answers.get("people search", "people", search=row.text)

    def _settle(self, is_so) -> None:
        def is_it(call: dict) -> bool:
            return call["number"]["e164"] == self.made.number and is_so(call)

        self.seen = self.answers.agent.call_where(is_it)
        self.call = self.seen["id"]

    def _look(self) -> None:
        self.answers.get("desk", "desk")
        self.answers.get("call", f"calls/{self.call}")
        body = {"number": self.made.number}
        self.answers.ask("matching try", "POST", "admin/matching/try", body)
