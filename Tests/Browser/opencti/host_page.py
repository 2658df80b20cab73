"""A CRM's page of our own making, in whose frame the panel stands: it speaks Open CTI strictly.

Its files are in `host`. The browser gets them from the test and not over the network, so that the page has the address
that such a page has in life: on another site than the panel's, over HTTPS.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import chromium
from page_watch import PageWatch
from panel import Panel
from playwright.sync_api import Browser, BrowserContext, Page, Route

FILES = Path(__file__).parent / "host"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}

# The org whose page may frame the panel, and a site that may not.
ORG = "https://callmatch-dev-ed.lightning.force.com"
ELSEWHERE = "https://elsewhere.example"

PASSWORD = "correct horse battery"

SETTLED = 1500  # ms; windows agree far sooner on who opens a record

THIRD_PARTY_ALLOWED = {"profile": {"cookie_controls_mode": 0}}
THIRD_PARTY_BLOCKED = {"profile": {"cookie_controls_mode": 1}}
ALL_BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}

# Until a server with a connected CRM is under test: the desk of the built-in one looks like that of a CRM whose page may
# frame the panel.
CONNECTED = """(() => {
  const parse = JSON.parse;
  JSON.parse = (text, ...more) => {
    if (typeof text !== 'string') return parse(text, ...more);
    const value = parse(text.replaceAll('"crm":"callmatch"', '"crm":"org"'), ...more);
    if (value?.organisation?.crm) value.organisation.crm.openCTI = { version: VERSION };
    return value;
  };
  // What goes back to the server names the CRM that it has.
  const send = window.fetch;
  window.fetch = (address, options) => send(
    typeof address === 'string' ? address.replace('crm=org', 'crm=callmatch') : address,
    typeof options?.body === 'string'
      ? { ...options, body: options.body.replaceAll('"crm":"org"', '"crm":"callmatch"') } : options);
  Response.prototype.json = async function json() {
    return JSON.parse(await this.text());
  };
})()"""


@contextmanager
def window(browser: Browser, server, cookies: dict) -> Iterator[BrowserContext]:
    """A browser with settings for cookies of its own. They are part of a profile, which lies in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Default").mkdir()
        (Path(folder) / "Default" / "Preferences").write_text(json.dumps(cookies))
        # A page of the internet may not reach this computer's own addresses; here the server's counts as one of the
        # internet, as it is in life.
        space = "--ip-address-space-overrides=127.0.0.1:0=public"
        context = browser.browser_type.launch_persistent_context(
            folder,
            executable_path=chromium.PROGRAM,
            args=[*chromium.arguments(browser.browser_type), space],
            viewport={"width": 800, "height": 760},
        )
        context.clock.install()
        for origin in (ORG, ELSEWHERE):
            context.route(f"{origin}/**", _give)
        try:
            yield context
        finally:
            context.close()


def _give(route: Route) -> None:
    name = re.sub(r".*/|\?.*", "", route.request.url) or "host.html"
    file = FILES / name
    if not file.is_file():
        route.fulfill(status=404)
        return
    route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])


class Framed:
    """The panel of an agent inside the CRM's page."""

    def __init__(self, context: BrowserContext, server, watch: PageWatch):
        self.context = context
        self.server = server
        self.watch = watch
        self.page: Page | None = None
        self.panel: Panel | None = None

    def open(self, origin: str = ORG, version: int = 43, **settings) -> "Framed":
        """A further tab of the same browser, with the CRM's page."""
        tab = Framed(self.context, self.server, self.watch)
        tab.page = self.context.new_page()
        query = urlencode({"panel": f"{self.server.address}/", "version": version, **settings})
        tab.page.goto(f"{origin}/?{query}")
        tab.panel = Panel(tab.page.frame_locator("#panel"))
        return tab

    def connect(self, version: int = 43) -> None:
        """For tabs that are opened from now on."""
        self.context.add_init_script(CONNECTED.replace("VERSION", str(version)))

    @property
    def frame(self):
        return self.page.frame(url=re.compile(re.escape(f"{self.server.address}/")))

    def sign_in(self, name: str, password: str) -> None:
        self.panel.page.get_by_label("Sign-in name", exact=True).fill(name)
        self.panel.page.get_by_label("Password", exact=True).fill(password)
        self.panel.button("Sign in").click()

    def host(self, expression: str, *argument):
        """What this is on the CRM's page, `host` being what it knows."""
        return self.page.evaluate(f"(argument) => {expression}", *argument)

    def calls(self, *methods: str) -> list[dict]:
        """The arguments of what the panel asked for, in order."""
        calls = self.host("host.calls")
        return [call["args"] for call in calls if call["method"] in methods]

    def pops(self, count: int | None = None) -> list[dict]:
        """What the page was asked to open, once it is so many."""
        if count is not None:
            self.until(f"host.calls.filter((each) => each.method === 'screenPop').length >= {count}")
        return self.calls("screenPop")

    def until(self, expression: str) -> None:
        """Until this is so on the CRM's page."""
        self.page.wait_for_function(f"() => {expression}", timeout=10_000)

    def settle(self) -> None:
        """Lets time pass in which the panel would have opened whatever it means to."""
        self.context.clock.run_for(SETTLED)
        self.host("(host.isSettled = false)")
        self.frame.evaluate("() => parent.postMessage('settled', '*')")
        self.until("host.isSettled")

    def fire(self, method: str, response: dict) -> None:
        self.host("host.fire(...argument)", [method, response])

    @property
    def mistakes(self) -> list[str]:
        return self.host("host.mistakes")
