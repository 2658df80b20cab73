"""S5 to S8 and S20: calls that are not answered, declined, joined late, or belong to nobody."""

import re
import time

import pytest
from customers import ADA
from phone_system import seconds
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]


def commands_sent(page: Page) -> list[str]:
    """What the page will have sent about calls, from now on."""
    sent: list[str] = []

    def note(request) -> None:
        if "/api/v1/calls/" in request.url and request.method != "GET":
            sent.append(f"{request.method} {request.url}")

    page.on("request", note)
    return sent


def test_s5_not_answered_goes_to_voicemail_and_the_panel_does_nothing(desk, phone_rules):
    phone_rules(no_answer=2, to="voicemail")
    sent = commands_sent(desk.page)
    call = desk.ring(ADA.number)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    expect(desk.panel.idle).to_be_visible()
    expect(desk.panel.recent_call(ADA.name)).to_be_visible()
    assert sent == []
    over = desk.call(call)
    assert over["state"] == "ended"
    assert over.get("answeredAt") is None
    rang = seconds(over["endedAt"]) - seconds(over["startedAt"])
    assert 2 <= rang < 4, "the company's rule is two seconds"


def test_s5_not_answered_goes_to_the_colleague_of_the_rules(hire, phone_rules):
    desk, colleague = hire(), hire()
    phone_rules(no_answer=2, to=colleague.extension)
    sent = commands_sent(desk.page)
    call = desk.ring(ADA.number)
    expect(desk.panel.idle).to_be_visible()
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    phone_rules(no_answer=60)
    assert sent == []
    assert colleague.call(call)["state"] == "ringing"
    assert desk.call(call)["state"] == "ended"
    colleague.panel.answer()
    colleague.panel.finish()
    assert colleague.filed(call)["outcome"] == "answered"
    expect(desk.panel.recent_call(ADA.name)).to_be_visible()


def test_s6_decline_redirects_at_once_by_the_same_rules(hire, phone_rules):
    desk, colleague = hire(), hire()
    phone_rules(no_answer=60, to=colleague.extension)
    call = desk.ring(ADA.number)
    desk.panel.press("Decline")
    expect(colleague.panel.call(ADA.name)).to_be_visible()
    expect(desk.panel.idle).to_be_visible()
    declined = seconds(desk.call(call)["endedAt"])
    offered = seconds(colleague.call(call)["startedAt"])
    assert abs(offered - declined) < 0.5, "at once"
    assert desk.call(call)["outcome"] == "declined"
    # The colleague declines too: the rules know nobody else, so it is voicemail.
    colleague.panel.press("Decline")
    expect(colleague.panel.idle).to_be_visible()
    assert colleague.call(call)["state"] == "ended"


def test_s7_unanswered_and_declined_calls_are_in_recent_calls(desk, customers, phone_rules):
    missed_number, declined_number = customers.free_number(), customers.free_number()
    phone_rules(no_answer=1)
    missed = desk.ring(missed_number, name="Mina Missed")
    desk.api.desk_where(lambda picture: any(each["id"] == missed for each in picture["recent"]))
    expect(desk.panel.idle).to_be_visible()
    phone_rules(no_answer=60)
    declined = desk.ring(declined_number, name="Dean Declined")
    desk.panel.press("Decline")
    expect(desk.panel.idle).to_be_visible()
    rows = desk.panel.recent.get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Dean Declined")
    expect(rows.nth(0)).to_contain_text("Declined")
    expect(rows.nth(1)).to_contain_text("Mina Missed")
    expect(rows.nth(1)).to_contain_text(re.compile("Missed|Went to voicemail"))
    recent = {each["id"]: each for each in desk.api.desk()["recent"]}
    assert recent[declined]["outcome"] == "declined"
    assert recent[missed]["outcome"] in ("missed", "voicemail")
    assert recent[missed]["missed"] is True
    desk.panel.recent.get_by_role("radio", name="Missed", exact=True).check()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Mina Missed")


def test_s8_sign_in_during_a_call_shows_it_and_has_its_log(hire, office):
    desk = hire(signed_in=False)
    began = time.time() - 75
    reported = office.new_call(ADA.number, desk.extension)
    reported.report("offered", at=began - 4)
    reported.report("answered", at=began)
    panel = desk.sign_in()
    expect(panel.call(ADA.name)).to_be_visible()
    panel.expect_running_since(ADA.name, began)
    expect(panel.call(ADA.name)).to_contain_text("Already in progress when you signed in")
    expect(panel.person_heading(ADA.name, "Contact")).to_be_visible()
    expect(panel.subject).to_have_value(f"Call from {ADA.name}")
    panel.notes.fill("Joined late.")
    reported.end()
    panel.press("Done")
    expect(panel.idle).to_be_visible()
    call = desk.api.desk()["recent"][0]["id"]
    filed = desk.filed(call)
    assert filed["activity"]["notes"] == "Joined late."
    assert 75 <= filed["activity"]["seconds"] <= 110


def test_s8_a_call_whose_beginning_was_never_reported_has_its_log(hire, office):
    """The phone system came back during the call: all that it says is that somebody talks."""
    desk = hire(signed_in=False)
    began = time.time() - 3725
    reported = office.new_call(ADA.number, desk.extension)
    reported.report("answered", at=began)
    panel = desk.sign_in()
    panel.expect_running_since(ADA.name, began)
    assert panel.shown_seconds(ADA.name) > 3600
    expect(panel.notes).to_be_visible()
    reported.end()
    panel.press("Done")
    expect(panel.idle).to_be_visible()
    desk.filed(desk.api.desk()["recent"][0]["id"])


def test_s8_sign_in_during_a_call_that_was_answered_at_the_telephone(hire, customers):
    """No match: the call is there as for everybody else, and its log opens when a person is found."""
    desk = hire(signed_in=False)
    call = desk.ring(customers.free_number(), name="Late Caller")
    desk.api.post(f"calls/{call}/answer")
    desk.api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    panel = desk.sign_in()
    expect(panel.call("Late Caller")).to_be_visible()
    panel.expect_running_since("Late Caller", seconds(desk.call(call)["answeredAt"]))
    panel.search.fill("lovelace")
    panel.results.get_by_role("button", name="Ada Lovelace Contact").click()
    expect(panel.notes).to_be_visible()
    panel.finish()
    assert desk.filed(call)["person"]["name"] == ADA.name


def test_s20_a_call_for_which_nobody_is_created_stays_in_recent_calls(desk, customers, settings):
    settings("call-log", wrapUpSeconds=1)
    call = desk.ring(customers.free_number(), name="Nobody Known")
    panel = desk.panel
    panel.answer()
    panel.press("Hang up")
    expect(panel.idle).to_be_visible()
    row = panel.recent_call("Nobody Known")
    expect(row).to_contain_text("Not logged")
    recent = desk.api.desk()["recent"][0]
    assert (recent["id"], recent["log"], recent["outcome"]) == (call, "unlogged", "answered")
    assert desk.call(call).get("log") is None
    panel.recent.get_by_role("radio", name="Not logged", exact=True).check()
    expect(row).to_be_visible()
    # It can still be logged from there.
    row.click()
    panel.search.fill("lovelace")
    panel.results.get_by_role("button", name="Ada Lovelace Contact").click()
    assert desk.filed(call)["person"]["name"] == ADA.name
