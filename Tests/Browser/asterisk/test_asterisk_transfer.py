"""Hold and attended transfer from the panel, for phones that need not know how."""

import pytest
from connection import connected, until
from customers import ADA
from playwright.sync_api import expect

MAX = "+493023125042"
REDIRECT = {"hold": "redirect", "hold-context": "panel-hold"}


class Talk:
    """A customer, known as Ada Lovelace, talks with an agent whose panel is open.

    `through`: another agent's extension was called first, and she declined.
    """

    def __init__(self, own, browser, agent="ada", extension="1001", through="", **settings):
        self.asterisk, self.server = own(**settings)
        connected(self.server)
        self.api = self.server.api(agent)
        self.page = browser.new_page()
        self.page.goto(self.server.link(agent))
        self.live = self.page.get_by_role("region", name="Live calls", exact=True)
        self.phone, self.trunk = self.asterisk.phone(extension), self.asterisk.trunk()
        if through:
            self.asterisk.phone(through).on_call = lambda call: (call.ring(), call.decline())
        self.caller = self.trunk.dial(through or extension, f"<sip:{MAX}@127.0.0.2>")
        self.agent = self.phone.rings().until("ringing")
        self.agent.answer()
        self.caller.until("talking")
        expect(self.button("Transfer")).to_be_visible()
        self.call = self.api.desk()["calls"][0]["id"]

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        self.button(name).click()

    def line(self, state: str) -> None:
        self.api.desk_where(lambda picture: picture["line"]["state"] == state)

    def ask_first(self, number: str) -> None:
        """An attended transfer to this number begins."""
        self.press("Transfer")
        self.page.get_by_role("textbox", name="Transfer to").fill(number)
        self.press("Ask first")

    def logged(self) -> dict:
        """The call log of the agent Ada, when it is in the CRM."""
        self.press("Done")
        return until(
            lambda: next((each for each in self.api.desk()["recent"] if each.get("log") == "filed"), None),
            what="a filed log",
        )


@pytest.fixture
def talk(own, browser):
    talks = []

    def talk(**settings) -> Talk:
        talks.append(Talk(own, browser, **settings))
        return talks[-1]

    yield talk
    for each in talks:
        each.page.close()


@pytest.mark.parametrize("settings", [REDIRECT, {"hold": "notify", "user": "ctiphone"}], ids=["any", "notify"])
def test_hold_and_retrieve(talk, settings):
    talk = talk(**settings)
    for _ in range(2):
        talk.press("Hold")
        expect(talk.live).to_contain_text("On hold")
        expect(talk.button("Hold")).to_be_hidden()
        talk.press("Retrieve")
        talk.line("talking")
        expect(talk.button("Hold")).to_be_visible()
    talk.press("Hang up")
    talk.caller.until("ended")
    talk.agent.until("ended")
    kinds = [each["what"] for each in talk.api.get(f"calls/{talk.call}")["timeline"]]
    assert kinds.count("held") == kinds.count("retrieved") == 2, kinds


@pytest.mark.parametrize("leaver", ["caller", "agent", "panel"])
def test_nobody_waits_for_somebody_who_has_left(talk, leaver):
    """The two are in no bridge: the phone system would let the other one wait for an hour."""
    talk = talk(**REDIRECT)
    talk.press("Hold")
    talk.line("held")
    if leaver == "panel":
        talk.press("Hang up")
    else:
        getattr(talk, leaver).hang_up()
    talk.caller.until("ended")
    talk.agent.until("ended")
    expect(talk.live.get_by_text("Call ended")).to_be_visible()
    until(lambda: "0 active channels" in talk.asterisk.cli("core show channels"), what="no channel is left")


def test_a_held_call_is_taken_back_after_a_restart(talk):
    talk = talk(**REDIRECT)
    talk.press("Hold")
    talk.line("held")
    talk.server.stop()
    talk.server.start()
    connected(talk.server)
    talk.line("held")
    expect(talk.button("Retrieve")).to_be_visible(timeout=20_000)
    talk.press("Retrieve")
    talk.line("talking")
    talk.agent.hang_up()
    talk.caller.until("ended")
    calls = talk.api.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))["calls"]
    assert [each["id"] for each in calls] == [talk.call]


def test_asked_first_and_then_transferred(talk, looks):
    talk = talk(**{"attended-transfer": "true"})
    colleague = talk.asterisk.phone("1002")
    ben = talk.server.api("ben")
    talk.press("Transfer")
    looks.at(talk.page, "asterisk-transfer-form")
    talk.page.get_by_role("textbox", name="Transfer to").fill("1002")
    talk.press("Ask first")
    asked = colleague.rings().until("ringing")
    expect(talk.button("Hang up")).to_be_hidden()
    expect(talk.live).to_contain_text("The caller waits.")
    asked.answer()
    ben.desk_where(lambda picture: picture["line"]["state"] == "talking")
    looks.at(talk.page, "asterisk-asking-first")
    talk.press("Complete transfer")
    talk.agent.until("ended")
    expect(talk.live.get_by_text("Call ended")).to_be_visible()
    ben.desk_where(lambda picture: any(each["title"] == ADA.name for each in picture["calls"]))
    assert talk.caller.state == asked.state == "talking"
    kinds = [each["what"] for each in talk.api.get(f"calls/{talk.call}")["timeline"]]
    assert "transferred" in kinds, kinds
    assert talk.logged()["outcome"] == "answered"
    talk.caller.hang_up()
    asked.until("ended")


def test_asked_first_and_then_back_to_the_caller(talk):
    talk = talk(**{"attended-transfer": "true"})
    colleague = talk.asterisk.phone("1002")
    talk.ask_first("1002")
    asked = colleague.rings().until("ringing")
    talk.press("Back to caller")
    asked.until("ended")
    talk.line("talking")
    expect(talk.button("Transfer")).to_be_visible()
    expect(talk.button("Complete transfer")).to_be_hidden()
    assert talk.caller.state == talk.agent.state == "talking"
    talk.press("Hang up")
    talk.caller.until("ended")


def test_the_colleague_declines_to_be_asked(talk):
    talk = talk(**{"attended-transfer": "true"})
    # Hers has no rule of its own: the announcement would answer for her.
    talk.ask_first("1002")
    expect(talk.live.get_by_text("The caller waits.")).to_be_hidden(timeout=20_000)
    assert talk.caller.state == talk.agent.state == "talking"
    talk.press("Hang up")
    talk.caller.until("ended")


def test_a_target_that_nobody_knows_is_not_asked(talk):
    talk = talk(**{"attended-transfer": "true"})
    talk.ask_first("7777")
    expect(talk.page.get_by_text("The phone system knows no number 7777.")).to_be_visible()
    assert talk.caller.state == talk.agent.state == "talking"
    talk.press("Hang up")
    talk.caller.until("ended")


def test_a_dialplan_that_does_not_let_agents_transfer_is_said(talk):
    """Asterisk says "queued" all the same. This one lets nobody transfer who got the call through Ben's rule."""
    talk = talk(agent="cleo", extension="1003", through="1002", **{"attended-transfer": "true"})
    talk.ask_first("1001")
    expect(talk.page.get_by_text("did not begin the transfer")).to_be_visible()
    assert talk.caller.state == talk.agent.state == "talking"
    talk.press("Hang up")
    talk.caller.until("ended")
