"""What the panel's buttons do to phones that can be told, and with more than one phone system."""

import pytest
from callmatch_server import Refused
from connection import connected
from customers import ADA
from playwright.sync_api import expect

MAX = "+493023125042"


@pytest.fixture
def panel(browser):
    """Ada's panel on a server of a test's own."""
    pages = []

    def panel(server):
        page = browser.new_page()
        pages.append(page)
        page.goto(server.link("ada"))
        expect(page.get_by_role("region", name="Live calls", exact=True)).to_be_visible()
        return page

    yield panel
    for page in pages:
        page.close()


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_answer_and_hang_up_by_notify(own, panel):
    asterisk, server = own(user="ctiphone", answer="notify")
    connected(server)
    page, phone, trunk = panel(server), asterisk.phone("1001"), asterisk.trunk()
    trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    rung = phone.rings().until("ringing")
    press(page, "Answer")
    rung.until("talking")
    press(page, "Hang up")
    rung.until("ended")
    expect(page.get_by_text("Call ended")).to_be_visible()


def test_answer_by_redial(own, panel):
    """The phone rings again with a header that it obeys; it is one call all the same."""
    asterisk, server = own(**{"answer": "redial", "answer-context": "panel-answer"})
    connected(server)
    page, phone, trunk = panel(server), asterisk.phone("1001"), asterisk.trunk()
    trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    phone.rings().until("ringing")
    press(page, "Answer")
    phone.rings(2).until("talking")
    expect(page.get_by_role("button", name="Hang up", exact=True)).to_be_visible()
    desk = server.api("ada").desk()
    assert len(desk["calls"]) == 1 and not desk["recent"], desk
    press(page, "Hang up")
    phone.calls[1].until("ended")


def test_only_what_this_line_can_do_is_shown(own, panel):
    asterisk, server = own()
    connected(server)
    page, phone, trunk = panel(server), asterisk.phone("1001"), asterisk.trunk()
    trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    rung = phone.rings().until("ringing")
    expect(page.get_by_role("button", name="Decline", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Answer", exact=True)).to_be_hidden()
    rung.answer()
    expect(page.get_by_role("button", name="Transfer", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Hold", exact=True)).to_be_hidden()
    assert server.api("ada").desk()["line"]["state"] == "talking"


def test_each_line_has_settings_of_its_own(own):
    """Ben's phone obeys; Ada's does not."""
    lines = {"1002": {"answer": "notify", "hold": "redirect", "hold-context": "panel-hold"}}
    asterisk, server = own(user="ctiphone", lines=lines)
    connected(server)
    phones, trunk = [asterisk.phone(each) for each in ("1001", "1002")], asterisk.trunk()
    rings, talks = [{"decline"}, {"answer", "decline"}], [{"hangUp", "transfer"}, {"hangUp", "hold", "transfer"}]
    trunk.dial("2000", f"<sip:{MAX}@127.0.0.2>")
    for name, phone, expected in zip(("ada", "ben"), phones, rings, strict=True):
        phone.rings().until("ringing")
        picture = server.api(name).desk_where(lambda picture: picture["line"]["state"] == "ringing")
        assert set(picture["calls"][0]["can"]) == expected, name
    for name, phone, expected in zip(("ada", "ben"), phones, talks, strict=True):
        if name == "ben":
            phones[0].calls[0].hang_up()
            trunk.dial("1002", f"<sip:{MAX}@127.0.0.2>")
            phone.rings(2).until("ringing")
        phone.calls[-1].answer()
        picture = server.api(name).desk_where(lambda picture: picture["line"]["state"] == "talking")
        can = next(set(each["can"]) for each in picture["calls"] if each["state"] == "talking")
        assert can == expected, name


def test_a_transfer_to_nobody_is_refused_and_the_call_goes_on(own):
    """The phone system itself would say "succeeded", and the call would be lost."""
    asterisk, server = own()
    connected(server)
    ada, phone, trunk = server.api("ada"), asterisk.phone("1001"), asterisk.trunk()
    caller = trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    phone.rings().until("ringing").answer()
    picture = ada.desk_where(lambda picture: picture["line"]["state"] == "talking")
    call = picture["calls"][0]["id"]
    with pytest.raises(Refused) as refusal:
        ada.post(f"calls/{call}/transfer", {"to": "7777"})
    assert "7777" in str(refusal.value)
    for text in ("10,1", "1002&1003", "${EXTEN}", "1002\r\nAction: Logoff", ""):
        with pytest.raises(Refused) as refusal:
            ada.post(f"calls/{call}/transfer", {"to": text})
        assert refusal.value.status == 422, text
    assert caller.state == "talking"


def test_two_phone_systems_at_once(pbx, lines, own, panel):
    """Each with its name; Ada has a phone on both."""
    asterisk, server = own(second=pbx)
    connected(server, "office", "branch")
    page = panel(server)
    phone = asterisk.phone("1001")
    asterisk.trunk().dial("1001", f"<sip:{MAX}@127.0.0.2>")
    lines.dial_in("+4915228817386")
    rung = [phone.rings().until("ringing"), lines.next_call(lines.ada)]
    live = page.get_by_role("region", name="Live calls", exact=True)
    expect(live.get_by_role("article")).to_have_count(2)
    expect(live).to_contain_text(ADA.name)
    systems = {call["system"] for call in server.api("ada").desk()["calls"]}
    assert systems == {"office", "branch"}
    for call in rung:
        call.decline()
    expect(live.get_by_role("article")).to_have_count(0)
