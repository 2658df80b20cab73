"""A consent that begins in a frame, whose session no other tab has: a ticket for one agent, once, and for nothing else."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from connected_org import OrgProcess, connected, hire, wait_until_in, way_back
from program import Client, Server

ADA = "ada@callmatch.example"
MADE_UP = "uAMVJmhh4lPkY1w4TwLBVdgbcNXyKyXFKUn3WHP9SJU"


class Tab:
    """Of a browser in which nobody is signed in, unless `client` is."""

    def __init__(self, client: Client):
        self.client = client
        self.cookie = ""

    def ask(self, what: str, ticket: str):
        return self.client.post(f"crm/consent/tickets/{what}", {"ticket": ticket})

    def statuses(self, ticket: str) -> list[int]:
        """Of looking at a ticket and of using it."""
        return [self.ask(what, ticket).status_code for what in ("look", "use")]

    def go_on(self, ticket: str) -> str:
        """The agent says "that is me"; where the org asks."""
        answer = self.ask("use", ticket)
        assert answer.status_code == 200, answer.text
        cookie, *about = answer.headers["Set-Cookie"].split("; ")
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} < set(about)
        self.cookie = cookie
        return answer.json()["page"]

    def come_back(self, path: str, cookie: str | None = None):
        cookie = self.cookie if cookie is None else cookie
        return self.client.request("GET", path, headers={"Cookie": cookie or None})


@dataclass
class Scene:
    server: Server
    org: OrgProcess
    anna: Client
    bert: Client

    def tab(self) -> Tab:
        return Tab(self.server.nobody())

    @contextlib.contextmanager
    def store(self) -> Iterator[sqlite3.Connection]:
        """While the server is away."""
        assert self.server.stop() == 0
        with contextlib.closing(sqlite3.connect(self.server.folder / "callmatch.sqlite")) as store:
            yield store
            store.commit()
        self.server.start()


@pytest.fixture
def scene(program: str, tmp_path) -> Iterator[Scene]:
    with OrgProcess() as org:
        server = connected(program, tmp_path, org, agents="own").start()
        anna, bert = (
            hire(server, name, number) for name, number in (("anna", "1001"), ("bert", "1002"))
        )
        wait_until_in(anna)
        yield Scene(server, org, anna, bert)
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


def ticket_of(agent: Client) -> str:
    answer = agent.post("crm/consent/tickets")
    assert answer.status_code == 201, answer.text
    return answer.json()["ticket"]


def state(agent: Client) -> str:
    return agent.desk()["organisation"]["crm"]["consent"]["state"]


def test_a_tab_that_knows_nobody_connects_the_agent_who_opened_it(scene: Scene):
    ticket, tab = ticket_of(scene.anna), scene.tab()
    assert tab.ask("look", ticket).json() == {"agent": "Anna", "crm": "Salesforce"}
    path = way_back(scene.org, tab.go_on(ticket), ADA)
    answer = tab.come_back(path)
    assert answer.status_code == 200 and "Anna" in answer.text
    assert "__Host-c=;" in answer.headers["Set-Cookie"]
    assert (state(scene.anna), state(scene.bert)) == ("given", "missing")
    assert tab.come_back(path).status_code == 401


def test_it_opens_nothing_else(scene: Scene):
    ticket, tab = ticket_of(scene.anna), scene.tab()
    for token in (ticket, tab.go_on(ticket) and tab.cookie.partition("=")[2]):
        bearer = {"Authorization": f"Bearer {token}"}
        for headers in (bearer, {"Cookie": f"__Host-s={token}"}, {"Cookie": f"__Host-c={token}"}):
            for path in ("/api/v1/session", "/api/v1/desk", "/connect/crm"):
                answer = tab.client.request("GET", path, headers=headers)
                assert answer.status_code == 401, (path, headers)
        assert tab.client.request("GET", f"/sign-in/link/{token}").status_code == 410
        assert tab.client.post("session", {"link": token}).status_code == 401


def test_a_ticket_is_good_once(scene: Scene):
    ticket = ticket_of(scene.anna)
    tabs = [scene.tab() for _ in range(8)]
    with ThreadPoolExecutor(len(tabs)) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda tab: tab.ask("use", ticket), tabs)]
    assert sorted(statuses) == [200] + [410] * 7
    assert scene.tab().statuses(ticket) == [410, 410]


def test_a_new_ticket_ends_the_one_before(scene: Scene):
    old, others, new = ticket_of(scene.anna), ticket_of(scene.bert), ticket_of(scene.anna)
    assert scene.tab().statuses(old) == [410, 410]
    assert scene.tab().statuses(others) == [200, 200]
    assert scene.tab().statuses(new) == [200, 200]


def test_a_ticket_is_good_for_two_minutes(scene: Scene):
    before = time.time()
    ticket = ticket_of(scene.anna)
    with scene.store() as store:
        (until,) = store.execute("select expires_at from consent_token").fetchone()
        assert 0 < until / 1000 - before <= 130
        # As if they were over.
        store.execute("update consent_token set expires_at = ?", [int(before * 1000) - 1])
    assert scene.tab().statuses(ticket) == [410, 410]


def test_a_flow_ends_too(scene: Scene):
    tab = scene.tab()
    path = way_back(scene.org, tab.go_on(ticket_of(scene.anna)), ADA)
    with scene.store() as store:
        store.execute("update consent_token set expires_at = 1")
    assert tab.come_back(path).status_code == 401
    assert state(scene.anna) == "missing"


@pytest.mark.parametrize("ticket", [MADE_UP, "short", "", "' or 1=1 --" * 3, "x" * 5000])
def test_a_made_up_ticket_is_none(scene: Scene, ticket: str):
    ticket_of(scene.anna)
    assert scene.tab().statuses(ticket) == [410, 410]


def test_another_agent_cannot_use_it(scene: Scene):
    """Somebody was sent it: what is theirs must not be connected to who sent it."""
    ticket, bert = ticket_of(scene.anna), Tab(scene.bert)
    assert bert.statuses(ticket) == [409, 409]
    assert "Anna" in bert.ask("look", ticket).text
    # It is as good as before for whom it was meant.
    assert scene.tab().statuses(ticket) == [200, 200]


def test_the_way_back_is_the_browsers_own(scene: Scene):
    tab, other = scene.tab(), scene.tab()
    path = way_back(scene.org, tab.go_on(ticket_of(scene.anna)), ADA)
    other.go_on(ticket_of(scene.bert))
    for cookie in ("", other.cookie, f"__Host-c={MADE_UP}"):
        assert tab.come_back(path, cookie).status_code == 401, cookie
    assert Tab(scene.bert).come_back(path, tab.cookie).status_code == 400
    assert (state(scene.anna), state(scene.bert)) == ("missing", "missing")


def test_who_was_sent_it_ends_it(scene: Scene):
    ticket, tab = ticket_of(scene.anna), scene.tab()
    assert tab.ask("refuse", ticket).status_code == 204
    assert tab.statuses(ticket) == [410, 410]
    assert tab.ask("refuse", ticket).status_code == 204
    assert "opened by somebody else" in scene.server.log.read_text()


def test_who_may_no_longer_sign_in_cannot_use_it(scene: Scene):
    ticket, tab = ticket_of(scene.anna), scene.tab()
    path = way_back(scene.org, tab.go_on(ticket), ADA)
    later = ticket_of(scene.anna)
    assert scene.bert.patch("admin/people/anna", {"disabled": True}).status_code == 200
    assert scene.tab().statuses(later) == [410, 410]
    assert tab.come_back(path).status_code == 401


def test_its_value_is_kept_and_logged_nowhere(scene: Scene):
    ticket, tab = ticket_of(scene.anna), scene.tab()
    tab.go_on(ticket)
    later = ticket_of(scene.anna)
    with scene.store():
        secrets = [ticket, later, tab.cookie.partition("=")[2]]
        for file in (*scene.server.folder.iterdir(), scene.server.log):
            if file.is_file():
                assert not any(secret.encode() in file.read_bytes() for secret in secrets), file
    assert "A tab is opened for a consent." in scene.server.log.read_text()
