"""Real calls on a real Asterisk, as the agents see them and as they are logged."""

import re

import pytest
from connection import until
from customers import ADA, CHARLES, free_number
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("audited")

def international(number: str) -> str:
    return "+49" + number.removeprefix("0")


def talked(pbx, count: int = 1) -> int:
    """Seconds of talk in the phone system's own newest record of an answered call."""

    def answered():
        records = [each for each in pbx.records() if each["disposition"] == "ANSWERED"]
        return records if len(records) >= count else None

    return int(until(answered, what="a call record")[-1]["talk"])


def newest(desk) -> dict:
    return desk.api.desk()["recent"][0]


def test_answered(hire, lines, pbx):
    desk = hire("ada")
    known = len([each for each in pbx.records() if each["disposition"] == "ANSWERED"])
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    expect(desk.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    rung.answer()
    caller.until("talking")
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
    desk.panel.notes.fill("Asked for the engine.")
    call = desk.api.desk()["calls"][0]["id"]
    caller.hang_up()
    expect(desk.panel.live_calls.get_by_text("Call ended")).to_be_visible()
    desk.panel.press("Done")
    filed = desk.filed(call)
    assert filed["activity"]["notes"] == "Asked for the engine."
    assert (filed["direction"], filed["outcome"]) == ("inbound", "answered")
    assert abs(filed["activity"]["seconds"] - talked(pbx, known + 1)) <= 1


def test_not_answered_the_company_rule_runs(hire, lines):
    desk = hire("ada")
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    assert lines.rule() == ("announce", "1001", "NOANSWER")
    expect(desk.panel.idle).to_be_visible()
    caller.until("talking")
    caller.hang_up()
    until(lambda: newest(desk)["outcome"] == "missed", what="a missed call")


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
    colleague.panel.press("Hang up")
    second.until("ended")
    colleague.panel.press("Done")
    until(lambda: newest(colleague)["outcome"] == "answered", what="an answered call")


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


def test_a_ring_group_is_one_call_and_no_missed_calls(hire, lines):
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
    caller.hang_up()
    desks[1].panel.press("Done")


def test_a_queue_is_named(hire, lines):
    desk = hire("ada")
    lines.dial_in(international(ADA.number), to="2001")
    rung = lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_contain_text("support")
    rung.answer()
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
    rung.hang_up()
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()


def test_the_caller_gives_up(hire, lines):
    desk = hire("ada")
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    caller.give_up()
    expect(desk.panel.idle).to_be_visible()
    assert newest(desk)["outcome"] == "missed"


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
    desk.panel.press("Hang up")
    rung.until("ended")
    for file in server.folder.rglob("*"):
        assert not file.is_file() or b"55501234" not in file.read_bytes(), file


def test_two_calls_at_once(hire, lines):
    desk = hire("ada")
    lines.dial_in(international(ADA.number))
    first = lines.next_call(lines.ada)
    first.answer()
    expect(desk.panel.subject).to_have_value(f"Call from {ADA.name}")
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


def test_held_at_the_phone(hire, lines):
    desk = hire("ada")
    lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    expect(desk.panel.button("Hang up")).to_be_visible()
    rung.hold()
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "held")
    rung.resume()
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    rung.hang_up()
    desk.panel.press("Done")


def test_transferred_from_the_panel(hire, lines):
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada).answer()
    caller.until("talking")
    expect(desk.panel.button("Transfer")).to_be_visible()
    call = desk.api.desk()["calls"][0]["id"]
    desk.api.post(f"calls/{call}/transfer", {"to": "1002"})
    second = lines.next_call(lines.ben)
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    second.answer()
    expect(colleague.panel.subject).to_have_value(f"Call from {ADA.name}")
    expect(desk.panel.live_calls.get_by_text("Call ended")).to_be_visible()
    desk.panel.press("Done")
    caller.hang_up()
    colleague.panel.press("Done")
    assert {desk.filed(call)["person"]["name"], colleague.filed(call)["person"]["name"]} == {ADA.name}


def test_transferred_at_the_phone(hire, lines):
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
    # A telephone cannot be quicker than the bridge: its REFER would find nobody to transfer.
    expect(desk.panel.button("Transfer")).to_be_visible()
    rung.transfer("1002")
    second = lines.next_call(lines.ben)
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    second.answer()
    caller.hang_up()
    desk.panel.press("Done")
    colleague.panel.press("Done")
    expect(colleague.panel.idle).to_be_visible()


def test_transferred_at_the_phone_after_a_word_with_the_colleague(hire, lines):
    """Ben speaks with Ada first, and then with the customer, whose call it is."""
    desk, colleague = hire("ada"), hire("ben")
    caller = lines.dial_in(international(ADA.number))
    rung = lines.next_call(lines.ada)
    rung.answer()
    caller.until("talking")
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


def test_dialled_at_the_phone(hire, lines):
    desk = hire("ada")
    dialled = lines.ada.dial(ADA.number)
    lines.ada.taken = len(lines.ada.calls)
    there = lines.next_call(lines.trunk)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    there.answer()
    dialled.until("talking")
    expect(desk.panel.subject).to_have_value(f"Call to {ADA.name}")
    there.hang_up()
    desk.panel.press("Done")
    until(lambda: newest(desk)["direction"] == "outbound", what="an outbound call")


def test_click_to_dial(hire, lines):
    desk = hire("ada")
    desk.api.post("dial", {"number": ADA.number})
    own = lines.next_call(lines.ada)
    own.answer()
    there = lines.next_call(lines.trunk)
    there.answer()
    expect(desk.panel.subject).to_have_value(f"Call to {ADA.name}")
    there.hang_up()
    own.until("ended")
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()


def test_sign_in_during_a_call(hire, lines):
    desk = hire("ada", signed_in=False)
    caller = lines.dial_in(international(ADA.number))
    lines.next_call(lines.ada).answer()
    caller.until("talking")
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    panel = desk.sign_in()
    expect(panel.call(ADA.name)).to_contain_text("Already in progress when you signed in")
    expect(panel.subject).to_have_value(f"Call from {ADA.name}")
    caller.hang_up()
    panel.press("Done")
    expect(panel.idle).to_be_visible()


def test_nobody_we_know(hire, lines, admin):
    desk = hire("ada")
    number = free_number(admin)
    lines.dial_in(number, name="Nobody Known")
    lines.next_call(lines.ada)
    card = desk.panel.live_calls.get_by_role("article")
    expect(card).to_contain_text("Nobody Known")
    expect(card).to_contain_text(re.compile(re.escape(number[-4:])))
