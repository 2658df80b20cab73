"""A log that the CRM refuses: the agent and the administrator see why, and can send it again."""

import re

import pytest
from agents import Desk
from customers import free_number
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.usefixtures("audited")


def import_person(office: Desk, number: str) -> None:
    table = f'Last Name,Mobile Phone\n"<i>Vanished</i>","{number}"\n'
    page = office.page
    page.goto(f"{office.server.address}/crm/import")
    page.get_by_label("Choose a file").set_input_files(
        {"name": "one.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", level=1, name="one.csv is imported")).to_be_visible()


def undo_import(page: Page) -> None:
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text(re.compile("was removed"))).to_be_visible()


def test_a_refused_log_says_why_and_is_sent_again(hire, admin, looks):
    desk, office = hire(), hire("admin")
    number = free_number(admin)
    import_person(office, number)
    call = desk.ring(number)
    panel = desk.panel
    panel.answer()
    panel.notes.fill("The person goes away during the call.")
    expect(panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    undo_import(office.page)
    panel.hang_up()
    panel.press("Done")
    row = panel.recent.get_by_role("link").first
    expect(row).to_contain_text("Needs attention")
    row.click()
    expect(panel.log).to_contain_text("not in the CRM any more")
    looks.at(desk.page, "log-needs-attention")
    # The administrator sees the same, and a retry that does not help says so again.
    office.page.goto(f"{office.server.address}/admin/deliveries")
    expect(office.page.get_by_text("not in the CRM any more")).to_be_visible()
    looks.at(office.page, "admin-deliveries-parked")
    with desk.page.expect_response(lambda answer: answer.url.endswith("/retry")):
        panel.log.get_by_role("button", name="Retry", exact=True).click()
    desk.log_where(call, "attention")
    expect(panel.log).to_contain_text("not in the CRM any more")
    # Another person, and it is filed, with the notes.
    panel.search.fill("babbage")
    panel.results.get_by_role("button", name="Charles Babbage Contact").click()
    filed = desk.filed(call)
    assert filed["person"]["name"] == "Charles Babbage"
    assert filed["activity"]["notes"] == "The person goes away during the call."
