"""S13 to S17: the call log opens under the right person, or waits for one."""

import pytest
from customers import ADA, KONTOR, KONTOR_PEOPLE, TARIQ
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]

NEEDS_PERSON = "Choose a person so that this call can be logged."


@pytest.mark.parametrize("caller", [ADA, TARIQ], ids=["contact", "lead"])
def test_s13_answering_a_matched_call_opens_its_log_by_itself(desk, caller):
    call = desk.ring(caller.number)
    panel = desk.panel
    expect(panel.call(caller.name)).to_be_visible()
    expect(panel.notes).to_be_hidden()
    assert desk.call(call).get("log") is None
    panel.answer()
    expect(panel.notes).to_be_visible()
    expect(panel.person).to_contain_text(f"{caller.name} {caller.kind}")
    log = desk.call(call)["log"]
    assert (log["state"], log["person"]["name"]) == ("draft", caller.name)
    panel.finish()
    assert desk.filed(call)["person"]["ref"] == log["person"]["ref"]


def test_s13_answering_at_the_telephone_opens_the_log_too(desk):
    call = desk.ring(ADA.number)
    desk.api.post(f"calls/{call}/answer")
    expect(desk.panel.notes).to_be_visible()
    assert desk.call(call)["log"]["state"] == "draft"


def test_s14_multiple_matches_lists_names_and_a_click_opens_the_log(desk):
    call = desk.ring(KONTOR)
    panel = desk.panel
    panel.answer()
    expect(panel.matches(5)).to_have_attribute("aria-expanded", "false")
    expect(panel.choice("Lars Clausen")).to_be_hidden()
    expect(panel.notes).to_be_hidden()
    assert desk.call(call).get("log") is None
    panel.matches(5).click()
    rows = panel.caller.get_by_role("listitem")
    expect(rows).to_have_count(5)
    for name in KONTOR_PEOPLE:
        row = rows.filter(has_text=name)
        expect(row).to_contain_text("Contact")
        expect(row).to_contain_text("Kontor Nord KG")
    panel.choice("Lars Clausen").click()
    expect(panel.person).to_contain_text("Lars Clausen")
    expect(panel.subject).to_have_value("Call from Lars Clausen")
    expect(panel.notes).to_be_visible()
    assert desk.call(call)["log"]["person"]["name"] == "Lars Clausen"


def test_s14_a_name_chosen_while_it_rings_opens_the_log_on_answer(desk):
    call = desk.ring(KONTOR)
    panel = desk.panel
    panel.matches(5).click()
    panel.choice("Nils Jäger").click()
    expect(panel.call("Nils Jäger")).to_be_visible()
    panel.answer()
    expect(panel.person).to_contain_text("Nils Jäger")
    panel.finish()
    assert desk.filed(call)["person"]["name"] == "Nils Jäger"


def test_s15_back_returns_to_the_list_and_keeps_what_was_typed(desk, customers):
    number = customers.sharing_a_number("Wrongname", "Rightname")
    call = desk.ring(number)
    panel = desk.panel
    panel.answer()
    account = desk.call(call)["match"]["candidates"][0]["account"]["ref"]
    fields = {"name": "New roaster", "accountId": account["id"], "stage": "Proposal"}
    customers.create("opportunities", **fields, closeDate="2031-05-01")
    panel.matches(2).click()
    panel.choice("Kim Wrongname").click()
    panel.tab("Opportunities").click()
    panel.tab_panel.get_by_role("button", name="New roaster").click()
    expect(panel.related).to_contain_text("New roaster")
    panel.notes.fill("Wants a roaster.")
    panel.disposition.select_option("Sales opportunity")
    # What was typed may be on its way when Back changes the log: it is refused then, and comes again (409).
    desk.watch.expect(r"status of 409 .*/log$")
    panel.press("Back")
    expect(panel.choice("Kim Rightname")).to_be_visible()
    expect(panel.notes).to_have_value("Wants a roaster.")
    expect(panel.disposition).to_have_value("Sales opportunity")
    expect(panel.related).not_to_contain_text("New roaster")
    expect(panel.person).to_contain_text(NEEDS_PERSON)
    log = desk.call(call)["log"]
    assert log.get("person") is None and log.get("related") is None
    assert (log["state"], log["notes"]) == ("draft", "Wants a roaster.")
    panel.choice("Kim Rightname").click()
    expect(panel.subject).to_have_value("Call from Kim Rightname")
    panel.finish()
    filed = desk.filed(call)
    assert filed["person"]["name"] == "Kim Rightname"
    assert filed.get("related") is None
    assert filed["activity"]["notes"] == "Wants a roaster."
    assert filed["activity"]["disposition"] == "Sales opportunity"


def test_s16_none_of_the_names_leads_to_search_new_contact_and_new_lead(desk):
    call = desk.ring(KONTOR)
    panel = desk.panel
    panel.answer()
    panel.matches(5).click()
    panel.press("None of these")
    expect(panel.search).to_be_focused()
    for name in ("New contact", "New lead"):
        expect(panel.caller.get_by_role("button", name=name, exact=True)).to_be_visible()
    # And back again, should it be one of them after all.
    panel.press("Back")
    expect(panel.choice("Lars Clausen")).to_be_visible()
    panel.press("None of these")
    panel.search.fill("tariq")
    panel.results.get_by_role("button", name="Tariq Khan Lead").click()
    expect(panel.person).to_contain_text("Tariq Khan Lead")
    panel.finish()
    assert desk.filed(call)["person"]["name"] == "Tariq Khan"


def test_s16_none_of_the_names_and_a_new_lead_is_created(desk, customers):
    call = desk.ring(customers.sharing_a_number("Notme", "Norme"))
    panel = desk.panel
    panel.answer()
    panel.matches(2).click()
    panel.press("None of these")
    new = desk.new_record("New lead")
    new.fill(last_name="Butme", company="Butme & Co.")
    new.save()
    desk.take_new(call, "Butme")
    expect(panel.person).to_contain_text("Butme Lead")
    panel.finish()
    assert desk.filed(call)["person"]["ref"]["kind"] == "lead"


def test_s17_no_match_needs_a_person_before_there_is_a_log(desk, customers):
    number = customers.free_number()
    call = desk.ring(number, name="WIRELESS CALLER")
    panel = desk.panel
    panel.answer()
    expect(panel.log).to_contain_text(NEEDS_PERSON)
    expect(panel.notes).to_be_hidden()
    known = desk.call(call)
    assert known["needsPerson"] is True and known.get("log") is None
    # Found: a log opens under that name, and the number is not touched.
    panel.search.fill("babbage")
    panel.results.get_by_role("button", name="Charles Babbage Contact").click()
    expect(panel.person).to_contain_text("Charles Babbage")
    expect(panel.notes).to_be_visible()
    panel.finish()
    assert desk.filed(call)["person"]["name"] == "Charles Babbage"
    assert customers.with_number(number) == []


# Another CRM's records are changed on its own pages.
@pytest.mark.crm("builtin")
def test_s17_the_number_can_be_added_to_the_person_that_was_found(desk, customers):
    number = customers.free_number()
    person = customers.create("contacts", firstName="Nora", lastName="Numberless")
    call = desk.ring(number)
    panel = desk.panel
    panel.answer()
    panel.search.fill("numberless")
    row = panel.results.get_by_role("listitem").filter(has_text="Nora Numberless")
    row.get_by_role("button", name="Add to contact", exact=True).click()
    expect(panel.call("Nora Numberless")).to_be_visible()
    expect(panel.person).to_contain_text("Nora Numberless")
    panel.finish()
    assert desk.filed(call)["person"]["ref"] == person
    assert customers.with_number(number) == [person]


def test_s17_without_a_person_the_call_cannot_be_filed(desk, customers):
    call = desk.ring(customers.free_number())
    panel = desk.panel
    panel.answer()
    panel.hang_up()
    expect(panel.log).to_contain_text(NEEDS_PERSON)
    expect(panel.button("Done")).to_be_hidden()
    assert desk.call(call).get("log") is None
