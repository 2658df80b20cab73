"""S1 to S4: whom a number belongs to, and what the agent is offered."""

import re

import pytest
from customers import ADA, JEROEN, KONTOR, KONTOR_PEOPLE, TARIQ
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]


def test_s1_caller_id_is_matched_against_contacts_and_leads(desk):
    for caller in (ADA, TARIQ):
        call = desk.ring(caller.number)
        expect(desk.panel.call(caller.name)).to_contain_text(caller.company)
        expect(desk.panel.person_heading(caller.name, caller.kind)).to_be_visible()
        match = desk.call(call)["match"]
        assert match["outcome"] == "single"
        assert [(each["kind"], each["name"]) for each in match["candidates"]] == [
            (caller.kind.lower(), caller.name)
        ]
        desk.panel.press("Decline")
        expect(desk.panel.idle).to_be_visible()
    call = desk.ring(JEROEN.number)
    match = desk.call(call)["match"]
    assert {each["kind"] for each in match["candidates"]} == {"contact", "lead"}
    expect(desk.panel.matches(match["count"])).to_be_visible()


def test_s2_one_match_populates_the_call_log(desk):
    call = desk.ring(ADA.number)
    desk.panel.answer()
    panel = desk.panel
    expect(panel.subject).to_have_value(f"Call from {ADA.name}")
    expect(panel.person).to_contain_text(ADA.name)
    expect(panel.person).to_contain_text(ADA.kind)
    expect(panel.caller).to_contain_text("Head of Computation")
    expect(panel.caller).to_contain_text(ADA.company)
    expect(panel.caller).to_contain_text(re.compile("Owner "))
    expect(panel.call(ADA.name)).to_contain_text("030 23125042")
    expect(panel.caller.get_by_role("button", name="New contact", exact=True)).to_be_visible()
    panel.finish()
    filed = desk.filed(call)
    person = desk.call(call)["log"]["person"]
    assert person["name"] == ADA.name
    assert filed["person"]["ref"] == person["ref"]
    assert filed["number"].replace(" ", "").endswith("3023125042")
    assert (filed["direction"], filed["outcome"]) == ("inbound", "answered")
    assert filed["activity"]["subject"] == f"Call from {ADA.name}"
    assert filed["activity"]["agent"].startswith("Dora Meier")
    activities = desk.activities_of(person["ref"])
    assert [each["ref"] for each in activities].count(filed["activity"]["ref"]) == 1


def test_s2_the_agent_can_still_create_a_new_contact(desk, customers):
    number = customers.sharing_a_number("Only")
    call = desk.ring(number)
    expect(desk.panel.person_heading("Kim Only", "Contact")).to_be_visible()
    desk.panel.answer()
    new = desk.new_record("New contact")
    new.fill(last_name="Newcomer")
    new.save()
    desk.take_new(call, "Newcomer")
    expect(desk.panel.person).to_contain_text("Newcomer")
    assert desk.call(call)["log"]["person"]["name"] == "Newcomer"
    desk.panel.finish()
    assert desk.filed(call)["person"]["name"] == "Newcomer"


def test_s3_several_matches_the_agent_chooses_a_name_from_a_list(desk):
    call = desk.ring(KONTOR, name="KONTOR NORD")
    panel = desk.panel
    match = desk.call(call)["match"]
    assert match["outcome"] == "multiple"
    assert {each["name"] for each in match["candidates"]} == KONTOR_PEOPLE
    assert desk.call(call).get("person") is None
    panel.answer()
    panel.matches(5).click()
    for name in KONTOR_PEOPLE:
        expect(panel.choice(name)).to_be_visible()
    panel.choice("Heike Möller").click()
    expect(panel.call("Heike Möller")).to_be_visible()
    expect(panel.subject).to_have_value("Call from Heike Möller")
    panel.finish()
    assert desk.filed(call)["person"]["name"] == "Heike Möller"


def test_s3_several_matches_or_creates_a_new_contact(desk, customers):
    call = desk.ring(customers.sharing_a_number("First", "Second"))
    panel = desk.panel
    panel.answer()
    expect(panel.matches(2)).to_be_visible()
    new = desk.new_record("New contact")
    new.fill(last_name="Third")
    new.save()
    desk.take_new(call, "Third")
    assert desk.call(call)["match"]["count"] == 3
    panel.finish()
    assert desk.filed(call)["person"]["name"] == "Third"


def test_s4_no_match_offers_a_new_contact_or_lead(desk, customers):
    number = customers.free_number()
    call = desk.ring(number)
    panel = desk.panel
    assert desk.call(call)["match"]["outcome"] == "none"
    offers = [
        panel.live_calls.get_by_role("heading", name=re.compile(r"0221 4710\d{3}")),
        panel.caller.get_by_role("heading", name="Who is calling?", exact=True),
        panel.search,
        panel.caller.get_by_role("button", name="New contact", exact=True),
        panel.caller.get_by_role("button", name="New lead", exact=True),
    ]
    for offer in offers:
        expect(offer).to_be_visible()
    panel.answer()
    for offer in offers:
        expect(offer).to_be_visible()
