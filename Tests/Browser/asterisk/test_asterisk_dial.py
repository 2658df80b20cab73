"""Click-to-dial: from recent calls, and from the numbers on the pages of the CRM."""

import re

from customers import ADA, create
from playwright.sync_api import expect


def talks(lines, desk, look=lambda: None) -> None:
    """Ada's phone rings, and once it is picked up the customer's does. Nobody waits while `look` takes its time."""
    # Its own calls to us count too.
    lines.trunk.taken = len(lines.trunk.calls)
    own = lines.next_call(lines.ada)
    own.answer()
    there = lines.next_call(lines.trunk)
    there.answer()
    look()
    expect(desk.panel.subject).to_have_value(f"Call to {ADA.name}")
    own.hang_up()
    there.until("ended")
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()


def test_call_back(hire, lines):
    desk = hire("ada")
    caller = lines.dial_in("+49" + ADA.number.removeprefix("0"))
    lines.next_call(lines.ada)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    caller.give_up()
    expect(desk.panel.idle).to_be_visible()
    desk.panel.recent_call(ADA.name).first.click()
    desk.panel.press("Call back")
    talks(lines, desk)


def test_a_number_in_the_crm(hire, lines, looks):
    desk = hire("ada")
    page = desk.context.new_page()
    person = desk.api.get("people", search=ADA.name)["people"][0]["ref"]
    page.goto(f"{desk.server.address}/crm/contacts/{person['id']}")
    page.get_by_role("link", name=re.compile(r"5 ?0 ?42$")).first.click()
    expect(page.get_by_text("Pick up your phone: it then calls")).to_be_visible()
    talks(lines, desk, look=lambda: looks.at(page, "crm-dialling"))


def test_a_number_that_the_dialplan_does_not_know_is_said(hire, lines):
    desk = hire("ada")
    page = desk.context.new_page()
    new = create(desk.api, "contacts", lastName="Nowhere", phone="7799")
    page.goto(f"{desk.server.address}/crm/contacts/{new['id']}")
    desk.watch.expect(r"status of 409 .*/api/v1/dial")
    page.get_by_role("link", name="7799").first.click()
    expect(page.get_by_text("The phone system knows no number 7799.")).to_be_visible()
    assert not lines.ada.calls or lines.ada.calls[-1].state == "ended"
