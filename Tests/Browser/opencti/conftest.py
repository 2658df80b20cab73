"""The panel inside a CRM's page, in a browser that blocks cookies as people's browsers do."""

from collections.abc import Iterator

import pytest
from callmatch_server import API, Server
from host_page import ORG, PASSWORD, THIRD_PARTY_BLOCKED, Framed, window
from page_watch import PageWatch
from phone_system import set_phone_rules


@pytest.fixture(scope="session")
def server(program: str, tmp_path_factory) -> Iterator[Server]:
    """A server that the org's page may frame."""
    server = Server(program, tmp_path_factory.mktemp("opencti") / "data")
    server.environment = {"CALLMATCH_FRAME_ANCESTORS": ORG}
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def admin(server: Server) -> API:
    """Of this server: the one of the other tests has an administrator of its own."""
    admin = server.api("admin")
    set_phone_rules(admin)
    return admin


@pytest.fixture
def agent(hire):
    """A new agent with a password and a telephone."""
    desk = hire(signed_in=False)
    desk.api.post("session/password", {"new": PASSWORD})
    return desk


@pytest.fixture
def cookies() -> dict:
    """What the browser does with cookies; a test may say otherwise."""
    return THIRD_PARTY_BLOCKED


@pytest.fixture
def crm_page(browser, server, cookies) -> Iterator[Framed]:
    """The CRM's page with the panel, in which nobody is signed in; it is opened by the test."""
    with window(browser, server, cookies) as context:
        watch = PageWatch(context, server.address, ORG)
        # Who is not signed in asks, and asks again after signing in where the cookie is not kept.
        watch.expect(r"status of 401 .*/api/v1/(session|desk/stream)\b")
        framed = Framed(context, server, watch)
        yield framed
        tabs = [page for page in context.pages if page.url.startswith(ORG)]
        mistakes = [each for tab in tabs for each in tab.evaluate("() => host.mistakes")]
    assert not watch.faults, "\n".join(watch.faults)
    assert not mistakes, "\n".join(mistakes)


@pytest.fixture
def framed(crm_page, agent) -> Framed:
    """The panel of a new agent, signed in inside the CRM's page."""
    crm_page.connect()
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    tab.panel.idle.wait_for()
    return tab
