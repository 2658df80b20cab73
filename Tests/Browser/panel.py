"""The panel as people find their way in it: by the names of its parts."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

RUNNING_TIME = re.compile(r"Time\s*(\d+(?::\d\d)+)")


class Panel:
    """The parts of an open panel. Only roles, names and texts: nothing knows the markup."""

    def __init__(self, page: Page):
        self.page = page
        # Takes pictures of a step in an agent's work; the tests of S1 to S21 set it.
        self.keep: Callable[[str], None] = lambda step: None
        self.live_calls = self.region("Live calls")
        self.caller = self.region("Caller")
        self.log = self.region("Call log")
        self.recent = self.region("Recent calls")
        self.notes = self.log.get_by_role("textbox", name="Notes", exact=True)
        self.subject = self.log.get_by_role("textbox", name="Subject", exact=True)
        self.disposition = self.log.get_by_role("combobox", name="Disposition", exact=True)
        self.person = self.log.get_by_role("group", name="Person", exact=True)
        self.related = self.log.get_by_role("group", name="Related to", exact=True)
        self.search = self.caller.get_by_role("searchbox", name="Search leads or contacts")
        self.results = self.caller.get_by_role("list", name="Results", exact=True)
        self.information = self.caller.get_by_role("button", name="Caller information", exact=True)
        self.tab_panel = self.caller.get_by_role("tabpanel")
        self.rest = self.tab_panel.get_by_role("button", name=re.compile("^Show all"))
        self.idle = self.live_calls.get_by_text("No call right now", exact=True)

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def call(self, name: str | re.Pattern) -> Locator:
        """The card of a live call."""
        exact = {"exact": True} if isinstance(name, str) else {}
        return self.live_calls.get_by_role("article", name=name, **exact)

    def button(self, name: str | re.Pattern) -> Locator:
        exact = {"exact": True} if isinstance(name, str) else {}
        return self.page.get_by_role("button", name=name, **exact)

    def press(self, name: str | re.Pattern) -> None:
        button = self.button(name)
        expect(button).to_be_visible()
        self.keep(f"before {name}" if isinstance(name, str) else "before")
        button.click()

    def person_heading(self, name: str, kind: str) -> Locator:
        return self.caller.get_by_role("heading", name=f"{name} {kind}", exact=True)

    def matches(self, count: int) -> Locator:
        return self.caller.get_by_role("button", name=f"Multiple Matches ({count})", exact=True)

    def choice(self, name: str) -> Locator:
        """A person in the list of several, or in the results of a search."""
        items = self.caller.get_by_role("listitem").filter(has_text=name)
        return items.get_by_role("button").first

    def tab(self, name: str) -> Locator:
        return self.caller.get_by_role("tab", name=name)

    def scope(self, name: str) -> Locator:
        filter_ = self.caller.get_by_role("radiogroup", name="Show results for", exact=True)
        return filter_.get_by_role("radio", name=name, exact=True)

    def recent_call(self, text: str | re.Pattern) -> Locator:
        return self.recent.get_by_role("link").filter(has_text=text)

    def ring_me(self, caller: str) -> None:
        """The pretend phone's dialog: a customer of this name calls."""
        self.press("Ring me")
        dialog = self.page.get_by_role("dialog", name="Ring me", exact=True)
        dialog.get_by_role("button", name=caller).click()
        expect(dialog).to_be_hidden()

    def answer(self) -> None:
        self.press("Answer")
        expect(self.button("Hang up")).to_be_visible()

    def hang_up(self) -> None:
        self.press("Hang up")
        expect(self.live_calls.get_by_text("Call ended")).to_be_visible()

    def finish(self) -> None:
        """Hangs up, completes the log, and waits until the call has left the desk."""
        self.hang_up()
        self.press("Done")
        expect(self.idle).to_be_visible()

    def shown_seconds(self, name: str | re.Pattern) -> int:
        """The running time of a call as it stands on the page."""
        text = self.call(name).inner_text()
        found = RUNNING_TIME.search(text)
        assert found, f"no running time in {text!r}"
        parts = [int(part) for part in found[1].split(":")]
        return sum(part * 60**place for place, part in enumerate(reversed(parts)))

    def expect_running_since(self, name: str | re.Pattern, start: float) -> None:
        """The running time is right to one second; `start` is in seconds since 1970."""
        before = time.time()
        shown = self.shown_seconds(name)
        after = time.time()
        assert (
            int(before - start) - 1 <= shown <= int(after - start) + 1
        ), f"the page says {shown} s, {after - start:.1f} s have passed"
