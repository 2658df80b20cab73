"""An agent lets the server act for the agent in Salesforce, on the org's own page."""

import json
from collections.abc import Iterator

import pytest
from agents import Desk
from callmatch_server import API, Server
from customers import ADA, TARIQ
from phone_system import set_phone_rules
from playwright.sync_api import Page, expect
from salesforce_crm import Salesforce

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.crm("salesforce")]


@pytest.fixture(scope="module")
def crm() -> Iterator[Salesforce]:
    """Here each agent asks the org with a token of the agent's own."""
    crm = Salesforce(agents="own", users=None)
    yield crm
    crm.stop()


@pytest.fixture(scope="module")
def server(program: str, crm: Salesforce, tmp_path_factory) -> Iterator[Server]:
    server = Server(program, tmp_path_factory.mktemp("own") / "data")
    crm.start(server)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def admin(server: Server) -> API:
    admin = server.api("admin")
    set_phone_rules(admin)
    return admin


def consent_page(desk: Desk, crm: Salesforce) -> Page:
    """Where the org asks the agent, in a tab beside the panel."""
    page = desk.context.new_page()
    page.goto(f"{desk.server.address}/connect/crm")
    expect(page.get_by_role("heading", name="is asking to")).to_be_visible()
    assert page.url.startswith(f"{crm.org.url}/services/oauth2/authorize?")
    return page


def decide(page: Page, decision: str, user: str) -> None:
    page.get_by_role("combobox", name="Username").select_option(user)
    page.get_by_role("button", name=decision, exact=True).click()


def consent(desk: Desk) -> str:
    return desk.api.desk()["organisation"]["crm"]["consent"]["state"]


def seen(desk: Desk, call: str) -> dict:
    """The call, once the org has been asked whether the agent may see who it is."""

    def is_settled(picture: dict) -> bool:
        calls = [each for each in picture["calls"] if each["id"] == call]
        return bool(calls) and calls[0]["match"]["outcome"] != "checking"

    return desk.api.desk_where(is_settled)


def test_after_consent_callers_have_names_and_logs_their_owner(desk, crm):
    call = desk.ring(ADA.number)
    assert "Lovelace" not in json.dumps(seen(desk, call))
    assert consent(desk) == "missing"
    expect(desk.panel.page.get_by_text("Lovelace")).to_be_hidden()
    page = consent_page(desk, crm)
    decide(page, "Allow", crm.users[desk.name])
    expect(page.get_by_role("heading", name="Salesforce is connected")).to_be_visible()
    page.get_by_role("link", name="Back to the panel").click()
    expect(page).to_have_url(f"{desk.server.address}/")
    page.close()
    assert consent(desk) == "given"
    # The call that rings is drawn again.
    expect(desk.panel.call(ADA.name)).to_be_visible()
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    desk.panel.finish()
    filed = desk.filed(call)
    assert filed["person"]["name"] == ADA.name
    assert filed["activity"]["agent"].startswith("Dora Meier")


def test_who_denies_sees_nobody_and_can_still_say_yes(desk, crm):
    desk.watch.expect(r"status of 400 .*/connect/crm/callback")
    page = consent_page(desk, crm)
    decide(page, "Deny", crm.users[desk.name])
    expect(page.get_by_role("heading", name="Salesforce is not connected")).to_be_visible()
    assert consent(desk) == "missing"
    call = desk.ring(TARIQ.number)
    assert "Khan" not in json.dumps(seen(desk, call))
    page = consent_page(desk, crm)
    decide(page, "Allow", crm.users[desk.name])
    expect(page.get_by_role("heading", name="Salesforce is connected")).to_be_visible()
    expect(desk.panel.call(TARIQ.name)).to_be_visible()


def test_a_user_of_the_org_stands_for_one_agent(hire, crm):
    desk, colleague = hire(), hire()
    page = consent_page(desk, crm)
    decide(page, "Allow", crm.users[desk.name])
    expect(page.get_by_role("heading", name="Salesforce is connected")).to_be_visible()
    colleague.watch.expect(r"status of 400 .*/connect/crm/callback")
    page = consent_page(colleague, crm)
    decide(page, "Allow", crm.users[desk.name])
    expect(page.get_by_role("heading", name="Salesforce is not connected")).to_be_visible()
    assert (consent(desk), consent(colleague)) == ("given", "missing")
    call = colleague.ring(ADA.number)
    assert "Lovelace" not in json.dumps(seen(colleague, call))
