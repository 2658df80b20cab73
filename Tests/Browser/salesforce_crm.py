"""Salesforce as the CRM: an org of our own making (`Tests/Salesforce`), connected to the server."""

import json
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from callmatch_server import API, Server
from crms import NewRecord
from playwright.sync_api import expect

# Behind this folder's own, so that no name here is taken for one there.
sys.path.append(str(Path(__file__).resolve().parents[1] / "Salesforce"))

from org_process import OrgProcess  # noqa: E402

SYNCS_WITHIN = 30

KINDS = {"accounts": "Account", "contacts": "Contact", "leads": "Lead"}
KINDS |= {"opportunities": "Opportunity", "cases": "Case"}
FIELDS = {"firstName": "FirstName", "lastName": "LastName", "phone": "Phone", "name": "Name"}
FIELDS |= {"accountId": "AccountId", "contactId": "ContactId", "company": "Company"}
FIELDS |= {"stage": "StageName", "closeDate": "CloseDate", "subject": "Subject", "status": "Status"}
STAGES = {"Proposal": "Proposal/Price Quote"}
PREFIXES = {"001": "account", "003": "contact", "00Q": "lead", "006": "opportunity"}
PREFIXES |= {"500": "case", "00T": "activity"}

# *Back*, and from the only match *Someone else*.
BACK = re.compile("^(Back|Someone else)")


def until(holds: Callable, within: float = SYNCS_WITHIN, what: str = ""):
    """What `holds` gives as soon as it is true."""
    deadline, pause = time.monotonic() + within, threading.Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within} s: {what or holds}"
        pause.wait(0.05)
    return found


class Salesforce:
    # Of tests that hire: agent1, agent2, … are Dora Meier 1, Dora Meier 2, …
    agents = 400

    def __init__(self, **settings):
        """`settings` stand in `callmatch.yaml` beside the usual ones."""
        self.org = OrgProcess()
        self.addresses = (self.org.pages_url, self.org.url)
        self._settings = settings
        # The user of each agent.
        self.users = {name: f"{name}@callmatch.example" for name in ("ada", "ben", "cleo", "admin")}
        self._furnish()

    def _furnish(self) -> None:
        """What the tests want of the sample organisation and the org's own does not have."""
        org, people = self.org, self.org.people
        org.enable_person_accounts()
        self.add_user("seeker", "Sigrid", "Seeker")
        for number in range(1, self.agents + 1):
            self.add_user(f"agent{number}", "Dora", f"Meier {number}")
        org.add(kind="Account", FirstName="Maria", LastName="Huber", Phone="089 99998-123")
        engines, charles = people["Analytical Engines GmbH"], people["Charles Babbage"]
        org.add(kind="Case", Subject="Oil is missing", ContactId=charles, AccountId=engines)
        fields = {"AccountId": engines, "StageName": "Prospecting", "CloseDate": "2031-02-01"}
        org.add(kind="Opportunity", Name="Mill and store", ContactId=charles, **fields)

    def add_user(self, agent: str, first: str, last: str) -> str:
        name = self.users[agent] = f"{agent}@callmatch.example"
        about = {"Username": name, "Email": name, "Alias": agent[:8], "IsActive": True}
        return self.org.add(kind="User", FirstName=first, LastName=last, **about)

    def start(self, server: Server) -> None:
        self._begin_store(server)
        usual = {
            "agents": "users",
            "users": self.users,
            "shown-fields": ["title", "email", "owner"],
        }
        file = self.org.connect(server.folder.parent, server.address, **usual | self._settings)
        server.options = ("--config", str(file))
        server.start()
        admin = server.api("admin")
        until(lambda: self._has_come_in(admin), 60, "the org's people come in")

    @staticmethod
    def _begin_store(server: Server) -> None:
        """The demo phone belongs to the sample organisation. Its customers would stand beside those of
        the org, so the store is begun without them and gets its phone afterwards."""
        server.options = ("--empty",)
        server.start()
        server.command("user", "add", "admin", "--extension", "1900", "--role", "administrator")
        server.stop()
        store = sqlite3.connect(server.folder / "callmatch.sqlite", isolation_level=None)
        row = "from setting where name = 'organisation'"
        settings = json.loads(store.execute(f"select value {row}").fetchone()[0])
        text = json.dumps(settings | {"isSample": True})
        store.execute("update setting set value = ? where name = 'organisation'", [text])
        store.close()

    @staticmethod
    def _has_come_in(admin: API) -> bool:
        crms = admin.get("admin/sources")["crms"]
        return bool(crms) and all(crm["state"] == "green" and not crm["loading"] for crm in crms)

    def stop(self) -> None:
        mistakes = self.org.info()["mistakes"]
        self.org.stop()
        assert not mistakes, mistakes

    def create(self, admin: API, plural: str, **fields: str) -> dict:
        """As somebody in the org makes it."""
        values = {FIELDS[name]: STAGES.get(value, value) for name, value in fields.items()}
        if plural == "leads":
            values.setdefault("Company", f"{values['LastName']} & Co.")
        record = self.org.add(kind=KINDS[plural], **values)
        if plural in ("contacts", "leads"):
            name = " ".join(filter(None, (values.get("FirstName"), values["LastName"])))
            until(lambda: record in self._found(admin, name), what=f"{name} comes in")
        return self._ref(record)

    @staticmethod
    def _found(admin: API, name: str) -> list[str]:
        return [each["ref"]["id"] for each in admin.get("people", search=name)["people"]]

    def new_record_address(self, kind: str) -> str:
        address = f"{self.org.pages_url}/lightning/o/{kind.title()}/new"
        return rf"^{re.escape(address)}\?defaultFieldValues="

    def expect_saved(self, new: NewRecord, name: str) -> None:
        expect(new.heading).to_have_text(name)

    def take_new(self, panel, call: Callable[[], dict], name: str) -> None:
        """The org knows nothing of a call: where others have the number too, the agent chooses."""

        def is_offered() -> bool:
            return any(each["name"] == name for each in call()["match"]["candidates"])

        until(is_offered, what=f"{name} is offered")
        person = call().get("person")
        if person is None or person["name"] != name:
            back = panel.caller.get_by_role("button", name=BACK)
            several = panel.caller.get_by_role("button", name=re.compile("^Multiple Matches"))
            expect(back.or_(several).first).to_be_visible()
            (back if back.is_visible() else several).click()
            panel.choice(name).click()
        expect(panel.call(name)).to_be_visible()

    def filed(self, api: API, log: dict) -> dict:
        """The one Task of the call."""
        address = f"{self.org.pages_url}/lightning/r/Task/"
        assert log["crmUrl"].startswith(address) and log["crmUrl"].endswith("/view"), log["crmUrl"]
        task = self.org.record(record=log["crmUrl"].removeprefix(address).removesuffix("/view"))
        assert (task["Status"], task["TaskSubtype"]) == ("Completed", "Call")
        assert len(self.org.records(kind="Task", CallKey__c=task["CallKey__c"])) == 1
        notes, outcome, number = self._description(task)
        filed = {
            "direction": task["CallType"].lower(),
            "outcome": outcome,
            "number": number,
            "activity": {
                "ref": self._ref(task["Id"]),
                "subject": task["Subject"],
                "notes": notes,
                "disposition": task.get("CallDisposition"),
                "seconds": task.get("CallDurationInSeconds", 0),
                "agent": self._name(task["OwnerId"]),
            },
        }
        for name, field in (("person", "WhoId"), ("related", "WhatId")):
            if record := task.get(field):
                filed[name] = {"ref": self._ref(record), "name": self._name(record)}
        return filed

    @staticmethod
    def _description(task: dict) -> tuple[str, str, str]:
        """The agent's notes, and what stands below them: "answered, +49 30 23125042"."""
        notes, _, below = task.get("Description", "").rpartition("\n\n")
        found = re.match(r"(\w+), (.*)", below)
        assert found, f"neither outcome nor number in {task}"
        return notes, found[1], found[2]

    def activities_of(self, api: API, ref: dict) -> list[dict]:
        field = "WhoId" if ref["kind"] in ("contact", "lead") else "WhatId"
        tasks = self.org.records(kind="Task", **{field: ref["id"]})
        ours = [task for task in tasks if task.get("CallKey__c") and not task.get("IsDeleted")]
        return [
            {"ref": self._ref(task["Id"]), "notes": self._description(task)[0]} for task in ours
        ]

    def _name(self, record: str) -> str:
        row = self.org.record(record=record)
        return row.get("Name") or row["Subject"]

    @staticmethod
    def _ref(record: str) -> dict:
        return {"crm": "salesforce", "kind": PREFIXES[record[:3]], "id": record}
