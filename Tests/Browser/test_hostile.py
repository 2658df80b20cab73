"""Hostile text as name, number, record and note, in every view: it is shown as text and does nothing."""

import re

import pytest
from agents import Desk
from callmatch_server import Refused
from customers import create, free_number
from hostile_strings import MEGABYTE, STRINGS
from phone_system import PhoneSystem
from pictures import HEIGHTS, NARROW, overflow
from playwright.sync_api import Page, expect

PLAIN = "<script>window.ran = 1</script>"


@pytest.fixture
def desk(hire) -> Desk:
    """An agent with a narrow window."""
    return hire(viewport={"width": NARROW, "height": HEIGHTS[NARROW]})


def expect_harmless(page: Page, where: str) -> None:
    assert page.evaluate("() => window.ran") is None, f"a script ran in {where}"
    assert page.evaluate("() => document.querySelectorAll('iframe, base, object').length") == 0
    wide = overflow(page)
    assert not wide, f"{where} is wider than the window: {wide}"


def identifier(text: str) -> str:
    """What a phone system may give as the name of a queue: at most 256 bytes, and without NUL."""
    return text.replace("\x00", "?").encode()[:200].decode(errors="ignore")


def start_calls(office, desk: Desk, texts: list[str]) -> list:
    """A ringing call for each text, which is its number, its name and its queue."""
    calls = [office.new_call(text[:4000], desk.extension) for text in texts]
    offered = []
    for call, text in zip(calls, texts, strict=True):
        caller = {"number": text[:4000], "name": text[:4000]}
        offered.append(call.event("offered", **{"from": caller, "queue": identifier(text)}))
    office.send(*offered)
    return calls


@pytest.mark.parametrize("half", [0, 1])
def test_as_callers_on_cards_in_the_caller_region_and_in_recent_calls(desk, office, half):
    texts = STRINGS[half::2]
    calls = start_calls(office, desk, texts)
    panel, page = desk.panel, desk.page
    expect(panel.live_calls.get_by_role("article")).to_have_count(len(texts), timeout=30_000)
    if half == 0:
        expect(panel.live_calls).to_contain_text(PLAIN)
    expect_harmless(page, "the live calls")
    for _ in texts:
        page.keyboard.press("Alt+j")
        expect(panel.caller.get_by_role("heading", level=3)).to_be_visible()
        expect_harmless(page, f"the caller region of {panel.caller.inner_text()[:60]!r}")
    causes = [identifier(text) for text in texts]
    office.send(*[call.event("ended", cause=why) for call, why in zip(calls, causes, strict=True)])
    expect(panel.idle).to_be_visible(timeout=30_000)
    rows = panel.recent.get_by_role("listitem")
    expect(rows).to_have_count(len(texts))
    expect_harmless(page, "the recent calls")
    for row in (0, 3, len(texts) - 1):
        rows.nth(row).get_by_role("link").click()
        past = panel.region("Past call")
        expect(past.get_by_role("list", name="What happened")).to_be_visible()
        expect_harmless(page, "the past call with its timeline")


@pytest.fixture(scope="module")
def village(admin) -> dict:
    """An account with sixty contacts of hostile names, twenty to a number; its opportunities and cases."""
    account = create(admin, "accounts", name='Hostilia & Co. <img src=x onerror="window.ran=30">')
    numbers = [free_number(admin) for _ in range(0, len(STRINGS), 20)]
    for place, text in enumerate(STRINGS):
        name = text[:250]
        fields = {"lastName": f"{name} H", "accountId": account["id"]}
        fields |= {"phone": numbers[place // 20], "title": name, "description": text[:30_000]}
        create(admin, "contacts", **fields)
    victim = create(
        admin,
        "contacts",
        firstName=PLAIN,
        lastName="Victim",
        phone=free_number(admin),
        accountId=account["id"],
        otherPhone="javascript:window.ran=31",
    )
    about = {"accountId": account["id"], "contactId": victim["id"]}
    for text in STRINGS:
        create(admin, "opportunities", name=f"{text[:250]} H", stage="Proposal", **about)
        create(admin, "cases", subject=f"{text[:250]} H", status="New", **about)
    return {"account": account, "numbers": numbers, "victim": victim}


def test_as_contacts_in_the_list_of_matches_and_in_search_results(desk, office, village):
    panel, page = desk.panel, desk.page
    for number in village["numbers"]:
        call = office.new_call(number, desk.extension)
        call.report("offered")
        expect(panel.live_calls.get_by_role("article")).to_be_visible()
        # Whoever was searching is not pulled away by a call that rings.
        page.keyboard.press("Alt+j")
        panel.matches(20).click()
        expect(panel.caller.get_by_role("listitem")).to_have_count(20)
        expect_harmless(page, "the list of matches")
        panel.press("None of these")
        panel.search.fill("hostilia")
        expect(panel.results).to_be_visible()
        expect_harmless(page, "the search results")
        call.report("ended", cause="notAnswered")
        expect(panel.idle).to_be_visible(timeout=30_000)


def test_as_contacts_in_the_crms_lists_and_pages(desk, village):
    page, address = desk.page, desk.server.address
    for plural in ("contacts", "accounts", "opportunities", "cases"):
        page.goto(f"{address}/crm/{plural}")
        page.get_by_role("searchbox").fill("hostilia")
        expect(page.get_by_role("main").get_by_role("listitem").first).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(re.compile(r"records? found"))
        expect_harmless(page, f"the list of {plural}")
    for ref in (village["account"], village["victim"]):
        page.goto(f"{address}/crm/{ref['kind']}s/{ref['id']}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect_harmless(page, f"the page of the {ref['kind']}")
        page.goto(f"{address}/crm/{ref['kind']}s/{ref['id']}/edit")
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
        expect_harmless(page, f"the form of the {ref['kind']}")


def test_every_third_contact_on_its_own_page(desk, admin, village):
    page, address = desk.page, desk.server.address
    contacts = admin.get(f"records/accounts/{village['account']['id']}")["related"]["contacts"]
    assert len(contacts) == 61
    page.goto(f"{address}/crm/accounts/{village['account']['id']}")
    for contact in contacts[::3]:
        page.goto(f"{address}{contact['url']}")
        expect(page.get_by_role("heading", level=2, name="Details")).to_be_visible()
        expect_harmless(page, f"the page of {contact['name'][:60]!r}")


def test_as_records_in_the_callers_tabs_and_in_the_log(desk, office, admin, village):
    victim = admin.get(f"records/contacts/{village['victim']['id']}")["record"]
    number = next(field["value"] for field in victim["fields"] if field["name"] == "phone")
    call = office.new_call(number, desk.extension)
    call.report("offered")
    call.report("answered")
    panel, page = desk.panel, desk.page
    expect(panel.notes).to_be_visible()
    for tab in ("Opportunities", "Cases"):
        panel.tab(tab).click()
        expect(panel.tab_panel.get_by_role("listitem").first).to_be_visible()
        panel.rest.click()
        expect_harmless(page, f"the tab {tab}")
    for place in range(0, 20, 5):
        row = panel.tab_panel.get_by_role("listitem").nth(place).get_by_role("button")
        row.click()
        expect(row).to_have_attribute("aria-pressed", "true")
        expect_harmless(page, "the log's related record")
    panel.notes.fill("\n".join(text[:400] for text in STRINGS))
    expect(panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    expect_harmless(page, "the notes")
    page.reload()
    expect(panel.notes).to_have_value(re.compile(re.escape(PLAIN)))
    expect_harmless(page, "the notes after a reload")
    call.end()


@pytest.fixture(scope="module")
def chronicle(server, browser, admin) -> dict:
    """A contact with sixty filed logs of hostile subjects and notes."""
    about = {"displayName": f"{PLAIN} Agent", "role": "agent", "extensions": ["1970"]}
    admin.post("admin/people", {"id": "clerk", **about})
    clerk = Desk(server, browser, "clerk", "1970", server.api("clerk"))
    office = PhoneSystem(admin, "chronicle")
    number = free_number(admin)
    person = create(admin, "contacts", lastName="Chronicle", phone=number)
    for texts in (STRINGS[:30], STRINGS[30:]):
        calls = [office.new_call(number, clerk.extension) for _ in texts]
        office.send(*[call.event("offered") for call in calls])
        office.send(*[call.event("answered") for call in calls])
        write_logs(clerk, texts)
        office.send(*[call.event("ended", cause="completed") for call in calls])
        for call in clerk.api.desk()["calls"]:
            clerk.api.post(f"calls/{call['id']}/done")
    clerk.api.desk_where(lambda desk: all(each["log"] == "filed" for each in desk["recent"]))
    return {"person": person, "number": number, "clerk": clerk.name}


def write_logs(clerk: Desk, texts: list[str]) -> None:
    def have_logs(desk: dict) -> bool:
        return [bool(call.get("log")) for call in desk["calls"]] == [True] * len(texts)

    calls = clerk.api.desk_where(have_logs)["calls"]
    for call, text in zip(calls, texts, strict=True):
        body = {"version": call["log"]["version"], "notes": text[:32_000], "subject": text[:255]}
        clerk.api.patch(f"calls/{call['id']}/log", body)


def test_as_subjects_and_notes_of_filed_calls(hire, office, chronicle):
    clerk = hire(chronicle["clerk"], viewport={"width": NARROW, "height": HEIGHTS[NARROW]})
    panel, page = clerk.panel, clerk.page
    call = office.new_call(chronicle["number"], clerk.extension)
    call.report("offered")
    panel.rest.click()
    expect(panel.tab_panel.get_by_role("listitem")).to_have_count(50)
    expect_harmless(page, "the caller's activity")
    page.goto(f"{clerk.server.address}/crm/contacts/{chronicle['person']['id']}")
    expect(page.get_by_role("heading", level=2, name="Activity (60)")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(PLAIN)
    expect_harmless(page, "the timeline of the record")
    activities = clerk.activities_of(chronicle["person"])
    for activity in activities[::6]:
        page.goto(f"{clerk.server.address}{activity['url']}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect_harmless(page, f"the activity {activity['subject'][:60]!r}")
    call.end()


def test_as_rows_and_name_of_an_import(office_page, server):
    page = office_page
    # A file with NUL in it is no text file, and is refused as one.
    rows = [text[:250].replace('"', '""').replace("\x00", "?") for text in STRINGS]
    lines = ["First Name,Last Name,Mobile Phone,<img src=x onerror=window.ran=32>"]
    lines += [f'"{row}","{row}","{row}","{row}"' for row in rows]
    page.goto(f"{server.address}/crm/import")
    page.get_by_label("Choose a file").set_input_files(
        {
            "name": "<img src=x onerror=window.ran=33>.csv",
            "mimeType": "text/csv",
            "buffer": "\r\n".join(lines).encode(),
        }
    )
    expect(page.get_by_role("heading", level=1, name="Preview of <img")).to_be_visible()
    expect_harmless(page, "the preview of an import")
    page.get_by_role("button", name=re.compile(r"^Import \d+ rows?")).click()
    expect(page.get_by_role("heading", level=1, name="is imported")).to_be_visible(timeout=30_000)
    expect_harmless(page, "the report of an import")
    page.get_by_role("button", name="Undo this import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text(re.compile("were removed"))).to_be_visible(timeout=30_000)


@pytest.fixture
def hostile_settings(admin):
    before = admin.get("admin/call-log")
    texts = [text[:60].replace("\x00", "?") for text in STRINGS[:40]]
    admin.put("admin/call-log", {**before, "dispositions": texts, "excludedQueues": texts})
    yield
    version = admin.get("admin/call-log")["version"]
    admin.put("admin/call-log", {**before, "version": version})


def test_in_the_administration(office_page, server, hostile_settings, chronicle):
    page = office_page
    for name in ("people", "call-log", "health", "deliveries", "connections", "matching"):
        page.goto(f"{server.address}/admin/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Loading…")).to_be_hidden()
        expect_harmless(page, f"the administration's page {name}")
    page.get_by_role("textbox", name="Number as it would arrive").fill(chronicle["number"])
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("main").get_by_text("One match")).to_be_visible()
    expect_harmless(page, "trying a number")


@pytest.fixture
def office_page(hire) -> Page:
    """The administrator's narrow window."""
    return hire("admin", viewport={"width": NARROW, "height": HEIGHTS[NARROW]}).page


@pytest.mark.parametrize(
    "path, body",
    [
        ("demo/ring", {"number": MEGABYTE}),
        ("demo/ring", {"number": "1", "name": MEGABYTE}),
        ("records/contacts", {"fields": {"lastName": MEGABYTE}}),
        ("session/password", {"new": MEGABYTE}),
    ],
)
def test_a_megabyte_is_refused_in_words(desk, path, body):
    with pytest.raises(Refused) as refusal:
        desk.api.post(path, body)
    assert 400 <= refusal.value.status < 500
    assert desk.api.desk()["calls"] == []


def test_a_megabyte_of_notes_is_refused_in_words_and_stays_in_the_field(desk, office):
    """Twice as much as is saved, that is: the field takes no more."""
    desk.watch.expect("status of 4(13|22)")
    call = office.new_call("03023125042", desk.extension)
    call.report("offered")
    call.report("answered")
    panel = desk.panel
    panel.notes.fill(MEGABYTE)
    expect(panel.log.get_by_role("status")).to_contain_text("Not saved:")
    assert panel.notes.input_value() == MEGABYTE[:64_000]
    panel.notes.fill("Shorter.")
    expect(panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    call.end()


@pytest.mark.parametrize(
    "next_",
    ["javascript:window.ran=1", "//hostile.example", "/\\hostile.example", "https://a.example"],
)
def test_the_way_after_sign_in_stays_here(desk, next_):
    desk.page.goto(f"{desk.server.address}/sign-in?next={next_}")
    desk.page.wait_for_url(f"{desk.server.address}/")
    expect_harmless(desk.page, "the panel")
