"""The table of rights (Fixtures/rights.tsv), and what stands in its places."""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template

import description
from program import Client, until

FILE = Path(__file__).parent / "Fixtures/rights.tsv"
WHO = ("nobody", "Ada", "Ben", "administrator")


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    # The state in which Ada's call must be; empty where it is about something else.
    when: str
    body: str
    # By person, the statuses that are right.
    expected: dict[str, list[int]]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def is_about_a_call(self) -> bool:
        return bool(self.when)

    def is_refused(self, who: str) -> bool:
        return all(status >= 400 for status in self.expected[who])


def table() -> list[Row]:
    lines = [line.split("\t") for line in FILE.read_text().splitlines() if not line.startswith("#")]
    header, rows = lines[0], lines[1:]
    assert header == ["method", "path", "when", "body", *WHO]
    return [
        Row(*row[:4], {who: list(map(int, cell.split(","))) for who, cell in zip(WHO, row[4:])})
        for row in rows
    ]


class Scene:
    """The organisation in which the table is tried: what its `{places}` and `$values` stand for."""

    def __init__(self, ada: Client, admin: Client):
        self.ada = ada
        self.admin = admin
        self.call = ""
        self.contact = ada.json("people", search="lovelace")["people"][0]["ref"]["id"]
        self.opportunity = ada.json("records/opportunities")["records"][0]["ref"]["id"]
        file = {"name": "first.csv", "text": "Last Name,Phone\nTuring,030 23125077\n"}
        self.imported = admin.post("imports", file).json()["id"]

    def path(self, row: Row) -> str:
        kind = row.path.split("/")[3] if row.path.startswith("/api/v1/") else ""
        deeper = row.path.split("/")[4:5]
        places = {
            "calls": {"id": self.call},
            "imports": {"id": self.imported},
            "people": {"kind": "contact", "id": self.contact},
            "records": {"kind": "contacts", "id": self.contact},
            "events": {"source": "hotline"},
            "cti": {"token": "x" * 43},
            "admin": {"id": "cleo" if deeper == ["people"] else "none"},
        }.get(kind, {"token": "y" * 43, "kind": "contact"})
        return row.path.format(**places)

    def body(self, row: Row):
        if not row.body:
            return None
        values = {"contact": self.contact, "opportunity": self.opportunity}
        if "$version" in row.body:
            values["version"] = self.ada.json(f"calls/{self.call}")["call"]["log"]["version"]
        if row.body == "$matching":
            return self.admin.json("admin/matching")
        if row.body == "$callLog":
            return self.admin.json("admin/call-log")
        return json.loads(Template(row.body).substitute(values))

    def bring_about(self, when: str) -> None:
        """Brings Ada's call into a state; `ring` and `answer` make a new one."""
        if when in ("ring", "answer"):
            answer = self.ada.post("demo/ring", {"number": "0176 5550100"})
            self.call = answer.json()["call"]
        if when == "answer":
            self.ada.call_where(self._is("ringing"))
            assert self.ada.post(f"calls/{self.call}/answer").status_code == 204
        state = {"ring": "ringing", "answer": "talking"}.get(when, when)
        self.ada.call_where(self._is(state))

    def _is(self, state: str):
        def holds(call: dict) -> bool:
            return call["id"] == self.call and call["state"] == state

        return holds

    def ask(self, client: Client, row: Row, path: str, body):
        """The answer's status; of the stream the first bytes are enough."""
        stream = path.endswith("/stream")
        about = {} if body is None else {"json": body}
        with client.request(row.method.upper(), path, stream=stream, **about) as answer:
            return answer.status_code


def steady(desk: dict) -> dict:
    """A picture without what changes by itself."""
    calls = [{**call, "talkSeconds": 0} for call in desk["calls"]]
    return {**desk, "version": 0, "now": "", "calls": calls}


def at_rest(ada: Client) -> dict | None:
    recent = ada.json("recent", limit=100)
    return None if "waiting" in [call.get("log") for call in recent["calls"]] else recent


def everything_of(ada: Client, server, number: str) -> str:
    """All that is kept of Ada's calls, to be compared."""
    recent = until(lambda: at_rest(ada), 30, "no log of an earlier call is on its way")
    calls = [ada.json(f"calls/{call['id']}") for call in recent["calls"]]
    for call in calls:
        call["call"]["talkSeconds"] = 0
    return json.dumps([server.export(number), steady(ada.desk()), recent, calls], sort_keys=True)


def operations_without_a_row() -> set[tuple[str, str]]:
    return description.operations() - {(row.method, row.path) for row in table()}
