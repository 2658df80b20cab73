"""The CRM behind the server: what a test makes in it, and what it reads there after a call.

A test of both says `@pytest.mark.crm("builtin", "salesforce")`; the others run with the built-in one.
"""

from collections.abc import Callable
from typing import Protocol

from callmatch_server import API, Server
from playwright.sync_api import Locator, Page, expect


class NewRecord:
    """The CRM's page for a new contact or lead, found by the names that both CRMs give its parts."""

    def __init__(self, page: Page):
        self.page = page
        self.heading = page.get_by_role("heading", level=1)
        self._button = page.get_by_role("button", name="Save", exact=True)
        expect(self._button).to_be_visible()

    @property
    def phone(self) -> Locator:
        """The usual number; it has another name on a lead in Salesforce."""
        boxes = (
            self.page.get_by_role("textbox", name=name, exact=True)
            for name in ("Business Phone", "Phone")
        )
        return next(boxes).or_(next(boxes)).first

    def fill(self, **values: str) -> None:
        """`last_name="Lovelace"` goes into *Last Name*."""
        for name, value in values.items():
            label = name.replace("_", " ").title()
            self.page.get_by_role("textbox", name=label).fill(value)

    def save(self) -> None:
        self._button.click()
        expect(self._button).to_be_hidden()


class CRM(Protocol):
    # Where a browser may go beside the server.
    addresses: tuple[str, ...]

    def start(self, server: Server) -> None:
        """Starts the server with this CRM."""

    def stop(self) -> None:
        """Ends what was started for it, after the server."""

    def create(self, admin: API, plural: str, **fields: str) -> dict:
        """A new record, which the server knows then; returns its {crm, kind, id}."""

    def new_record_address(self, kind: str) -> str:
        """What the address of the page for a new record looks like."""

    def expect_saved(self, new: NewRecord, name: str) -> None:
        """What the page says after *Save*."""

    def take_new(self, panel, call: Callable[[], dict], name: str) -> None:
        """A person who was created from a call becomes its person."""

    def filed(self, api: API, log: dict) -> dict:
        """A filed call log as the CRM keeps it, in the words of the built-in one."""

    def activities_of(self, api: API, ref: dict) -> list[dict]:
        """The activity on the page of a record."""


class BuiltIn:
    """The CRM inside the server, over its HTTP interface."""

    addresses = ()

    def start(self, server: Server) -> None:
        server.start()

    def stop(self) -> None:
        pass

    def create(self, admin: API, plural: str, **fields: str) -> dict:
        return admin.post(f"records/{plural}", {"fields": fields})["ref"]

    def new_record_address(self, kind: str) -> str:
        return rf"/crm/{kind}s/new\?.*call="

    def expect_saved(self, new: NewRecord, name: str) -> None:
        expect(new.heading).to_contain_text("The call now shows this person")

    def take_new(self, panel, call: Callable[[], dict], name: str) -> None:
        """By itself, whoever else has the number."""
        expect(panel.call(name)).to_be_visible()

    def filed(self, api: API, log: dict) -> dict:
        return api.get(f"records/activities/{log['crmUrl'].rsplit('/', 1)[1]}")

    def activities_of(self, api: API, ref: dict) -> list[dict]:
        plural = {"opportunity": "opportunities"}.get(ref["kind"], f"{ref['kind']}s")
        return api.get(f"records/{plural}/{ref['id']}")["related"]["activities"]
