"""The program, a browser, and agents at work, for every test in this folder.

CALLMATCH_BINARY     the program to test (required)
CALLMATCH_CHROMIUM   the browser; /usr/bin/chromium unless set
CALLMATCH_ARTIFACTS  where screenshots go; a temporary folder unless set
"""

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import pytest
from agents import Desk
from callmatch_server import API, Server
from crms import CRM, BuiltIn
from customers import Customers
from looks import Looks
from page_watch import PageWatch
from panel import Panel
from phone_system import PhoneSystem, set_phone_rules
from pictures import EACH_ONCE, Pictures
from playwright.sync_api import Browser, expect, sync_playwright
from salesforce_crm import Salesforce

# Longer than anything should take: what passes does not wait for it.
expect.set_options(timeout=10_000)

numbers = itertools.count(1)

# Tests named by a fact, S1 to S21.
FACT = re.compile(r"test_s\d+_")


@pytest.fixture(scope="session")
def program() -> str:
    path = os.environ.get("CALLMATCH_BINARY")
    if not path:
        pytest.exit("Set CALLMATCH_BINARY to the path of the callmatch program.", returncode=2)
    if not os.access(path, os.X_OK):
        pytest.exit(f"CALLMATCH_BINARY={path} is not a program that can be run.", returncode=2)
    return str(Path(path).resolve())


CRMS = {"builtin": BuiltIn, "salesforce": Salesforce}


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "crm(*names): with each of these CRMs behind the server")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from workers import ByServer  # only where there is pytest-xdist

    return ByServer(config, log)


def pytest_generate_tests(metafunc) -> None:
    """Only the name of a test with another CRM than the built-in one says so."""
    if "crm" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("crm")
        names = mark.args if mark else ("builtin",)
        ids = [pytest.HIDDEN_PARAM if name == "builtin" else name for name in names]
        metafunc.parametrize("crm", names, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def crm(request) -> Iterator[CRM]:
    """What the server has its customers from."""
    crm = CRMS[request.param]()
    yield crm
    crm.stop()


@pytest.fixture(scope="session")
def server(program: str, crm: CRM, tmp_path_factory) -> Iterator[Server]:
    """One server for all tests of a CRM; each test brings its own agents and telephones."""
    server = Server(program, tmp_path_factory.mktemp("callmatch") / "data")
    crm.start(server)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def admin(server: Server) -> API:
    admin = server.api("admin")
    set_phone_rules(admin)
    return admin


@pytest.fixture
def customers(admin: API, crm: CRM) -> Customers:
    return Customers(admin, crm)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.PROGRAM
    if not shutil.which(path):
        pytest.exit(f"There is no browser at {path}; set CALLMATCH_CHROMIUM.", returncode=2)
    with sync_playwright() as playwright:
        kind = playwright.chromium
        browser = kind.launch(executable_path=path, args=chromium.arguments(kind))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory) -> Pictures:
    artifacts = os.environ.get("CALLMATCH_ARTIFACTS")
    folder = Path(artifacts) if artifacts else tmp_path_factory.mktemp("artifacts")
    return Pictures(folder / "screenshots")


@pytest.fixture
def looks(pictures: Pictures) -> Iterator[Looks]:
    """Pictures and rules for each state that a test comes to: `looks.at(page, "ringing")`."""
    looks = Looks(pictures)
    yield looks
    assert not looks.faults, "\n".join(looks.faults)


@pytest.fixture
def hire(server: Server, browser: Browser, admin: API, crm: CRM, request, pictures) -> Iterator:
    """Gives a new agent with an extension of its own; `hire(name)` gives one that exists."""
    desks: list[Desk] = []

    def hire(name: str | None = None, *, signed_in: bool = True, **options) -> Desk:
        if name is None:
            number = next(numbers)
            name, extension = f"agent{number}", str(2000 + number)
            about = {"displayName": f"Dora Meier {number}", "role": "agent"}
            admin.post("admin/people", {"id": name, "extensions": [extension], **about})
        api = server.api(name)
        own = api.get("session")["agent"].get("extension")
        desk = Desk(server, browser, name, own, api, crm)
        desks.append(desk)
        if signed_in:
            desk.sign_in(**options)
            if FACT.match(request.node.name):
                desk.panel.keep = album(request.node.name, desk.panel, pictures)
        return desk

    yield hire
    has_failed = getattr(request.node, "has_failed", False)
    leave(desks, pictures, request.node.name if has_failed else None)


def album(test: str, panel: Panel, pictures: Pictures) -> Callable[[str], None]:
    """Keeps pictures of a test's states, each once, named by the fact that it shows."""
    kept: set[str] = set()

    def keep(step: str) -> None:
        if step not in kept:
            kept.add(step)
            words = f"{test.removeprefix('test_')} {step}".lower()
            # With another CRM the panel looks the same: one view is enough.
            views = EACH_ONCE[:1] if "[salesforce" in test else EACH_ONCE
            name = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
            pictures.take(panel.page, name, views=views)

    return keep


def leave(desks: list[Desk], pictures: Pictures, failed: str | None) -> None:
    """Every desk is left empty, and no page may have had a fault."""
    faults = []
    for desk in desks:
        if desk.panel and not desk.page.is_closed():
            if failed:
                pictures.failure(desk.page, f"{failed}-{desk.name}")
            else:
                desk.panel.keep("at the end")
        desk.clear()
        faults += desk.watch.faults if desk.watch else []
        desk.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def desk(hire) -> Desk:
    """A new agent with an open panel."""
    return hire()


@pytest.fixture
def audited(server: Server) -> Iterator[None]:
    """After the test every call is accounted for."""
    yield
    counts = server.audit()
    assert counts["unexplained"] == 0, counts


@pytest.fixture
def office(admin: API) -> PhoneSystem:
    """A phone system that reports events."""
    return PhoneSystem(admin, f"office{next(numbers)}")


@pytest.fixture
def phone_rules(admin: API) -> Iterator:
    """`phone_rules(no_answer=1, to="voicemail")`: the pretend phone's rules, for one test."""
    yield lambda **rules: set_phone_rules(admin, **rules)
    set_phone_rules(admin)


@pytest.fixture
def settings(admin: API) -> Iterator:
    """`settings("call-log", wrapUpSeconds=1)`: the organisation's settings, for one test."""
    before = {page: admin.get(f"admin/{page}") for page in ("matching", "call-log")}

    def change(page: str, **values) -> None:
        admin.put(f"admin/{page}", {**admin.get(f"admin/{page}"), **values})

    yield change
    for page, values in before.items():
        change(page, **{name: value for name, value in values.items() if name != "version"})


@pytest.fixture
def visitor(server: Server, browser: Browser) -> Iterator:
    """A browser in which nobody is signed in: (page, watch)."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watch = PageWatch(context, server.address)
    yield context.new_page(), watch
    context.close()
    assert not watch.faults, "\n".join(watch.faults)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.has_failed = True
    return report
