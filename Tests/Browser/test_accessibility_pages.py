"""The CRM's pages and the administration: their pictures, and no violation of axe-core's rules."""

import re

import pytest
from agents import Desk
from customers import ADA, KONTOR, create
from playwright.sync_api import Page, expect
from retold import answer


@pytest.fixture(scope="module")
def filed_call(server, browser, admin):
    """A call with Ada Lovelace that was logged under an opportunity; what the CRM has of it."""
    about = {"displayName": "Paula Pages", "role": "agent", "extensions": ["1980"]}
    admin.post("admin/people", {"id": "paula", **about})
    desk = Desk(server, browser, "paula", "1980", server.api("paula"))
    call = desk.ring(ADA.number)
    desk.api.post(f"calls/{call}/answer")
    person = desk.call(call)["person"]["ref"]
    related = desk.api.get(f"people/contact/{person['id']}/related", scope="contact")
    record = related["opportunities"]["open"][0]["ref"]
    desk.api.post(f"calls/{call}/related", {"record": {"kind": record["kind"], "id": record["id"]}})
    version = desk.call(call)["log"]["version"]
    desk.api.patch(
        f"calls/{call}/log",
        {"version": version, "notes": "Two machines, please.\n" * 12, "disposition": "Resolved"},
    )
    desk.api.post(f"calls/{call}/hang-up")
    desk.api.post(f"calls/{call}/done")
    return desk.filed(call)


@pytest.fixture
def office(hire) -> Desk:
    """The administrator, signed in."""
    return hire("admin")


@pytest.fixture
def page(office) -> Page:
    return office.page


def show(office: Desk, path: str, heading: str) -> None:
    office.page.goto(f"{office.server.address}{path}")
    expect(office.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    expect(office.page.get_by_text("Loading…")).to_be_hidden()


@pytest.mark.parametrize("plural", ["contacts", "leads", "accounts", "opportunities", "cases"])
def test_lists(office, page, looks, plural):
    show(office, f"/crm/{plural}", plural.capitalize())
    expect(page.get_by_role("list", name=plural.capitalize())).to_be_visible()
    looks.at(page, f"crm-{plural}")


def test_a_list_in_which_nothing_was_found(office, page, looks):
    show(office, "/crm/contacts", "Contacts")
    page.get_by_role("searchbox", name="Search contacts").fill("xqzwv")
    expect(page.get_by_text("Nothing found for “xqzwv”")).to_be_visible()
    looks.at(page, "crm-contacts-nothing-found")


def test_records(office, page, looks, filed_call):
    pages = {"contact": filed_call["person"], "opportunity": filed_call["related"]}
    for kind, record in pages.items():
        show(office, record["url"], record["name"])
        expect(page.get_by_role("heading", level=2, name=re.compile("^Activity"))).to_be_visible()
        looks.at(page, f"crm-{kind}")
    activity = filed_call["activity"]
    show(office, activity["url"], activity["subject"])
    looks.at(page, "crm-activity")


@pytest.mark.parametrize("plural, search", [("accounts", "analytical"), ("leads", "yildiz")])
def test_a_record_with_much_and_one_that_was_converted(office, page, admin, looks, plural, search):
    record = admin.get(f"records/{plural}", search=search)["records"][0]
    show(office, record["url"], record["name"])
    looks.at(page, f"crm-{record['ref']['kind']}")


def test_a_new_contact_for_a_call(office, page, looks):
    show(office, "/crm/contacts/new?phone=%2B492214710999&number=0221+4710999&call=none", "New contact")
    expect(page.get_by_text("For the call from 0221 4710999.")).to_be_visible()
    looks.at(page, "crm-new-contact")


def test_a_refused_form(office, page, looks):
    office.watch.expect("status of 422")
    show(office, "/crm/leads/new", "New lead")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("textbox", name="Last Name")).to_have_attribute("aria-invalid", "true")
    looks.at(page, "crm-new-lead-refused")


def test_editing_and_leaving(office, page, admin, looks):
    ref = create(admin, "contacts", firstName="Edda", lastName="Edited", phone="0221 4710998")
    show(office, f"/crm/contacts/{ref['id']}/edit", "Edit Edda Edited")
    looks.at(page, "crm-edit")
    page.get_by_role("textbox", name="Title").fill("Chief Editor")
    page.get_by_role("link", name="Cancel", exact=True).click()
    expect(page.get_by_role("dialog", name="Leave without saving?")).to_be_visible()
    looks.at(page, "crm-leave")
    page.get_by_role("button", name="Leave without saving").click()
    expect(page.get_by_role("heading", level=1, name="Edda Edited")).to_be_visible()


IMPORT = """First Name,Last Name,Account Name,Mobile Phone,Shoe size
Ines,Imported,Import & Co,0176 04069011,39
Otto,,Import & Co,call me,44
,,,,
Rosa,Imported,Import & Co,0176 04069012,41
"""


def test_an_import(office, page, looks):
    show(office, "/crm/import", "Import")
    looks.at(page, "crm-import")
    page.get_by_label("Choose a file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": IMPORT.encode()}
    )
    expect(page.get_by_role("heading", level=1, name="Preview of people.csv")).to_be_visible()
    looks.at(page, "crm-import-preview")
    page.get_by_role("button", name=re.compile(r"^Import \d+ rows?")).click()
    expect(page.get_by_role("heading", level=1, name="people.csv is imported")).to_be_visible()
    looks.at(page, "crm-import-report")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("dialog", name="Undo this import?")).to_be_visible()
    looks.at(page, "crm-import-undo")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text(re.compile("were removed|was removed"))).to_be_visible()


def test_a_page_that_is_not_there(office, page, looks):
    show(office, "/crm/nothing", "There is no such page")
    looks.at(page, "crm-nowhere")


def test_health(office, page, looks, filed_call):
    show(office, "/admin/health", "Health")
    expect(page.get_by_text("Every call is accounted for.", exact=True)).to_be_visible()
    looks.at(page, "admin-health")


def test_matching_and_trying_a_number(office, page, looks):
    show(office, "/admin/matching", "Matching")
    page.get_by_role("textbox", name="Number as it would arrive").fill(KONTOR)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("main").get_by_text("5 matches: the agent chooses.")).to_be_visible()
    page.get_by_role("checkbox", name="Require a match").uncheck()
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    looks.at(page, "admin-matching")
    page.get_by_role("button", name="Reset").click()


def test_call_log_settings(office, page, looks):
    show(office, "/admin/call-log", "Call log")
    looks.at(page, "admin-call-log")


def test_people(office, page, looks):
    show(office, "/admin/people", "People and lines")
    looks.at(page, "admin-people")
    page.get_by_role("button", name="Add a person").click()
    expect(page.get_by_role("dialog", name="Add a person")).to_be_visible()
    looks.at(page, "admin-people-add")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Create sign-in link for Ben Lindqvist").click()
    expect(page.get_by_role("textbox", name="Sign-in link")).to_be_visible()
    looks.at(page, "admin-people-link")


def test_connections(office, page, looks):
    show(office, "/admin/connections", "Connections")
    looks.at(page, "admin-connections")
    page.get_by_role("button", name="Add a phone system").click()
    dialog = page.get_by_role("dialog", name="Add a phone system")
    dialog.get_by_role("textbox", name="Name").fill("hotline")
    looks.at(page, "admin-connections-add")
    dialog.get_by_role("button", name="Add a phone system").click()
    expect(page.get_by_role("textbox", name="Secret")).to_be_visible()
    looks.at(page, "admin-connections-added")


def test_deliveries(office, page, looks):
    show(office, "/admin/deliveries", "Deliveries")
    looks.at(page, "admin-deliveries")


TRIED = {"id": "d-1", "call": "1", "title": "Call with Ada Lovelace", "state": "waiting"}
TRIED |= {"attempts": 2, "nextAttemptAt": "2026-11-25T14:02:00Z", "agent": "Dora Meier"}
TRIED |= {"reason": "The CRM takes too long to answer."}
FRESH = {"id": "d-2", "call": "2", "title": "שיחה עם שרה כהן", "state": "waiting"}
FRESH |= {"attempts": 0, "nextAttemptAt": "2026-11-25T14:02:00Z", "agent": "Dora Meier"}


def test_deliveries_that_wait(office, page, looks):
    waiting = "**/api/v1/admin/deliveries?state=waiting"
    answer(page, waiting, lambda body: body.update(deliveries=[TRIED, FRESH]))
    show(office, "/admin/deliveries", "Deliveries")
    expect(page.get_by_role("main").get_by_text("2 attempts")).to_be_visible()
    looks.at(page, "admin-deliveries-waiting")


def test_what_is_for_administrators_is_refused_in_words(desk, looks):
    desk.watch.expect("status of 404")
    desk.page.goto(f"{desk.server.address}/admin/people")
    heading = desk.page.get_by_role("heading", level=1, name="For administrators")
    expect(heading).to_be_visible()
    looks.at(desk.page, "admin-refused")
