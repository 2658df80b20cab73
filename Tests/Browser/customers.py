"""Customers of a test's own, so that tests do not meet in the sample organisation."""

import itertools
from dataclasses import dataclass

from callmatch_server import API
from crms import CRM

# Subscriber numbers in Cologne that are kept free for films: they ring nowhere.
lines = itertools.count(100)


@dataclass(frozen=True)
class SampleCaller:
    """Somebody of the sample organisation, and what the server should make of the number."""

    name: str
    number: str
    kind: str = "Contact"
    company: str = ""


ADA = SampleCaller("Ada Lovelace", "03023125042", company="Analytical Engines GmbH")
CHARLES = SampleCaller("Charles Babbage", "015228817386", company="Analytical Engines GmbH")
TARIQ = SampleCaller("Tariq Khan", "+447700900123", "Lead", "Camden Coworking")
ELIF = SampleCaller("Elif Yıldız", "02214710555", company="Domblick Hotels GmbH")
MARIA = SampleCaller("Maria Huber", "08999998123")
JEROEN = SampleCaller("Jeroen van Dijk", "0031200000142")

# The switchboard that five people of one company share.
KONTOR = "04066969100"
KONTOR_PEOPLE = {
    "Wiebke Petersen",
    "Lars Clausen",
    "Heike Möller",
    "Nils Jäger",
    "Sönke Voß",
}


def free_number(admin: API) -> str:
    """A number that nobody in the CRM has, in national form."""
    for line in lines:
        number = f"0221 4710{line}"
        if admin.post("admin/matching/try", {"number": number})["outcome"] == "none":
            return number
    raise AssertionError("no number is free")


def create(admin: API, plural: str, **fields: str) -> dict:
    """A new record; returns its {crm, kind, id}."""
    return admin.post(f"records/{plural}", {"fields": fields})["ref"]


class Customers:
    """The same in whatever CRM the server has; what is made is known to the server then."""

    def __init__(self, admin: API, crm: CRM):
        self.crm = crm
        self._admin = admin

    def free_number(self) -> str:
        return free_number(self._admin)

    def create(self, plural: str, **fields: str) -> dict:
        """A new record; returns its {crm, kind, id}."""
        return self.crm.create(self._admin, plural, **fields)

    def sharing_a_number(self, *last_names: str) -> str:
        """New contacts of a new company, all with one number, which is returned."""
        number = self.free_number()
        account = self.create("accounts", name=f"{last_names[0]} & Cie.")
        for name in last_names:
            about = {"firstName": "Kim", "lastName": name, "phone": number}
            self.create("contacts", **about, accountId=account["id"])
        return number

    def with_number(self, number: str) -> list[dict]:
        """The refs of those who have it."""
        found = self._admin.post("admin/matching/try", {"number": number})
        return [each["ref"] for each in found["candidates"]]
