"""Signing in inside a CRM's page, whatever the browser does with cookies."""

import re
from collections.abc import Iterator

import pytest
import requests
from cookie_echo import CookieEcho
from customers import ADA
from host_page import (
    ALL_BLOCKED,
    ELSEWHERE,
    ORG,
    PASSWORD,
    THIRD_PARTY_ALLOWED,
    THIRD_PARTY_BLOCKED,
)
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("audited")

EVERY_COOKIE_BLOCKED = pytest.mark.parametrize("cookies", [ALL_BLOCKED], ids=["no-cookies"])


@pytest.fixture
def echo() -> Iterator[CookieEcho]:
    echo = CookieEcho()
    yield echo
    echo.stop()


@pytest.mark.parametrize(
    "cookies, arriving",
    [
        (THIRD_PARTY_ALLOWED, {"plain", "__Host-s"}),
        (THIRD_PARTY_BLOCKED, {"__Host-s"}),
        (ALL_BLOCKED, set()),
    ],
    ids=["allowed", "third-party-blocked", "all-blocked"],
)
def test_which_cookies_arrive_from_the_frame(crm_page, agent, echo, arriving):
    """That the browser of these tests does block them, and that ours is not of the blocked kind."""
    crm_page.watch.expect("request to elsewhere")
    plain = {"name": "plain", "value": "1", "domain": "127.0.0.1", "path": "/"}
    crm_page.context.add_cookies([{**plain, "secure": True, "sameSite": "None"}])
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    tab.host(
        """new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.src = argument;
          frame.onload = resolve;
          document.body.append(frame);
        })""",
        f"{echo.address}/framed",
    )
    assert set(re.findall(r"([\w-]+)=", echo.cookies["/framed"])) == arriving
    # A tab of its own has no part in the frame's session.
    page = crm_page.context.new_page()
    page.goto(f"{echo.address}/tab")
    assert "__Host-s=" not in echo.cookies["/tab"]
    page.close()


def test_where_the_cookie_is_kept_there_is_no_token(crm_page, agent):
    tab = crm_page.open()
    headers = headers_after(tab, lambda: tab.sign_in(agent.name, PASSWORD))
    assert not any("authorization" in each for each in headers)
    tab.page.reload()
    expect(tab.panel.idle).to_be_visible()


def headers_after(tab, act) -> list[dict]:
    """Of the panel's requests until the desk is there."""
    found = []
    tab.page.on("request", lambda request: "/api/" in request.url and found.append(request))
    act()
    expect(tab.panel.idle).to_be_visible()
    return [request.headers for request in found]


@EVERY_COOKIE_BLOCKED
def test_without_any_cookie_a_token_in_memory_does_it(crm_page, agent):
    crm_page.connect()
    tab = crm_page.open()
    headers = headers_after(tab, lambda: tab.sign_in(agent.name, PASSWORD))
    assert headers[-1]["authorization"].startswith("Bearer ")
    expect(tab.panel.page.get_by_text("You sign in again")).to_be_visible()
    agent.ring(ADA.number)
    tab.pops(1)
    tab.panel.answer()
    tab.panel.notes.fill("Over a stream that is fetched.")
    expect(tab.panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    # No page and no disk has the token: the next page asks again, and shows nobody twice.
    tab.page.reload()
    expect(tab.panel.button("Sign in")).to_be_visible()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.notes).to_have_value("Over a stream that is fetched.")
    tab.settle()
    assert tab.pops() == []


@EVERY_COOKIE_BLOCKED
def test_a_fetched_stream_comes_back_after_the_server_was_away(crm_page, agent, server):
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    tab.watch.expect("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY")
    server.kill()
    expect(tab.panel.page.get_by_text("Connection lost")).to_be_visible()
    server.start()
    expect(tab.panel.page.get_by_text("Connection is back")).to_be_visible(timeout=20_000)
    agent.ring(ADA.number)
    expect(tab.panel.call(ADA.name)).to_be_visible()


@pytest.mark.parametrize("cookies", [THIRD_PARTY_BLOCKED, ALL_BLOCKED], ids=["cookies", "no-cookies"])
def test_a_session_that_ends_keeps_what_is_typed(crm_page, agent, admin):
    crm_page.watch.expect("status of 401")
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    agent.ring(ADA.number)
    tab.panel.answer()
    tab.panel.notes.fill("Saved before.")
    expect(tab.panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    # A new password ends all other sessions.
    agent.api.post("session/password", {"current": PASSWORD, "new": PASSWORD})
    tab.panel.notes.fill("Typed while nobody knew who this is.")
    expect(tab.panel.page.get_by_text("Your text is still here")).to_be_visible()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.button("Sign in")).to_be_hidden()
    expect(tab.panel.log.get_by_text("Saved", exact=True)).to_be_visible()
    assert agent.api.desk()["calls"][0]["log"]["notes"] == "Typed while nobody knew who this is."


@pytest.mark.parametrize("cookies", [THIRD_PARTY_BLOCKED, ALL_BLOCKED], ids=["cookies", "no-cookies"])
def test_signing_out_leaves_the_form_and_nothing_else(crm_page, agent):
    crm_page.watch.expect("status of 401")
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    agent.ring(ADA.number)
    expect(tab.panel.call(ADA.name)).to_be_visible()
    tab.panel.press("Menu")
    tab.panel.button("Sign out").click()
    expect(tab.panel.button("Sign in")).to_be_visible()
    expect(tab.panel.page.get_by_text(ADA.name)).to_be_hidden()
    # It is the same panel to the CRM's page.
    assert "sfdcIframeOrigin=" in tab.frame.evaluate("() => location.search")


@pytest.mark.parametrize("cookies", [THIRD_PARTY_BLOCKED, ALL_BLOCKED], ids=["cookies", "no-cookies"])
def test_who_has_a_link_only_signs_in_by_it(crm_page, hire, server):
    agent = hire(signed_in=False)
    crm_page.watch.expect("status of 401")
    tab = crm_page.open()
    panel = tab.panel
    panel.button("Use a sign-in link").click()
    field = panel.page.get_by_role("textbox", name="Sign-in link")
    expect(field).to_be_focused()
    link, used = server.link(agent.name), server.link(agent.name)
    requests.get(used, allow_redirects=False, timeout=20)
    for typed, said in [("hello", "This is no sign-in link."), (used, "This link is used up")]:
        field.fill(typed)
        panel.button("Sign in").click()
        expect(panel.page.get_by_role("alert")).to_contain_text(said)
        expect(field).to_be_focused()
    field.fill(link)
    panel.button("Sign in").click()
    expect(panel.idle).to_be_visible()
    agent.ring(ADA.number)
    expect(panel.call(ADA.name)).to_be_visible()


def test_a_wrong_password_is_said_and_the_name_stays(crm_page, agent):
    crm_page.watch.expect("status of 401")
    tab = crm_page.open()
    tab.sign_in(agent.name, "not " + PASSWORD)
    expect(tab.panel.page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(tab.panel.page.get_by_label("Sign-in name", exact=True)).to_have_value(agent.name)
    expect(tab.panel.page.get_by_label("Password", exact=True)).to_be_focused()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()


def test_a_page_that_is_not_configured_may_not_frame_the_panel(crm_page):
    crm_page.watch.expect("frame-ancestors|ERR_BLOCKED_BY_RESPONSE|chrome-error|elsewhere.example")
    with crm_page.context.expect_event("requestfailed") as failed:
        tab = crm_page.open(ELSEWHERE)
    assert "BLOCKED_BY_RESPONSE" in failed.value.failure
    assert tab.host("host.calls") == []


def test_the_address_is_kept_through_the_sign_in_page(visitor, agent):
    """A panel that the CRM opens in a window of its own."""
    page, watch = visitor
    watch.expect("status of 401")
    search = f"?sfdcIframeOrigin={ORG}&mode=Lightning"
    page.goto(f"{agent.server.address}/{search}&open=nothing")
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_label("Sign-in name", exact=True).fill(agent.name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    watch.expect("status of 404")
    expect(page.get_by_text("No call right now")).to_be_visible()
    page.wait_for_url(lambda url: "open=" not in url)
    assert page.evaluate("() => new URLSearchParams(location.search).get('sfdcIframeOrigin')") == ORG
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in.*sfdcIframeOrigin"))
    expect(page.get_by_text("You were signed out")).to_be_hidden()
