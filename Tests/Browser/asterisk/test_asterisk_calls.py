"""Real calls on a real Asterisk, as the agents see them and as they are logged."""

import re

import pytest
from connection import until
from customers import ADA, CHARLES, free_number
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("audited")

def international(number: str) -> str:
    return "+49" + number.removeprefix("0")


class Records:
    """The phone system's own records of answered calls, those that come from now on."""

    def __init__(self, pbx):
        self._pbx = pbx
        self._known = len(self._answered())

    def _answered(self) -> list[dict]:
        return [each for each in self._pbx.records() if each["disposition"] == "ANSWERED"]

    def talk(self) -> int:
        """Seconds of talk in the newest."""
        new = until(lambda: self._answered()[self._known :], what="a call record")
        return int(new[-1]["talk"])


@pytest.fixture
def records(pbx) -> Records:
    return Records(pbx)


def newest(desk) -> dict:
    return desk.api.desk()["recent"][0]


def live(desk) -> str:
    """The id of the agent's only call."""
    (call,) = desk.api.desk()["calls"]
    return call["id"]


def logged(desk, call: str, telephone, records: Records | None = None, person: str = ADA.name) -> dict:
    """The agent's log is in the CRM, and as long as the talk at the telephone and in the phone system's record.

    Where records split or count otherwise (queues, transfers; asterisk.md 3.6), the telephone alone is the witness.
    """
    filed = desk.filed(call)
    assert filed["person"]["name"] == person
    assert filed["outcome"] == "answered"
    seconds = filed["activity"]["seconds"]
    assert abs(seconds - telephone.talk) <= 1.5, f"{seconds} s logged, {telephone.talk:.1f} s at the telephone"
    if records:
        assert abs(seconds - records.talk()) <= 1
    return filed


def missed_once(desk, call: str) -> None:
    """Nobody answered: one missed call in the CRM, of no length."""
    filed = desk.filed(call)
    assert filed["person"]["name"] == ADA.name
    assert (filed["direction"], filed["activity"]["seconds"]) == ("inbound", 0)
    assert filed["outcome"] == "missed"


def test_answered(hire, lines, records):
    desk = hire("ada")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    expect(desk.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    rung.answer()
    caller.until("talking")
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
    desk.panel.notes.fill("Asked for the engine.")
    call = live(desk)
    caller.hang_up()
    expect(desk.panel.live_calls.get_by_text("Call ended")).to_be_visible()
    rung.until("ended")
    desk.panel.press("Done")
    filed = logged(desk, call, rung, records)
    assert filed["activity"]["notes"] == "Asked for the engine."
    assert filed["direction"] == "inbound"


def test_not_answered_the_company_rule_runs(hire, lines):
    desk = hire("ada")
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    call = live(desk)
    assert lines.rule() == ("announce", "1001", "NOANSWER")
    expect(desk.panel.idle).to_be_visible()
    caller.until("talking")
    caller.hang_up()
    until(lambda: newest(desk)["outcome"] == "missed", what="a missed call")
    missed_once(desk, call)


def test_declined_in_the_panel_the_company_rule_runs(hire, lines):
    """Ben's rule sends a declined call to Cleo."""
    desk, colleague = hire("ben"), hire("cleo")
    lines.dial_in(international(ADA.number), to="1002")
    rung = lines.next_call(lines.ben)
    desk.panel.press("Decline")
    rung.until("ended")
    assert lines.rule() == ("forward-1003", "1002", "BUSY")
    second = lines.next_call(lines.cleo)
    expect(desk.panel.idle).to_be_visible()
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    second.answer()
    expect(colleague.panel.subject).to_have_value(f"Call from {ADA.name}")
    assert newest(desk)["outcome"] == "declined"
    call = live(colleague)
    colleague.panel.press("Hang up")
    second.until("ended")
    colleague.panel.press("Done")
    logged(colleague, call, second)


@pytest.mark.parametrize("status", [486, 603])
def test_declined_at_the_phone(hire, lines, status):
    desk = hire("ada")
    lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    rung.decline(status)
    expect(desk.panel.idle).to_be_visible()
    assert lines.rule()[:2] == ("announce", "1001")
    assert newest(desk)["outcome"] == "declined"


def test_a_ring_group_is_one_call_and_no_missed_calls(hire, lines, records):
    desks = [hire(name) for name in ("ada", "ben", "cleo")]
    caller = lines.dial_in(international(ADA.number), to="2000")
    phones = [lines.next_call(phone) for phone in (lines.ada, lines.ben, lines.cleo)]
    for desk in desks:
        expect(desk.panel.call(ADA.name)).to_be_visible()
    phones[1].answer()
    caller.until("talking")
    for desk in (desks[0], desks[2]):
        expect(desk.panel.idle).to_be_visible()
        assert newest(desk)["outcome"] == "answeredElsewhere"
    expect(desks[1].panel.subject).to_have_value(f"Call from {ADA.name}")
    call = live(desks[1])
    caller.hang_up()
    phones[1].until("ended")
    desks[1].panel.press("Done")
    logged(desks[1], call, phones[1], records)
    assert [newest(desk).get("log") for desk in desks] == [None, "filed", None]


def test_a_queue_is_named(hire, lines):
    desk = hire("ada")
    lines.dial_in(international(ADA.number), to="2001")
    rung = lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_contain_text("support")
    rung.answer()
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
    call = live(desk)
    rung.hang_up()
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()
    logged(desk, call, rung)


def test_the_caller_gives_up(hire, lines):
    desk = hire("ada")
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    call = live(desk)
    caller.give_up()
    expect(desk.panel.idle).to_be_visible()
    assert newest(desk)["outcome"] == "missed"
    missed_once(desk, call)


def test_a_withheld_number_is_nowhere(hire, lines, server):
    """The phone system knows the number and says that it may not be shown."""
    desk = hire("ada")
    lines.dial_in("+493055501234", privacy=True)
    rung = lines.next_call(lines.ada)
    expect(desk.panel.live_calls.get_by_role("article")).to_be_visible()
    assert desk.api.desk()["calls"][0]["match"]["outcome"] == "withheld"
    assert "55501234" not in desk.page.content()
    rung.answer()
    expect(desk.panel.button("Hang up")).to_be_visible()
    call = live(desk)
    desk.panel.press("Hang up")
    rung.until("ended")
    # Nobody can be chosen for a number that is not shown, so there is no log; the call is in the list.
    about = until(lambda: (found := desk.call(call)).get("endedAt") and found)
    assert abs(about["talkSeconds"] - rung.talk) <= 1.5
    for file in server.folder.rglob("*"):
        assert not file.is_file() or b"55501234" not in file.read_bytes(), file


def test_two_calls_at_once(hire, lines):
    desk = hire("ada")
    lines.dial_in(international(ADA.number))
    first = lines.next_call(lines.ada)
    first.answer()
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
    call = live(desk)
    lines.dial_in(international(CHARLES.number))
    second = lines.next_call(lines.ada)
    expect(desk.panel.call(CHARLES.name)).to_be_visible()
    expect(desk.panel.call(ADA.name)).to_be_visible()
    second.decline()
    expect(desk.panel.call(CHARLES.name)).to_be_hidden()
    assert newest(desk)["outcome"] == "declined"
    first.hang_up()
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()
    logged(desk, call, first)


def test_held_at_the_phone(hire, lines, records):
    desk = hire("ada")
    lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    expect(desk.panel.button("Hang up")).to_be_visible()
    rung.hold()
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "held")
    rung.resume()
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    call = live(desk)
    rung.hang_up()
    desk.panel.press("Done")
    logged(desk, call, rung, records)


def test_transferred_from_the_panel(hire, lines):
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
    expect(desk.panel.button("Transfer")).to_be_visible()
    call = live(desk)
    desk.api.post(f"calls/{call}/transfer", {"to": "1002"})
    second = lines.next_call(lines.ben)
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    second.answer()
    expect(colleague.panel.subject).to_have_value(f"Call from {ADA.name}")
    expect(desk.panel.live_calls.get_by_text("Call ended")).to_be_visible()
    desk.panel.press("Done")
    rung.until("ended")
    caller.hang_up()
    second.until("ended")
    colleague.panel.press("Done")
    logged(desk, call, rung)
    logged(colleague, call, second)


def test_transferred_at_the_phone(hire, lines):
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
    # A telephone cannot be quicker than the bridge: its REFER would find nobody to transfer.
    expect(desk.panel.button("Transfer")).to_be_visible()
    call = live(desk)
    rung.transfer("1002")
    second = lines.next_call(lines.ben)
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    second.answer()
    expect(colleague.panel.subject).to_have_value(f"Call from {ADA.name}")
    caller.hang_up()
    second.until("ended")
    desk.panel.press("Done")
    colleague.panel.press("Done")
    expect(colleague.panel.idle).to_be_visible()
    # A telephone learns that it is out of the call after the other one rings: it is no witness of its talk.
    assert desk.filed(call)["outcome"] == "answered"
    logged(colleague, call, second)


def test_transferred_at_the_phone_after_a_word_with_the_colleague(hire, lines):
    """Ben speaks with Ada first, and then with the customer, whose call it is."""
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
    expect(desk.panel.button("Transfer")).to_be_visible()
    call = live(desk)
    rung.hold()
    asked = lines.ada.dial("1002")
    lines.ada.taken = len(lines.ada.calls)
    second = lines.next_call(lines.ben)
    second.answer()
    asked.until("talking")
    colleague.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    rung.join(asked)
    expect(colleague.panel.subject).to_have_value(f"Call from {ADA.name}")
    caller.hang_up()
    second.until("ended")
    for each in (desk, colleague):
        until(lambda each=each: not [c for c in each.api.desk()["calls"] if not c.get("endedAt")])
    people = [each["title"] for each in colleague.api.desk()["recent"] + colleague.api.desk()["calls"]]
    assert ADA.name in people
    # The talk with the colleague was shown last; it gets no log.
    expect(desk.panel.log).to_contain_text("Internal calls are not logged")
    desk.panel.button(f"Show {ADA.name}").click()
    desk.panel.press("Done")
    logged(desk, call, rung)


def test_dialled_at_the_phone(hire, lines, records):
    desk = hire("ada")
    dialled = lines.ada.dial(ADA.number)
    lines.ada.taken = len(lines.ada.calls)
    there = lines.next_call(lines.trunk)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    there.answer()
    dialled.until("talking")
    expect(desk.panel.subject).to_have_value(f"Call to {ADA.name}")
    call = live(desk)
    there.hang_up()
    dialled.until("ended")
    desk.panel.press("Done")
    assert logged(desk, call, dialled, records)["direction"] == "outbound"


def test_click_to_dial(hire, lines, records):
    desk = hire("ada")
    desk.api.post("dial", {"number": ADA.number})
    own = lines.next_call(lines.ada)
    own.answer()
    there = lines.next_call(lines.trunk)
    there.answer()
    expect(desk.panel.subject).to_have_value(f"Call to {ADA.name}")
    call = live(desk)
    there.hang_up()
    own.until("ended")
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()
    # The talk begins when the customer answers, not when the agent picks up.
    assert logged(desk, call, there, records)["direction"] == "outbound"


def test_sign_in_during_a_call(hire, lines, records):
    desk = hire("ada", signed_in=False)
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    call = live(desk)
    panel = desk.sign_in()
    expect(panel.call(ADA.name)).to_contain_text("Already in progress when you signed in")
    expect(panel.subject).to_have_value(f"Call from {ADA.name}")
    caller.hang_up()
    rung.until("ended")
    panel.press("Done")
    expect(panel.idle).to_be_visible()
    logged(desk, call, rung, records)


def test_nobody_we_know(hire, lines, admin):
    desk = hire("ada")
    number = free_number(admin)
    lines.dial_in(number, name="Nobody Known")
    lines.next_call(lines.ada)
    card = desk.panel.live_calls.get_by_role("article")
    expect(card).to_contain_text("Nobody Known")
    expect(card).to_contain_text(re.compile(re.escape(number[-4:])))
