"""What the panel and *Connections* say of a CRM that the server is connected to."""

import re

import pytest
from agents import Desk
from customers import ADA, create, free_number
from playwright.sync_api import Page, expect
from retold import answer, retell_desk, tell

CRM = {"name": "Kontor CRM", "addsNumbers": False, "notice": None, "asOf": None}
CRM |= {"newContact": "/connect/new/contact", "newLead": "/connect/new/lead"}
GIVEN = {"state": "given", "user": "Dora Meier", "text": None}
MISSING = {"state": "missing", "user": None, "text": "Kontor CRM does not know you yet."}
EXPIRED = {"state": "expired", "user": None, "text": "Kontor CRM has ended your connection."}
LONG = "Bürogemeinschaft " * 8 + "מערכת לניהול קשרי לקוחות بعيدة جدا"


@pytest.fixture
def desk(hire) -> Desk:
    """A new agent, whose panel is told of another CRM."""
    desk = hire(signed_in=False)
    sign_in(desk)
    return desk


def sign_in(desk: Desk) -> None:
    desk.sign_in()
    retell_desk(desk.context)
    desk.page.reload()
    expect(desk.panel.live_calls).to_be_visible()
    desk.page.wait_for_function("() => document.getElementById('menu-button')?.disabled === false")
    told(desk, consent=GIVEN)


def told(desk: Desk, call: dict | None = None, **changes) -> None:
    tell(desk.page, crm=CRM | changes, call=call)


def asking(number: str) -> dict:
    """A call while the CRM is asked whom the agent may see."""
    match = {"outcome": "checking", "count": 0, "truncated": False, "candidates": []}
    return {"match": match, "person": None, "title": number, "company": None}


def top(page: Page, selector: str) -> float:
    return page.locator(selector).evaluate("(each) => each.getBoundingClientRect().top + scrollY")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_caller_who_is_asked_for(desk, admin, looks, width):
    """The room of the answer is kept, also of one that has a line more: who last spoke to the caller."""
    page, panel, number = desk.page, desk.panel, sonja(admin)
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/related?*", lambda route: None)  # what belongs to her is still on its way
    for has_spoken in (False, True):
        told(desk, asking(number), consent=GIVEN)
        desk.ring(number)
        expect_asking(desk, number)
        if has_spoken:
            looks.at(page, "ringing-asking")
        before = top(page, "#call-log")
        told(desk, consent=GIVEN)
        expect(panel.person_heading("Sonja Kowalewska", "Contact")).to_be_visible()
        expect(panel.caller.get_by_text("last spoke to this person")).to_have_count(int(has_spoken))
        moved = top(page, "#call-log") - before
        assert abs(moved) <= 24, moved
        panel.answer()
        panel.finish()


def sonja(admin) -> str:
    """The number of a new contact to whom nobody has spoken, with everything that a caller can have."""
    number = free_number(admin)
    mill = create(admin, "accounts", name="Analytical Windmills GmbH")
    about = {"firstName": "Sonja", "lastName": "Kowalewska", "title": "Head of Computation"}
    about["owner"] = "Cleo Marchetti"
    create(admin, "contacts", **about, phone=number, accountId=mill["id"])
    return number


def expect_asking(desk: Desk, number: str) -> None:
    page, panel = desk.page, desk.panel
    expect(panel.caller).to_contain_text("Asking Kontor CRM whom you may see…")
    expect(page).to_have_title(f"{number} is calling")
    expect(page.locator("#announcements")).to_have_text(f"Incoming call from {number}")
    expect(panel.search).to_be_visible()
    for name in ("New contact", "New lead"):
        expect(panel.button(name)).to_be_hidden()
    expect(panel.caller).not_to_contain_text("No contact or lead")


def test_the_answer_comes_while_ringing(desk, looks):
    told(desk, asking("+49 30 23125042"), consent=GIVEN)
    desk.ring(ADA.number)
    expect(desk.panel.caller).to_contain_text("Asking Kontor CRM")
    told(desk, consent=GIVEN)
    expect(desk.panel.person_heading(ADA.name, "Contact")).to_be_visible()
    looks.at(desk.page, "ringing-answered")
    expect(desk.page).to_have_title("Ada Lovelace is calling")
    said = "Incoming call from Ada Lovelace, Analytical Engines GmbH"
    expect(desk.page.locator("#announcements")).to_have_text(said)


def test_the_answer_comes_while_talking(desk, looks):
    told(desk, asking("+49 30 23125042"), name=LONG, consent=GIVEN)
    desk.ring(ADA.number)
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    expect(desk.panel.caller).to_contain_text("Asking Büro")
    for part in (desk.panel.person, desk.panel.related):
        expect(part).to_contain_text("Being looked up…")
    looks.at(desk.page, "talking-asking-long-name")
    told(desk, consent=GIVEN)
    said = desk.page.locator("#announcements")
    expect(said).to_have_text("The caller is Ada Lovelace, Analytical Engines GmbH")


def test_a_caller_of_whom_the_crm_says_nothing(desk, looks):
    unchecked = asking("+49 30 23125042")
    unchecked["match"]["outcome"] = "unchecked"
    notice = "Kontor CRM cannot say now whom you may see. Names come back by themselves."
    told(desk, unchecked, notice=notice, consent=GIVEN)
    desk.ring(ADA.number)
    expect(desk.panel.caller).to_contain_text("The name comes by itself when it can.")
    expect(desk.panel.search).to_be_visible()
    looks.at(desk.page, "ringing-unchecked")
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    looks.at(desk.page, "talking-unchecked")


def test_a_notice_and_a_consent(desk, looks):
    page = desk.page
    notice = "Kontor CRM does not answer as it should. Names are as it told them last."
    told(desk, notice=notice, asOf="2026-11-25T14:02:00Z", consent=GIVEN)
    bars = page.locator("#crm-bars")
    expect(bars).to_contain_text(f"{notice} As of ")
    looks.at(page, "crm-notice")
    told(desk, notice=notice, asOf="2026-11-25T14:02:00Z", consent=MISSING)
    expect(bars).to_contain_text(MISSING["text"])
    looks.at(page, "crm-notice-and-consent")
    told(desk, name=LONG, notice=LONG, consent=EXPIRED | {"text": LONG})
    looks.at(page, "crm-bars-long")
    told(desk, consent=EXPIRED)
    expect(bars).to_have_text(re.compile(r"ended your connection\. ?Connect Kontor CRM"))
    expect(bars.get_by_role("button")).to_have_count(0)
    link = bars.get_by_role("link", name="Connect Kontor CRM")
    expect(link).to_have_attribute("href", "/connect/crm")
    told(desk, consent=MISSING)
    bars.get_by_role("button", name="Dismiss").click()
    expect(bars).to_have_text("")
    page.reload()
    expect(desk.panel.live_calls).to_be_visible()
    told(desk, consent=MISSING)
    expect(bars).to_have_text("")
    told(desk, consent=EXPIRED)
    expect(bars).to_contain_text(EXPIRED["text"])


def test_no_bar_comes_while_it_rings(desk):
    desk.ring(ADA.number)
    expect(desk.panel.button("Answer")).to_be_visible()
    told(desk, notice="Names are old.", consent=GIVEN)
    expect(desk.page.locator("#crm-bars")).to_have_text("")
    desk.panel.answer()
    expect(desk.page.locator("#crm-bars")).to_have_text("Names are old.")


@pytest.mark.parametrize(
    "state, text",
    [
        ("notNeeded", "nothing for you to do"),
        ("given", "Connected as Dora Meier."),
        ("missing", "Not connected."),
        ("expired", "Not connected any more."),
    ],
)
def test_the_consent_in_the_settings(desk, looks, state, text):
    consents = {"given": GIVEN, "missing": MISSING, "expired": EXPIRED}
    consent = consents.get(state, {"state": state, "user": None, "text": None})
    told(desk, consent=consent)
    part = open_settings(desk)
    expect(part).to_contain_text(text)
    connect = part.get_by_role("link", name="Connect Kontor CRM")
    expect(connect).to_have_count(1 if state in ("missing", "expired") else 0)
    expect(part.get_by_role("button")).to_have_count(1 if state == "given" else 0)
    looks.at(desk.page, f"settings-consent-{state}")


def test_a_consent_is_taken_back(desk, looks):
    page = desk.page
    sent = []
    refusal = {"title": "Kontor CRM did not do it", "detail": "It says: try again tomorrow."}

    def withdraw(route) -> None:
        sent.append(route.request.method)
        if len(sent) == 1:
            route.fulfill(status=502, content_type="application/problem+json", json=refusal)
        else:
            route.fulfill(status=204)

    page.route("**/api/v1/crm/consent", withdraw)
    desk.watch.expect("status of 502")
    part = open_settings(desk)
    part.get_by_role("button", name="Disconnect Kontor CRM").click()
    keep = part.get_by_role("button", name="Stay connected")
    expect(keep).to_be_focused()
    keep.click()
    part.get_by_role("button", name="Disconnect Kontor CRM").click()
    end = part.get_by_role("button", name="Disconnect", exact=True)
    end.click()
    expect(part.get_by_role("alert")).to_contain_text("Kontor CRM did not do it")
    expect(part.get_by_role("alert")).to_contain_text("It says: try again tomorrow.")
    looks.at(page, "settings-consent-refused")
    end.click()
    expect(end).to_be_hidden()
    told(desk, consent=MISSING)
    expect(part).to_contain_text("Not connected.")
    assert sent == ["DELETE", "DELETE"]


def open_settings(desk: Desk):
    desk.panel.press("Menu")
    desk.page.get_by_role("button", name="Settings", exact=True).last.click()
    return desk.page.get_by_role("dialog").get_by_role("region", name="Kontor CRM")


def test_numbers_are_not_added(desk, admin):
    desk.ring(free_number(admin))
    panel = desk.panel
    panel.search.fill("lovelace")
    expect(panel.choice(ADA.name)).to_be_visible()
    expect(panel.button("Add to contact")).to_have_count(0)
    told(desk, addsNumbers=True, consent=GIVEN)
    expect(panel.button("Add to contact").first).to_be_visible()


def test_related_records_that_are_old(desk, looks):
    asked = []

    def age(body: dict) -> None:
        body["asOf"] = "2026-11-25T14:02:00Z" if len(asked) < 1 else None
        asked.append(body)

    answer(desk.page, "**/related?*", age)
    desk.ring(ADA.number)
    panel = desk.panel
    expect(panel.tab_panel).to_contain_text("Kontor CRM does not answer. This is its answer of")
    expect(panel.tab_panel.get_by_role("listitem").first).to_be_visible()
    looks.at(desk.page, "related-old")
    panel.tab_panel.get_by_role("button", name="Try again").click()
    expect(panel.tab_panel).not_to_contain_text("does not answer")
    expect(panel.tab_panel.get_by_role("listitem").first).to_be_visible()


def test_related_records_that_cannot_be_had(desk, looks):
    problem = {"title": "Kontor CRM did not answer", "detail": "It says: the org is asleep."}
    refused = {"status": 502, "content_type": "application/problem+json", "json": problem}
    desk.page.route("**/related?*", lambda route: route.fulfill(**refused))
    desk.watch.expect("status of 502")
    desk.ring(ADA.number)
    expect(desk.panel.tab_panel).to_contain_text("It says: the org is asleep.")
    looks.at(desk.page, "related-refused")
    desk.page.unroute("**/related?*")
    desk.panel.tab_panel.get_by_role("button", name="Try again").click()
    expect(desk.panel.tab_panel.get_by_role("listitem").first).to_be_visible()


def test_records_are_named_with_their_crm(desk):
    with desk.page.expect_request("**/related?*") as related:
        desk.ring(ADA.number)
    assert "crm=callmatch" in related.value.url
    desk.panel.answer()
    desk.panel.tab("Opportunities").click()
    with desk.page.expect_request("**/related") as chosen:
        desk.panel.tab_panel.get_by_role("listitem").get_by_role("button").first.click()
    assert chosen.value.post_data_json["record"]["crm"] == "callmatch"


def test_looked_for_again(desk, admin):
    """After a new record the caller is looked for once, and again only a while later."""
    page, panel, sent = desk.page, desk.panel, []
    page.route("**/look-again", lambda route: (sent.append(1), route.fulfill(status=204)))
    blank = {"body": "", "content_type": "text/html"}
    desk.context.route("**/connect/new/*", lambda route: route.fulfill(**blank))
    call = desk.ring(free_number(admin))
    come_back(page)
    with page.expect_popup() as new:
        panel.button("New contact").click()
    with page.expect_request(f"**/calls/{call}/look-again"):
        new.value.close()
        come_back(page)
    come_back(page)
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    assert len(sent) == 1
    with page.expect_request(f"**/calls/{call}/look-again", timeout=6000):
        pass
    assert len(sent) <= 2


def come_back(page: Page) -> None:
    page.evaluate("() => { dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus')); }")


GREEN = {"name": "kontor", "product": "Kontor CRM", "state": "green", "text": "It answers."}
GREEN |= {"people": 200123, "expected": 200000, "loading": False, "lagSeconds": 12}
GREEN |= {"lastCompleteAt": "2026-11-25T14:02:00Z", "everySeconds": 60, "requests": 312}
GREEN |= {"usedToday": 1204, "allowedToday": 100000, "withoutUser": []}
GREEN |= {"callRequests": {"calls": 50, "people": 52, "lookUps": 9, "logs": 50}}
NO_CALL = {"calls": 0, "people": 0, "lookUps": 0, "logs": 0}
LOADING = GREEN | {"state": "loading", "loading": True, "people": 120000, "lagSeconds": None}
LOADING |= {"callRequests": NO_CALL, "lastCompleteAt": None, "text": "People come in for the first time."}
RED = GREEN | {"state": "red", "lagSeconds": 9000, "usedToday": 97500}
RED |= {"text": "It refuses the connection's key (invalid_grant). Make a new one in its settings."}
RED |= {"withoutUser": ["Dora Meier", "Wiebke Petersen", "שרה כהן", "Freifrau von " + "Lang" * 20]}
BAD = GREEN | {"product": LONG, "expected": None, "loading": True, "state": "loading"}
BAD |= {"usedToday": None, "allowedToday": None, "text": LONG}
# By the same names: whether what was filed was compared with the CRM, and what the page says.
COMPARED = {
    "green": ({"comparedAt": "2026-11-25T14:02:00Z"}, "Logged calls were compared with Kontor CRM: "),
    "loading": ({}, "Logged calls are being compared with Kontor CRM."),
    "red": ({"comparedAt": "2026-11-25T14:02:00Z", "problem": RED["text"]}, RED["text"]),
    "long": ({"problem": LONG}, "counts without its word"),
}


@pytest.mark.parametrize(
    "name, crms",
    [("none", []), ("green", [GREEN]), ("loading", [LOADING]), ("red", [RED]), ("long", [BAD])],
)
def test_connections_and_health(hire, looks, name, crms):
    office = hire("admin")
    page = office.page
    compared, says = COMPARED.get(name, (None, None))
    about = {"crms": crms} if compared is None else {"crms": crms, "filedLogs": compared}
    answer(page, "**/api/v1/admin/health", lambda body: body.update(about))
    page.goto(f"{office.server.address}/admin/connections")
    expect(page.get_by_role("heading", level=2, name="Phone systems")).to_be_visible()
    if not crms:
        expect(page.locator("main")).to_contain_text("The built-in CRM is used.")
    for crm in crms:
        is_new = crm["callRequests"] == NO_CALL
        taken = "is shown when the first one is done" if is_new else "2.2 requests per call (last 50 calls)"
        expect(page.locator("main")).to_contain_text(taken)
        is_nearly_used_up = (crm["usedToday"] or 0) >= 90_000
        expect(page.get_by_text("Nearly used up.")).to_have_count(int(is_nearly_used_up))
    if name == "green":
        expect(page.locator("main")).to_contain_text("Up to 1 minute behind (now 12 seconds)")
        expect(page.locator("main")).to_contain_text("1,204 of today’s 100,000 requests used")
    looks.at(page, f"admin-connections-crm-{name}")
    page.goto(f"{office.server.address}/admin/health")
    expect(page.get_by_role("heading", level=2, name="Server")).to_be_visible()
    today = page.locator("section", has=page.get_by_role("heading", name="Calls today"))
    if says:
        expect(today).to_contain_text(says)
    else:
        expect(today).not_to_contain_text("ompared with")
    looks.at(page, f"admin-health-crm-{name}")


def test_the_first_load_is_followed(hire):
    office = hire("admin")
    page, counts = office.page, iter((120000, 150000))
    answer(
        page,
        "**/api/v1/admin/health",
        lambda body: body.update(crms=[LOADING | {"people": next(counts, 160000)}]),
    )
    page.goto(f"{office.server.address}/admin/connections")
    expect(page.locator("main")).to_contain_text("120,000 of about 200,000 people")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("main")).to_contain_text("150,000 of about 200,000 people")
