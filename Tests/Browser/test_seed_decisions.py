"""What was decided where the source document is silent."""

import pytest
from customers import ADA, ELIF, JEROEN, KONTOR, MARIA
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]


def test_closed_opportunities_and_cases_are_folded_away(desk):
    call = desk.ring(ADA.number)
    panel = desk.panel
    ref = desk.call(call)["person"]["ref"]
    closed = desk.api.get(f"people/contact/{ref['id']}/related", scope="account")["cases"]["closed"]
    panel.tab("Cases").click()
    row = panel.tab_panel.get_by_role("listitem").filter(has_text=closed[0]["number"])
    expect(row).to_be_hidden()
    panel.tab_panel.get_by_text(f"Closed in the last 12 months ({len(closed)})").click()
    expect(row).to_be_visible()


def test_of_several_matches_whom_the_agent_last_spoke_to_comes_first(hire, customers):
    number = customers.sharing_a_number("Alder", "Birch", "Cedar")
    desk, colleague = hire(), hire()
    talk(colleague, number, 3, "Kim Cedar")
    talk(desk, number, 3, "Kim Birch")
    call = desk.ring(number)
    desk.panel.matches(3).click()
    rows = desk.panel.caller.get_by_role("listitem")
    expect(rows).to_contain_text(["Kim Birch", "Kim Cedar", "Kim Alder"])
    expect(rows.nth(0)).to_contain_text("You last spoke to this person")
    expect(rows.nth(1)).to_contain_text("last spoke to this person")
    assert desk.call(call)["match"]["candidates"][0]["lastSpoken"]["byYou"] is True


def talk(desk, number: str, count: int, name: str) -> None:
    desk.ring(number)
    desk.panel.answer()
    desk.panel.matches(count).click()
    desk.panel.choice(name).click()
    expect(desk.panel.person).to_contain_text(name)
    desk.panel.finish()


def test_a_first_conversation_is_not_called_a_later_one(desk, customers):
    number = customers.free_number()
    customers.create("contacts", lastName="Firsttime", phone=number)
    desk.ring(number)
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    expect(desk.panel.caller).to_contain_text("Business Phone")
    expect(desk.panel.caller).not_to_contain_text("You last spoke")


def test_another_person_later_files_the_log_again_and_never_twice(desk, customers):
    call = desk.ring(customers.sharing_a_number("Before", "After"))
    panel = desk.panel
    panel.answer()
    panel.matches(2).click()
    panel.choice("Kim Before").click()
    panel.notes.fill("One conversation, one activity.")
    panel.finish()
    first = desk.filed(call)
    panel.recent_call("Kim Before").click()
    panel.press("Back")
    panel.choice("Kim After").click()
    expect(panel.person).to_contain_text("Kim After")
    second = desk.filed(call)
    assert second["person"]["name"] == "Kim After"
    assert second["activity"]["ref"] == first["activity"]["ref"]
    assert desk.activities_of(first["person"]["ref"]) == []
    assert len(desk.activities_of(second["person"]["ref"])) == 1


def test_declining_needs_no_reason(desk):
    call = desk.ring(ADA.number)
    desk.panel.press("Decline")
    expect(desk.panel.idle).to_be_visible()
    expect(desk.page.get_by_role("dialog")).to_be_hidden()
    assert desk.call(call)["outcome"] == "declined"


@pytest.mark.parametrize("caller", [ELIF, MARIA], ids=["converted lead", "person account"])
def test_the_same_person_matched_twice_is_one_candidate(desk, caller):
    call = desk.ring(caller.number)
    expect(desk.panel.person_heading(caller.name, "Contact")).to_be_visible()
    match = desk.call(call)["match"]
    assert (match["outcome"], match["count"]) == ("single", 1)
    assert match["candidates"][0]["kind"] == "contact"


@pytest.mark.parametrize("number, count", [(KONTOR, 5), (JEROEN.number, 2)])
def test_a_number_shared_by_several_is_always_a_choice(desk, number, count):
    call = desk.ring(number)
    expect(desk.panel.matches(count)).to_be_visible()
    assert desk.call(call).get("person") is None


@pytest.mark.parametrize(
    "number, name",
    [("06990009231", "Rhein-Main Logistik AG"), ("0043316000199", "Café Landhaus")],
    ids=["a switchboard's direct dial", "only the account has it"],
)
def test_a_single_match_that_is_no_persons_own_number_is_still_a_choice(desk, number, name):
    call = desk.ring(number)
    panel = desk.panel
    expect(panel.choice(name)).to_be_visible()
    panel.answer()
    expect(panel.log).to_contain_text("Choose a person so that this call can be logged.")
    known = desk.call(call)
    assert known.get("person") is None and known.get("log") is None
    panel.choice(name).click()
    expect(panel.person).to_contain_text(name)
    assert desk.call(call)["log"]["person"]["name"] == name


def test_a_withheld_number_says_so_and_is_never_looked_up(desk):
    call = desk.ring("anonymous", name="Not Shown")
    expect(desk.panel.caller).to_contain_text("Withheld number")
    expect(desk.panel.caller).to_contain_text("nobody was looked up")
    match = desk.call(call)["match"]
    assert (match["outcome"], match["candidates"]) == ("withheld", [])
    expect(desk.new_record("New contact").phone).to_have_value("")
