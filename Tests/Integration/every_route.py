"""Every operation that the program has (Fixtures/rights.tsv), asked by one agent: about a call and who calls, or at all."""

import json
from string import Template

from connected_org import ref
from crm_rights import Answers, Made
from rights import Row, table

TABLE = table()

# A stream is overheard as a whole; the rest would end what all others are asked in.
NOT_ASKED = {
    ("get", "/api/v1/desk/stream"),
    ("delete", "/api/v1/session"),
    ("post", "/api/v1/session/password"),
    ("delete", "/api/v1/crm/consent"),
}
# Folders of addresses that name a call or a record.
NAMING = ("calls", "people", "records")
PLURALS = {kind: f"{kind}s" for kind in ("contact", "lead", "account", "case")}
PLURALS |= {"opportunity": "opportunities", "activity": "activities"}


def ask_about_call(answers: Answers, call: str, made: Made) -> None:
    """Whatever is about a call, with who calls and a matter of theirs."""
    matter = next((record for _, record in made.related), made.id)
    for row in _rows("calls"):
        body = _body(row, made.id, matter)
        answers.ask(str(row), row.method, row.path.format(id=call), body)


def ask_about_records(answers: Answers, made: Made) -> None:
    """Whatever is about a record, with everyone that there is about a person."""
    for _, record in made.people + made.related:
        kind = ref(record)["kind"]
        for row in _rows("people"):
            answers.ask(str(row), row.method, row.path.format(id=record, kind=kind))
        for row in _rows("records"):
            path = row.path.format(id=record, kind=PLURALS[kind])
            answers.ask(str(row), row.method, path, _body(row, record, record))


def ask_the_rest(answers: Answers, made: Made) -> None:
    """Everything else."""
    named = [row for folder in NAMING for row in _rows(folder)]
    for row in [row for row in _rows() if row not in named]:
        path = row.path.format(id="none", kind="contact", token="x" * 43, source="none")
        answers.ask(str(row), row.method, path, _body(row, made.id, made.id, answers))


def _rows(folder: str = "") -> list[Row]:
    """Those that are asked; of a folder only those that name something of it."""
    start = f"/api/v1/{folder}/" if folder else ""
    return [
        row
        for row in TABLE
        if row.path.startswith(start)
        and (not folder or "{id}" in row.path)
        and (row.method, row.path) not in NOT_ASKED
    ]


def _body(row: Row, person: str, matter: str, answers: Answers | None = None):
    """As the table writes it, about this person and this matter; settings stay as they are."""
    if not row.body:
        return None
    if row.body in ("$matching", "$callLog"):
        return answers.agent.json(row.path.removeprefix("/api/v1/"))
    body = json.loads(Template(row.body).substitute(contact=person, opportunity=matter, version=0))
    if "person" in body:
        body["person"] = ref(person)
    if "record" in body:
        body["record"] = ref(matter)
    return body
