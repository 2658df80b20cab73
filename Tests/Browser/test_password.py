"""A password of one's own: set in the panel's settings, used on the sign-in page."""

from agents import Desk
from panel import Panel
from playwright.sync_api import Page, expect

FIRST, SECOND = "correct horse battery", "staple of a \u00fcber horse"


def settings(panel: Panel):
    panel.press("Menu")
    panel.page.get_by_role("button", name="Settings", exact=True).last.click()
    return panel.page.get_by_role("dialog", name="Settings", exact=True)


def set_password(panel: Panel, current: str, new: str) -> None:
    dialog = settings(panel)
    dialog.get_by_label("Current password").fill(current)
    dialog.get_by_label("New password").fill(new)
    dialog.get_by_role("button", name="Set password").click()


def expect_set(desk: Desk) -> None:
    expect(desk.page.get_by_text("Your password is set.")).to_be_visible()
    # All other sessions have ended, and with them that of the test itself.
    desk.api = desk.server.api(desk.name)


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Sign-in name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_setting_a_password_and_signing_in_with_it(desk, visitor, looks):
    page, watch = visitor
    watch.expect("status of 401")
    set_password(desk.panel, "", FIRST)
    expect_set(desk)
    looks.at(desk.page, "password-set")
    page.goto(f"{desk.server.address}/sign-in")
    sign_in(page, desk.name, "not " + FIRST)
    expect(page.get_by_role("alert")).to_contain_text("password")
    sign_in(page, desk.name, FIRST)
    expect(Panel(page).idle).to_be_visible()


def test_a_refused_password_says_which_field_and_why(desk, looks):
    desk.watch.expect("status of 422")
    set_password(desk.panel, "", "short")
    dialog = desk.page.get_by_role("dialog", name="Settings")
    expect(dialog.get_by_role("alert")).to_have_text("A password has 8 to 256 characters.")
    expect(dialog.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("New password").fill(FIRST)
    dialog.get_by_role("button", name="Set password").click()
    expect(dialog.get_by_role("alert")).to_be_hidden()
    expect_set(desk)
    dialog.get_by_label("New password").fill(SECOND)
    dialog.get_by_role("button", name="Set password").click()
    expect(dialog.get_by_role("alert")).to_have_text("This is not your current password.")
    expect(dialog.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    looks.at(desk.page, "password-refused")
