"""Every state of the panel: its picture, and no violation of axe-core's rules."""

import re

import pytest
from customers import ADA, CHARLES, KONTOR, create, free_number
from panel import Panel
from playwright.sync_api import expect


def test_sign_in_page(visitor, server, looks):
    page, watch = visitor
    page.goto(f"{server.address}/sign-in")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    looks.at(page, "sign-in")
    watch.expect(r"status of 401")
    page.get_by_role("textbox", name="Sign-in name", exact=True).fill("ada")
    page.get_by_role("textbox", name="Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong.")
    looks.at(page, "sign-in-refused")
    page.goto(f"{server.address}/sign-in?next=%2F&expired=1")
    expect(page.get_by_text("You were signed out.")).to_be_visible()
    looks.at(page, "sign-in-expired")


def test_used_up_link(visitor, server, looks):
    page, watch = visitor
    watch.expect(r"status of 410")
    page.goto(f"{server.address}/sign-in/link/no-such-link")
    expect(page.get_by_role("heading", level=1)).to_contain_text("used up or too old")
    looks.at(page, "sign-in-link-used-up")


def test_empty_desk_and_menu(desk, looks):
    expect(desk.panel.idle).to_be_visible()
    looks.at(desk.page, "desk-empty")
    desk.panel.press("Menu")
    expect(desk.panel.button("Sign out")).to_be_visible()
    looks.at(desk.page, "desk-menu")


@pytest.mark.parametrize("name", ["Ring me", "Settings", "Keyboard shortcuts", "Call a number"])
def test_dialogs(desk, looks, name):
    desk.panel.press("Menu")
    desk.page.get_by_role("button", name=name, exact=True).last.click()
    dialog = desk.page.get_by_role("dialog", name=name, exact=True)
    expect(dialog).to_be_visible()
    if name == "Ring me":
        expect(dialog.get_by_role("button", name="Ada Lovelace")).to_be_visible()
    looks.at(desk.page, f"dialog-{name.lower().replace(' ', '-')}")


def test_a_call_of_one_match(desk, looks):
    desk.ring(ADA.number)
    panel = desk.panel
    expect(panel.tab_panel.get_by_role("listitem").first).to_be_visible()
    looks.at(desk.page, "ringing-one-match")
    panel.answer()
    expect(panel.notes).to_be_visible()
    looks.at(desk.page, "talking-activity")
    panel.tab("Opportunities").click()
    panel.tab_panel.get_by_role("listitem").first.get_by_role("button").click()
    expect(panel.related).to_contain_text("Opportunity")
    looks.at(desk.page, "talking-opportunities")
    panel.tab("Cases").click()
    panel.tab_panel.get_by_text("Closed in the last 12 months").click()
    looks.at(desk.page, "talking-cases")
    panel.press("Transfer")
    expect(panel.page.get_by_role("textbox", name="Transfer to")).to_be_visible()
    panel.notes.fill("Wants a quote for two machines.\nBy Friday.")
    panel.press("Add a follow-up")
    panel.disposition.select_option("Call back")
    looks.at(desk.page, "talking-log-filled-in")
    panel.press("Cancel")
    panel.press("Hold")
    expect(panel.button("Retrieve")).to_be_visible()
    looks.at(desk.page, "held")
    panel.press("Hang up")
    expect(panel.button("Done")).to_be_visible()
    looks.at(desk.page, "wrap-up")


def test_names_that_run_from_right_to_left(hire, admin, looks):
    about = {"displayName": "שרה כהן (מכירות)", "role": "agent", "extensions": ["1960"]}
    admin.post("admin/people", {"id": "sarah", **about})
    mill = create(admin, "accounts", name="شركة الطواحين 24 GmbH")
    number = free_number(admin)
    about = {"firstName": "ليلى", "lastName": "حداد", "title": "مديرة المشتريات"}
    create(admin, "contacts", **about, phone=number, accountId=mill["id"])
    desk = hire("sarah")
    desk.ring(number)
    panel = desk.panel
    expect(panel.person_heading("ليلى حداد", "Contact")).to_be_visible()
    expect(panel.tab_panel).to_contain_text("No activity yet")
    looks.at(desk.page, "ringing-right-to-left")
    panel.answer()
    panel.notes.fill("ביקשה הצעת מחיר.\nCalls back at 14:00.")
    looks.at(desk.page, "talking-right-to-left")


def test_a_call_of_several_matches(desk, looks):
    desk.ring(KONTOR, name="KONTOR NORD")
    panel = desk.panel
    expect(panel.matches(5)).to_be_visible()
    looks.at(desk.page, "ringing-multiple")
    panel.answer()
    panel.matches(5).click()
    expect(panel.choice("Lars Clausen")).to_be_visible()
    looks.at(desk.page, "talking-multiple-list")
    panel.choice("Lars Clausen").click()
    expect(panel.notes).to_be_visible()
    looks.at(desk.page, "talking-multiple-chosen")


def test_a_call_of_nobody_known(desk, admin, looks):
    desk.ring(free_number(admin), name="WIRELESS CALLER")
    panel = desk.panel
    expect(panel.search).to_be_visible()
    looks.at(desk.page, "ringing-none")
    panel.answer()
    looks.at(desk.page, "talking-none")
    panel.search.fill("an")
    expect(panel.results).to_be_visible()
    looks.at(desk.page, "talking-none-found")
    panel.search.fill("xqzwv")
    expect(panel.caller.get_by_text("Nobody found for “xqzwv”").first).to_be_visible()
    looks.at(desk.page, "talking-none-not-found")
    panel.hang_up()
    looks.at(desk.page, "wrap-up-none")


def test_a_withheld_number(desk, looks):
    desk.ring("anonymous")
    expect(desk.panel.search).to_be_visible()
    looks.at(desk.page, "ringing-withheld")


def test_a_second_call_rings_while_talking(desk, looks):
    desk.ring(ADA.number)
    desk.panel.answer()
    desk.panel.notes.fill("In the middle of a sentence")
    desk.ring(CHARLES.number)
    expect(desk.panel.call(CHARLES.name)).to_be_visible()
    looks.at(desk.page, "talking-and-ringing")


def test_recent_calls(desk, admin, looks):
    fill_recent_calls(desk, free_number(admin))
    panel = desk.panel
    looks.at(desk.page, "recent-calls")
    panel.recent_call(ADA.name).click()
    past = panel.region("Past call")
    expect(past.get_by_role("list", name="What happened")).to_be_visible()
    expect(panel.notes).to_be_visible()
    looks.at(desk.page, "recent-call-open")
    panel.recent.get_by_role("radio", name="Missed", exact=True).check()
    looks.at(desk.page, "recent-missed")
    panel.recent.get_by_role("searchbox", name="Search recent calls").fill("nobody at all")
    expect(panel.recent).to_contain_text("No calls match this search")
    looks.at(desk.page, "recent-nothing-found")


def fill_recent_calls(desk, unknown: str) -> None:
    """One that was filed, one declined, one that belongs to nobody."""
    panel = desk.panel
    desk.ring(ADA.number)
    panel.answer()
    panel.finish()
    for number in (KONTOR, unknown):
        desk.ring(number)
        panel.press("Decline")
        expect(panel.idle).to_be_visible()
    expect(panel.recent_call(ADA.name)).to_contain_text("Filed")


@pytest.mark.parametrize("name", ["Answer", "Decline", "Hang up", "Hold", "New contact"])
def test_buttons_can_be_read_under_the_mouse(desk, looks, name):
    desk.ring(ADA.number)
    if name.startswith("H"):
        desk.panel.answer()
    looks.under_the_mouse(desk.page, name, desk.panel.button(name))


def test_two_versions_of_the_notes(hire, looks):
    desk = hire()
    desk.ring(ADA.number)
    desk.panel.answer()
    away = hire(desk.name)
    away.watch.expect(r"net::ERR_|status of 409")
    expect(away.panel.notes).to_be_visible()
    away.context.set_offline(True)
    away.panel.notes.fill("Typed without a network.")
    with desk.page.expect_response(re.compile("/log$")):
        desk.panel.notes.fill("Typed meanwhile.")
    away.context.set_offline(False)
    expect(away.panel.log.get_by_role("group", name="Two versions")).to_be_visible(timeout=30_000)
    looks.at(away.page, "two-versions")


def test_what_screen_readers_hear(desk):
    desk.ring(ADA.number)
    announced = desk.page.get_by_text(f"Incoming call from {ADA.name}, {ADA.company}", exact=True)
    expect(announced).to_be_attached()
    assert announced.evaluate("(line) => line.parentElement.ariaLive") == "assertive"
    expect(desk.page).to_have_title(f"{ADA.name} is calling")


def test_the_panel_without_a_session_goes_to_the_sign_in_page(visitor, server):
    page, watch = visitor
    watch.expect(r"status of 401")
    page.goto(f"{server.address}/")
    page.wait_for_url(re.compile("/sign-in"))
    expect(Panel(page).button("Sign in")).to_be_visible()
