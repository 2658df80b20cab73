"""Agents at work: an account with a phone of its own, the HTTP interface, and an open panel."""

from dataclasses import dataclass, field

from callmatch_server import API, Refused, Server
from crms import CRM, BuiltIn, NewRecord
from page_watch import PageWatch
from panel import Panel
from playwright.sync_api import Browser, BrowserContext, Page, expect


@dataclass
class Desk:
    """One agent with one open panel. Further tabs and browsers are opened from here."""

    server: Server
    browser: Browser
    name: str
    extension: str | None
    api: API
    crm: CRM = field(default_factory=BuiltIn)
    context: BrowserContext | None = None
    watch: PageWatch | None = None
    panel: Panel | None = None

    @property
    def page(self) -> Page:
        return self.panel.page

    def sign_in(self, **options) -> Panel:
        """A new browser in which this agent signs in by a link; it becomes the desk's own."""
        options.setdefault("viewport", {"width": 1280, "height": 900})
        self.context = self.browser.new_context(**options)
        self.watch = PageWatch(self.context, self.server.address, *self.crm.addresses)
        page = self.context.new_page()
        page.goto(self.server.link(self.name))
        self.panel = opened(page)
        return self.panel

    def new_tab(self) -> Panel:
        page = self.context.new_page()
        page.goto(f"{self.server.address}/")
        return opened(page)

    def new_record(self, button: str) -> NewRecord:
        """The CRM's own page, which this button of the panel opens beside it."""
        with self.context.expect_page() as opening:
            self.panel.caller.get_by_role("button", name=button, exact=True).click()
        return NewRecord(opening.value)

    def take_new(self, call: str, name: str) -> None:
        """A person who was created from a call becomes its person."""
        self.crm.take_new(self.panel, lambda: self.call(call), name)

    def ring(self, number: str, name: str | None = None) -> str:
        """A customer calls this agent's phone; returns the call's id once the desk shows who calls."""
        call = self.api.post(
            "demo/ring", {"number": number, "name": name, "extension": self.extension}
        )["call"]

        def is_shown(desk: dict) -> bool:
            calls = (each for each in desk["calls"] if each["id"] == call)
            return any(each["match"]["outcome"] != "checking" for each in calls)

        self.api.desk_where(is_shown)
        return call

    def call(self, call: str) -> dict:
        """The call as the server knows it, also when it is over."""
        return self.api.get(f"calls/{call}")["call"]

    def filed(self, call: str) -> dict:
        """The call's activity in the CRM, once the log has been filed."""
        self.log_where(call, "filed")
        return self.crm.filed(self.api, self.call(call)["log"])

    def log_where(self, call: str, state: str) -> None:
        """Returns as soon as a past call's log is in a state."""
        self.api.desk_where(
            lambda desk: any(
                each["id"] == call and each.get("log") == state for each in desk["recent"]
            )
        )

    def activities_of(self, ref: dict) -> list[dict]:
        """The activity on the page of a record."""
        return self.crm.activities_of(self.api, ref)

    def clear(self) -> None:
        """Ends and completes what is left on the desk."""
        for call in self.api.desk()["calls"]:
            for command in (*reversed(call["can"]), "done"):
                try:
                    if command in ("decline", "hangUp", "done"):
                        self.api.post(f"calls/{call['id']}/{command.replace('U', '-u')}")
                except Refused as refusal:
                    assert refusal.status == 409, refusal

    def close(self) -> None:
        if self.context:
            self.context.close()


def opened(page: Page) -> Panel:
    """The panel of a page, once it shows the desk."""
    panel = Panel(page)
    expect(panel.live_calls).to_be_visible()
    return panel
