"""F34 and F38 in a browser: a caller's name in the panel, and a page of another site that reaches for it."""

import json
from collections.abc import Iterator

import pytest
from agents import Desk
from foreign_site import ForeignSite
from playwright.sync_api import Page, expect

FRAME = """(address) => new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.onload = resolve;
  frame.src = address;
  document.body.append(frame);
})"""
# A form whose only field is, name and value together, a JSON text.
FORM = """([address, text]) => new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.name = `answer ${document.forms.length}`;
  document.body.append(frame);
  const form = document.createElement('form');
  Object.assign(form, { action: address, method: 'post', enctype: 'text/plain', target: frame.name });
  const field = document.createElement('input');
  Object.assign(field, { name: text.slice(0, -2), value: text.slice(-2) });
  form.append(field);
  document.body.append(form);
  frame.onload = resolve;
  form.submit();
})"""
FETCH = """([address, text, mode]) => fetch(address, {
  method: 'POST', credentials: 'include', mode, body: text,
  headers: { 'content-type': mode === 'cors' ? 'application/json' : 'text/plain' },
}).then(() => 'sent', () => 'refused')"""
STREAM = """(address) => new Promise((resolve) => {
  const stream = new EventSource(address, { withCredentials: true });
  stream.addEventListener('desk', (event) => { stream.close(); resolve(event.data); });
  stream.onerror = () => { stream.close(); resolve('refused'); };
})"""
OWN = """([address, text]) => fetch(address, {
  method: 'POST', body: text, headers: { 'content-type': 'application/json', 'x-callmatch': '1' },
})"""
HEARD = """() => {
  window.heard = [];
  window.addEventListener('message', (event) => window.heard.push(event.data));
}"""
RING = "/api/v1/demo/ring"


@pytest.fixture
def site() -> Iterator[ForeignSite]:
    site = ForeignSite()
    yield site
    site.stop()


@pytest.fixture
def foreign(desk: Desk, site: ForeignSite) -> Page:
    """A page of another site in the browser in which the agent is signed in."""
    desk.watch.expect("request to elsewhere|frame-ancestors|status of 4|CORS|net::ERR|chrome-error")
    page = desk.context.new_page()
    page.goto(f"{site.page}/")
    return page


def frame_it(desk: Desk, foreign: Page, site: ForeignSite) -> None:
    with desk.context.expect_event("requestfailed") as failed:
        foreign.evaluate(FRAME, f"{desk.server.address}/")
    assert "BLOCKED_BY_RESPONSE" in failed.value.failure
    assert not [frame for frame in foreign.frames if frame.url.startswith(desk.server.address)]
    foreign.evaluate(FRAME, f"{site.target}/")
    (shown,) = [frame for frame in foreign.frames if frame.url.startswith(site.target)]
    assert shown.locator("body").inner_text() == "open"


def post_to_it(desk: Desk, foreign: Page, site: ForeignSite) -> None:
    """By a form and by fetch, so that the agent's phone would ring."""
    body = json.dumps({"number": "0176 5550100", "extension": desk.extension})
    for address in (site.target, desk.server.address):
        foreign.evaluate(FORM, [f"{address}{RING}", body])
        for mode in ("no-cors", "cors"):
            foreign.evaluate(FETCH, [f"{address}{RING}", body, mode])
    assert site.posted == [f"{body[:-2]}={body[-2:]}\r\n", body]
    assert desk.api.desk()["calls"] == []
    desk.page.evaluate(OWN, [RING, body])
    desk.api.desk_where(lambda picture: len(picture["calls"]) == 1)


def listen_to_it(desk: Desk, foreign: Page, site: ForeignSite) -> None:
    assert foreign.evaluate(STREAM, f"{site.target}/stream") == "open"
    assert foreign.evaluate(STREAM, f"{desk.server.address}/api/v1/desk/stream") == "refused"
    own = desk.page.evaluate(STREAM, "/api/v1/desk/stream")
    assert json.loads(own)["agent"]["id"] == desk.name


DIAL = {"methodName": "onClickToDial", "callId": 0, "apiVersion": 43, "apiType": "opencti"}


def send_it_messages(desk: Desk, foreign: Page, site: ForeignSite) -> None:
    """What a CRM's page sends that frames the panel, to a panel in a window of its own."""
    with desk.context.expect_page() as opening:
        foreign.evaluate("(address) => { window.panel = window.open(address); }", f"{desk.server.address}/")
    panel = opening.value
    expect(panel.get_by_role("region", name="Live calls", exact=True)).to_be_visible()
    panel.evaluate(HEARD)
    for message in ({**DIAL, "response": {"number": "030 23125042"}}, {**DIAL, "response": None}, "opencti", None):
        foreign.evaluate("(message) => window.panel.postMessage(message, '*')", message)
    panel.wait_for_function("() => window.heard.length === 4")
    # This comes after whatever the messages could have caused.
    desk.api.post("demo/ring", {"number": "0176 5550100", "extension": desk.extension})
    desk.api.desk_where(lambda picture: len(picture["calls"]) == 1)
    assert [call["direction"] for call in desk.api.desk()["calls"]] == ["inbound"]


ACTS = [frame_it, post_to_it, listen_to_it, send_it_messages]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_f38_a_foreign_page(desk: Desk, foreign: Page, site: ForeignSite, act):
    """A page of another site frames the panel, posts to it, opens its stream, and sends it messages, in the browser in
    which the agent is signed in.

    Expected: all four are refused, and nothing rings.
    Control: the same page does it to a server without defence, and the panel's own page may; the messages do arrive.
    """
    act(desk, foreign, site)


NAMES = {
    "the other direction": "\u202eGRACE",
    "markup": '<img src=x onerror="window.ran=1">',
    "an attribute's end": '"><svg onload=window.ran=1>',
    "an address": "javascript:window.ran=1",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_shown_as_text_alone_in_its_direction(desk: Desk, office, kind: str):
    """The other half of F34."""
    number, name = "+4917655506399", NAMES[kind]
    call = office.new_call(number, desk.extension)
    call.report("offered", **{"from": {"number": number, "name": name}})
    shown = desk.panel.live_calls.get_by_text(name.strip("\u202e")).first
    expect(shown).to_be_visible()
    assert shown.evaluate("(element) => getComputedStyle(element).unicodeBidi") == "isolate"
    assert desk.page.evaluate("() => window.ran") is None
    call.end()
