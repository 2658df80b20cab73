"""S9 to S12: the caller's activity, opportunities and cases, and logging a call under one of them."""

import re

import pytest
from customers import ADA, CHARLES
from panel import Panel
from playwright.sync_api import expect

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("builtin", "salesforce")]


def related(desk, ref: dict, scope: str) -> dict:
    return desk.api.get(f"people/{ref['kind']}/{ref['id']}/related", scope=scope)


def expect_related(panel, data: dict) -> None:
    """The three tabs show what the server has: activity, and open opportunities and cases."""
    panel.tab("Activity").click()
    expect_texts(panel, [each["subject"] for each in data["activity"]])
    panel.tab("Opportunities").click()
    names = [each["name"] for each in data["opportunities"]["open"]]
    expect_texts(panel, names, closed=len(data["opportunities"]["closed"]))
    panel.tab("Cases").click()
    names = [f"{each['number']} · {each['subject']}" for each in data["cases"]["open"]]
    expect_texts(panel, names, closed=len(data["cases"]["closed"]))


def expect_texts(panel: Panel, texts: list[str], closed: int = 0) -> None:
    tab_panel = panel.tab_panel
    rows = tab_panel.get_by_role("list").first.get_by_role("listitem")
    # A long list is shown to its end once that is asked for, and stays so.
    if len(texts) > 6:
        expect(panel.rest.or_(rows.nth(6)).first).to_be_visible()
        if panel.rest.is_visible():
            panel.rest.click()
    expect(rows).to_contain_text(texts)
    if closed:
        expect(tab_panel.get_by_text(f"Closed in the last 12 months ({closed})")).to_be_visible()


def test_s9_one_match_shows_activity_opportunities_and_cases(desk):
    call = desk.ring(ADA.number)
    panel = desk.panel
    ref = desk.call(call)["person"]["ref"]
    expect(panel.information).to_have_attribute("aria-expanded", "true")
    expect_related(panel, related(desk, ref, "account"))
    # It is a drop-down: it closes and opens.
    panel.information.click()
    expect(panel.tab_panel).to_be_hidden()
    panel.information.click()
    panel.answer()
    expect_related(panel, related(desk, ref, "account"))


def test_s10_account_results_by_default_filter_switches_to_contact(desk):
    call = desk.ring(ADA.number)
    panel = desk.panel
    ref = desk.call(call)["person"]["ref"]
    by_account, by_contact = (related(desk, ref, scope) for scope in ("account", "contact"))
    assert len(by_account["cases"]["open"]) > len(by_contact["cases"]["open"]) > 0
    expect(panel.scope("Account")).to_be_checked()
    expect_related(panel, by_account)
    filter_ = panel.caller.get_by_role("radiogroup", name="Show results for")
    expect(filter_).to_be_visible()
    first_row = panel.tab_panel.get_by_role("listitem").first
    assert filter_.bounding_box()["y"] < first_row.bounding_box()["y"], "it is at the top"
    panel.scope("Contact").check()
    expect_related(panel, by_contact)
    panel.scope("Account").check()
    expect_related(panel, by_account)


@pytest.mark.parametrize("tab, kind", [("Opportunities", "opportunity"), ("Cases", "case")])
def test_s11_a_click_on_a_record_associates_the_log_with_it(desk, tab, kind):
    call = desk.ring(ADA.number)
    panel = desk.panel
    panel.answer()
    panel.tab(tab).click()
    expect(panel.related).not_to_contain_text(kind.capitalize())
    row = panel.tab_panel.get_by_role("listitem").first.get_by_role("button")
    row.click()
    expect(row).to_have_attribute("aria-pressed", "true")
    expect(panel.related).to_contain_text(kind.capitalize())
    record = desk.call(call)["log"]["related"]
    assert record["kind"] == kind
    expect(panel.related).to_contain_text(record["name"])
    panel.finish()
    filed = desk.filed(call)
    assert filed["related"]["ref"] == record["ref"]
    own = filed["activity"]["ref"]
    assert own in [each["ref"] for each in desk.activities_of(record["ref"])]
    assert own in [each["ref"] for each in desk.activities_of(filed["person"]["ref"])]


def test_s11_a_click_while_it_rings_creates_the_log_under_that_record(desk):
    call = desk.ring(ADA.number)
    panel = desk.panel
    panel.tab("Opportunities").click()
    panel.tab_panel.get_by_role("listitem").first.get_by_role("button").click()
    panel.answer()
    expect(panel.related).to_contain_text("Opportunity")
    record = desk.call(call)["log"]["related"]
    panel.finish()
    assert desk.filed(call)["related"]["ref"] == record["ref"]


def test_s11_the_association_can_be_removed(desk):
    call = desk.ring(ADA.number)
    panel = desk.panel
    panel.answer()
    panel.tab("Cases").click()
    panel.tab_panel.get_by_role("listitem").first.get_by_role("button").click()
    panel.related.get_by_role("button", name=re.compile("^Remove ")).click()
    expect(panel.related).to_contain_text("Nothing yet")
    assert desk.call(call)["log"].get("related") is None
    panel.finish()
    assert desk.filed(call).get("related") is None


def test_s12_the_filter_persists_for_the_agents_later_calls(desk, hire):
    desk.ring(ADA.number)
    panel = desk.panel
    with desk.page.expect_response("**/api/v1/agent"):
        panel.scope("Contact").check()
    panel.press("Decline")
    expect(panel.idle).to_be_visible()
    assert desk.api.desk()["agent"]["preferences"]["filter"] == "contact"
    # The next call, of somebody else.
    call = desk.ring(CHARLES.number)
    expect(panel.scope("Contact")).to_be_checked()
    expect_related(panel, related(desk, desk.call(call)["person"]["ref"], "contact"))
    # Another browser of the same agent, and no other agent.
    desk.context.close()
    elsewhere = desk.sign_in()
    expect(elsewhere.scope("Contact")).to_be_checked()
    assert hire().api.desk()["agent"]["preferences"]["filter"] == "account"
