"""An agent whose panel stands inside a CRM's page connects the agent's own user of the CRM, in a tab beside it."""

import re
from collections.abc import Iterator

import pytest
from callmatch_server import API, Server
from customers import ADA
from host_page import ALL_BLOCKED, ORG, PASSWORD, THIRD_PARTY_BLOCKED, Framed
from phone_system import set_phone_rules
from playwright.sync_api import Page, expect
from salesforce_crm import Salesforce

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("salesforce")]


@pytest.fixture(scope="module")
def crm() -> Iterator[Salesforce]:
    """Each agent asks the org with a token of the agent's own."""
    crm = Salesforce(agents="own", users=None)
    yield crm
    crm.stop()


@pytest.fixture(scope="module")
def server(program: str, crm: Salesforce, tmp_path_factory) -> Iterator[Server]:
    server = Server(program, tmp_path_factory.mktemp("framed-consent") / "data")
    server.environment = {"CALLMATCH_FRAME_ANCESTORS": ORG}
    crm.start(server)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def admin(server: Server) -> API:
    admin = server.api("admin")
    set_phone_rules(admin)
    return admin


@pytest.fixture
def cookies(request) -> dict:
    return getattr(request, "param", THIRD_PARTY_BLOCKED)


@pytest.fixture
def no_cookies_in_frames(server: Server) -> dict:
    """The browser keeps none for the frame, and those of the server's own tabs."""
    only = {f"{server.address},{server.address}": {"setting": 1}}
    blocked = {"default_content_setting_values": {"cookies": 2}}
    return {"profile": blocked | {"content_settings": {"exceptions": {"cookies": only}}}}


@pytest.fixture
def panel_page(crm_page, agent, crm) -> Framed:
    """The panel of an agent who has no user of the org yet."""
    crm_page.watch.expect(f"request to elsewhere: {re.escape(crm.org.url)}/")
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    tab.panel.idle.wait_for()
    return tab


def consent(agent) -> str:
    return agent.api.desk()["organisation"]["crm"]["consent"]["state"]


def connect(framed: Framed) -> Page:
    """The tab that the frame opens."""
    with framed.context.expect_page() as opening:
        framed.panel.page.locator("#crm-bars").get_by_role("button", name="Connect Salesforce").click()
    tab = opening.value
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    return tab


def decide(tab: Page, decision: str, user: str) -> None:
    tab.get_by_role("combobox", name="Username").select_option(user)
    tab.get_by_role("button", name=decision, exact=True).click()


def goes_through(framed: Framed, agent, crm: Salesforce, looks=None) -> None:
    """From the button in the frame to a caller with a name there."""
    agent.ring(ADA.number)
    expect(framed.panel.page.get_by_text("Lovelace")).to_be_hidden()
    tab = connect(framed)
    name = agent.api.desk()["agent"]["displayName"]
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"Connect Salesforce for {name}?")
    assert "#" not in tab.url
    assert tab.evaluate("() => [opener, document.referrer]") == [None, ""]
    if looks:
        looks.at(tab, "connect-question")
    tab.get_by_role("button", name="Continue").click()
    decide(tab, "Allow", crm.users[agent.name])
    expect(tab.get_by_role("heading", name="Salesforce is connected")).to_be_visible()
    expect(tab.get_by_text("You can close this page")).to_be_visible()
    if looks:
        looks.at(tab, "connect-connected")
    tab.close()
    # The frame shows it by itself; while the phone rings, its bars stay where they are.
    expect(framed.panel.call(ADA.name)).to_be_visible()
    framed.panel.answer()
    expect(framed.panel.page.locator("#crm-bars").get_by_role("button", name="Connect")).to_be_hidden()
    assert consent(agent) == "given"


def test_with_the_frames_cookies_kept_apart(panel_page, agent, crm, looks):
    goes_through(panel_page, agent, crm, looks)


class TestWithoutCookiesInFrames:
    @pytest.fixture
    def cookies(self, no_cookies_in_frames) -> dict:
        return no_cookies_in_frames

    def test_a_token_in_the_frames_memory_asks_for_the_ticket(self, panel_page, agent, crm):
        status = panel_page.frame.evaluate("async () => (await fetch('/api/v1/session')).status")
        assert status == 401, "the frame has a cookie"
        goes_through(panel_page, agent, crm)


@pytest.mark.parametrize("cookies", [ALL_BLOCKED], indirect=True, ids=["no-cookies"])
def test_a_browser_without_any_cookie_is_told(panel_page, agent, looks):
    """Nobody could tell who comes back from the org, so nobody is sent there."""
    tab = connect(panel_page)
    expect(tab.get_by_role("heading", name="Cookies are needed for this")).to_be_visible()
    looks.at(tab, "connect-no-cookies")
    assert consent(agent) == "missing"


def test_who_was_sent_the_page_connects_nothing(panel_page, agent, crm_page):
    tab = connect(panel_page)
    tab.get_by_role("button", name="This is not me").click()
    expect(tab.get_by_role("heading", name="Nothing was connected")).to_be_visible()
    tab.reload()
    expect(tab.get_by_role("heading", name="This page cannot be used")).to_be_visible()
    assert consent(agent) == "missing"


def test_the_page_of_another_agent_is_refused_in_ones_own_browser(panel_page, hire, crm_page, looks):
    """A colleague's tab that somebody sent a link to."""
    sent = panel_page.frame.evaluate(
        "async () => (await fetch('/api/v1/crm/consent/tickets',"
        " { method: 'POST', headers: { 'x-callmatch': '1' } })).json()"
    )
    colleague = hire()
    colleague.watch.expect("status of 409")
    page = colleague.context.new_page()
    page.goto(f"{colleague.server.address}/connect/crm/tab#{sent['ticket']}")
    expect(page.get_by_role("heading", name="This was opened for somebody else")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_hidden()
    looks.at(page, "connect-somebody-else")
    assert consent(colleague) == "missing"


def test_a_tab_that_the_browser_blocks_is_a_link_at_the_second_press(panel_page, agent, crm):
    bars = panel_page.panel.page.locator("#crm-bars")
    panel_page.frame.evaluate("() => { window.open = () => null; }")
    bars.get_by_role("button", name="Connect Salesforce").click()
    expect(bars.get_by_role("alert")).to_have_text("Your browser did not open the tab. Press it once more.")
    with panel_page.context.expect_page() as opening:
        bars.get_by_role("link", name="Connect Salesforce").click()
    expect(opening.value.get_by_role("button", name="Continue")).to_be_visible()
    expect(bars.get_by_role("button", name="Connect Salesforce")).to_be_visible()
    expect(bars.get_by_role("alert")).to_be_hidden()


def test_who_denies_is_told_and_can_still_say_yes(panel_page, agent, crm):
    panel_page.watch.expect(r"status of 400 .*/connect/crm/callback")
    tab = connect(panel_page)
    tab.get_by_role("button", name="Continue").click()
    decide(tab, "Deny", crm.users[agent.name])
    expect(tab.get_by_role("heading", name="Salesforce is not connected")).to_be_visible()
    assert consent(agent) == "missing"
    tab.close()
    goes_through(panel_page, agent, crm)
