"""S18, S19 and S21: finding and creating people, and the policy that allows calls without one."""

import re

import pytest
from agents import Desk
from customers import Customers
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]


@pytest.mark.parametrize(
    "typed, found",
    [
        ("babb", "Charles Babbage Contact"),
        ("charles babbage", "Charles Babbage Contact"),
        ("tariq", "Tariq Khan Lead"),
        ("yildiz", "Elif Yıldız Contact"),
        ("analytical eng", "Ada Lovelace Contact"),
        ("030 23125042", "Ada Lovelace Contact"),
    ],
)
def test_s18_the_search_field_finds_people(searching, typed, found):
    panel = searching
    panel.search.fill(typed)
    person = panel.results.get_by_role("button", name=found)
    more = panel.caller.get_by_role("button", name="Show more", exact=True)
    expect(person.or_(more).first).to_be_visible()
    if more.is_visible():
        more.click()
    expect(person).to_be_visible()


def test_s18_the_search_says_that_nobody_was_found(searching):
    searching.search.fill("xqzwv")
    expect(searching.caller.get_by_text("Nobody found for “xqzwv”").first).to_be_visible()
    expect(searching.results).to_be_hidden()


@pytest.fixture(scope="module")
def at_work(server, browser, admin, crm):
    """One agent with one unknown caller for all searches."""
    admin.post(
        "admin/people",
        {"id": "seeker", "displayName": "Sigrid Seeker", "role": "agent", "extensions": ["1990"]},
    )
    desk = Desk(server, browser, "seeker", "1990", server.api("seeker"), crm)
    desk.sign_in()
    desk.ring(Customers(admin, crm).free_number())
    desk.panel.answer()
    yield desk
    desk.clear()
    assert desk.watch.faults == []
    desk.close()


@pytest.fixture
def searching(at_work):
    yield at_work.panel
    at_work.panel.search.fill("")


@pytest.mark.parametrize("kind", ["contact", "lead"])
def test_s19_new_contact_and_new_lead_open_the_crms_own_page(desk, customers, kind):
    number = customers.free_number()
    call = desk.ring(number, name="ACME GMBH")
    panel = desk.panel
    panel.answer()
    new = desk.new_record(f"New {kind}")
    assert re.search(desk.crm.new_record_address(kind), new.page.url)
    expect(new.heading).to_have_text(re.compile(f"^New {kind}$", re.IGNORECASE))
    assert new.phone.input_value().replace(" ", "").endswith(number[1:].replace(" ", ""))
    new.fill(first_name="Ines", last_name=f"Fresh{kind}")
    if kind == "lead":
        new.fill(company="Fresh & Co.")
    new.save()
    desk.crm.expect_saved(new, f"Ines Fresh{kind}")
    # The call matches the new record by itself: nothing was done in the panel.
    expect(panel.call(f"Ines Fresh{kind}")).to_be_visible()
    expect(panel.person).to_contain_text(f"Ines Fresh{kind}")
    expect(panel.notes).to_be_visible()
    panel.finish()
    person = desk.filed(call)["person"]
    assert (person["ref"]["kind"], person["name"]) == (kind, f"Ines Fresh{kind}")
    assert customers.with_number(number) == [person["ref"]]


def test_s21_a_match_is_required_unless_an_administrator_allows_otherwise(
    desk, hire, admin, customers, settings
):
    assert admin.get("admin/matching")["requireMatch"] is True, "on by default"
    office = hire("admin")
    page = office.page
    page.goto(f"{office.server.address}/admin/matching")
    page.get_by_role("checkbox", name="Require a match").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("^Saved at"))).to_be_visible()
    assert admin.get("admin/matching")["requireMatch"] is False
    call = desk.ring(customers.free_number(), name="NOBODY AT ALL")
    panel = desk.panel
    panel.answer()
    expect(panel.notes).to_be_visible()
    expect(panel.person).to_contain_text("No person")
    panel.notes.fill("Did not say who it was.")
    panel.finish()
    filed = desk.filed(call)
    assert filed.get("person") is None
    assert filed["activity"]["notes"] == "Did not say who it was."


def test_s21_with_the_policy_on_the_same_call_gets_no_log(desk, customers):
    call = desk.ring(customers.free_number(), name="NOBODY AT ALL")
    desk.panel.answer()
    expect(desk.panel.log).to_contain_text("Choose a person so that this call can be logged.")
    assert desk.call(call).get("log") is None
