"""The panel inside a CRM's page by Open CTI: who calls is shown there, and what is clicked there is dialled."""

import re

import pytest
from customers import ADA, CHARLES, KONTOR, create, free_number
from host_page import ELSEWHERE, PASSWORD, THIRD_PARTY_ALLOWED, THIRD_PARTY_BLOCKED
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("audited")

# With and without storage of the frame's own, which some browsers block with the cookies.
WITH_AND_WITHOUT_STORAGE = pytest.mark.parametrize(
    "cookies", [THIRD_PARTY_ALLOWED, THIRD_PARTY_BLOCKED], ids=["storage", "no-storage"]
)


def record_of(agent, call: str) -> dict:
    """The pop that a call's person is shown with."""
    person = agent.call(call)["person"]
    return {"type": "sobject", "params": {"recordId": person["ref"]["id"]}}


def test_a_ring_shows_the_panel_and_the_caller(framed, agent):
    framed.host("host.minimise()")
    call = agent.ring(ADA.number)
    assert framed.pops(1) == [record_of(agent, call)]
    assert framed.calls("setSoftphonePanelVisibility") == [{"visible": True}]
    expect(framed.panel.call(ADA.name)).to_be_visible()
    label = framed.page.get_by_role("heading", level=2)
    expect(label).to_have_text(f"Ringing: {ADA.name}")
    framed.panel.answer()
    expect(label).to_have_text("On a call")
    assert framed.host("host.icon") == "call"
    framed.panel.hang_up()
    expect(label).to_have_text("Call ended")
    framed.panel.press("Done")
    expect(label).to_have_text("CallMatch")
    assert len(framed.pops()) == 1


def test_of_several_the_one_is_shown_that_the_agent_chooses(framed, agent):
    call = agent.ring(KONTOR)
    panel = framed.panel
    panel.answer()
    panel.matches(5).click()
    framed.settle()
    assert framed.pops() == []
    panel.choice("Heike Möller").click()
    expect(panel.person_heading("Heike Möller", "Contact")).to_be_visible()
    assert framed.pops(1) == [record_of(agent, call)]
    panel.caller.get_by_role("button", name="Back", exact=True).click()
    panel.choice("Nils Jäger").click()
    expect(panel.person_heading("Nils Jäger", "Contact")).to_be_visible()
    assert framed.pops(2)[1:] == [record_of(agent, call)]
    # Back with the first: that record was shown already.
    panel.caller.get_by_role("button", name="Back", exact=True).click()
    panel.choice("Heike Möller").click()
    expect(panel.person_heading("Heike Möller", "Contact")).to_be_visible()
    framed.settle()
    assert len(framed.pops()) == 2


def test_nobody_is_shown_for_an_unknown_number_and_a_new_record_has_it(framed, agent, admin):
    number = free_number(admin)
    agent.ring(number, name="Rosa Neu")
    expect(framed.panel.search).to_be_visible()
    framed.settle()
    assert framed.pops() == []
    framed.panel.answer()
    for button, entity in (("New contact", "Contact"), ("New lead", "Lead")):
        framed.panel.caller.get_by_role("button", name=button, exact=True).click()
        framed.until(f"host.calls.some(({{ args }}) => args.params?.entityName === '{entity}')")
        values = {"Phone": "+49" + re.sub(r"\D", "", number)[1:], "LastName": "Rosa Neu"}
        params = {"entityName": entity, "defaultFieldValues": values}
        assert framed.pops()[-1] == {"type": "newRecord", "params": params}
    blank = {"about:blank"}
    assert {page.url for page in framed.context.pages} - blank == {framed.page.url}


def test_after_making_a_new_record_the_call_is_looked_up_again(framed, agent, admin):
    framed.watch.expect(r"status of 404 .*/look-again")
    call = agent.ring(free_number(admin))
    framed.panel.answer()
    framed.panel.caller.get_by_role("button", name="New contact", exact=True).click()
    with framed.page.expect_request(re.compile(f"/calls/{re.escape(call)}/look-again$")):
        framed.fire("onNavigationChange", {"recordId": "003000000000001", "objectType": "Contact"})


def test_a_number_clicked_on_the_page_is_dialled(framed, agent, admin):
    framed.until("host.canDial && host.listeners.has('onClickToDial')")
    number = free_number(admin)
    account = create(admin, "accounts", name="Clicked & Co.")["id"]
    create(admin, "contacts", firstName="Kim", lastName="Clicked", phone=number, accountId=account)
    framed.host("host.minimise()")
    framed.fire("onClickToDial", {"number": f" {number} ", "recordId": "003000000000001"})
    expect(framed.panel.call("Kim Clicked")).to_be_visible()
    [call] = agent.api.desk()["calls"]
    assert call["direction"] == "outbound"
    # The agent comes from a record: the page stays there.
    framed.settle()
    assert framed.pops() == []


def test_what_cannot_be_dialled_is_said(framed):
    framed.watch.expect("status of 422")
    framed.fire("onClickToDial", {"number": "see homepage"})
    expect(framed.panel.page.get_by_role("alert")).to_be_visible()


def test_a_link_to_a_record_opens_it_in_the_page(framed, agent):
    agent.ring(CHARLES.number)
    panel = framed.panel
    expect(panel.person_heading(CHARLES.name, CHARLES.kind)).to_be_visible()
    [pop] = framed.pops(1)
    panel.caller.get_by_role("link", name=re.compile("^Open in ")).click()
    assert framed.pops(2) == [pop, pop]
    panel.tab("Opportunities").click()
    item = panel.tab_panel.get_by_role("listitem").first
    item.get_by_role("link", name=re.compile("^Open ")).click()
    record = framed.pops(3)[2]
    assert record["type"] == "sobject" and record != pop
    framed.host("(host.answers.screenPop = 'error')")
    item.get_by_role("link", name=re.compile("^Open ")).click()
    expect(panel.page.get_by_role("alert")).to_have_text(
        re.compile("The CRM did not open this page")
    )


def test_a_page_that_never_answers_is_no_bother(framed, agent):
    framed.host("(host.answers = { screenPop: 'late', setSoftphonePanelLabel: 'error' })")
    agent.ring(ADA.number)
    framed.pops(1)
    framed.context.clock.fast_forward(11_000)
    framed.host("host.answerLate()")
    framed.panel.answer()
    expect(framed.panel.page.get_by_role("alert")).to_be_hidden()


@WITH_AND_WITHOUT_STORAGE
def test_a_reload_does_not_show_the_caller_again(framed, agent):
    agent.ring(ADA.number)
    framed.pops(1)
    framed.frame.evaluate("() => location.reload()")
    framed.until("host.calls.filter(({ method }) => method === 'onClickToDial').length === 2")
    expect(framed.panel.call(ADA.name)).to_be_visible()
    expect(framed.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    framed.settle()
    assert len(framed.pops()) == 1
    # The whole page, whose list of calls begins anew.
    framed.page.reload()
    expect(framed.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    framed.settle()
    assert framed.pops() == []


@WITH_AND_WITHOUT_STORAGE
def test_of_two_tabs_one_shows_the_caller(framed, agent):
    second = framed.open()
    expect(second.panel.idle).to_be_visible()
    agent.ring(ADA.number)
    for tab in (framed, second):
        expect(tab.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
        tab.until("host.calls.some(({ method }) => method === 'setSoftphonePanelVisibility')")
    framed.settle()
    second.settle()
    assert len(framed.pops() + second.pops()) == 1
    # Nor does a third that is opened during the call.
    third = framed.open()
    expect(third.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    third.settle()
    assert third.pops() == []


def test_messages_that_are_not_the_page_s_own_change_nothing(framed, agent):
    framed.watch.expect(f"request to elsewhere: {ELSEWHERE}/")
    framed.host(
        """new Promise((resolve) => {
          const stranger = document.createElement('iframe');
          stranger.src = argument;
          stranger.onload = resolve;
          document.body.append(stranger);
        })""",
        f"{ELSEWHERE}/stranger.html",
    )
    dial = "{ methodName: 'onClickToDial', callId: 0, apiVersion: 43, apiType: 'opencti', response: { number: '110' } }"
    stranger = framed.page.frame(url=re.compile("stranger"))
    stranger.evaluate(f"() => parent.frames[0].postMessage({dial}, '*')")
    for message in (
        "null",
        "'opencti'",
        "[]",
        "{ apiType: 'opencti' }",
        f"{{ ...{dial}, apiVersion: 42 }}",
        f"{{ ...{dial}, apiVersion: '43' }}",
        f"{{ ...{dial}, apiType: 'other' }}",
        f"{{ ...{dial}, response: null }}",
        f"{{ ...{dial}, response: {{ number: {{ toString: 1 }} }} }}",
        f"{{ ...{dial}, response: {{ number: '1'.repeat(5000) }} }}",
        f"{{ ...{dial}, methodName: 'constructor' }}",
        f"{{ ...{dial}, methodName: 'screenPop', callId: 9999 }}",
        f"{{ ...{dial}, methodName: 'screenPop', callId: '__proto__' }}",
    ):
        framed.host(f"host.post({message})")
    # What is in order comes after all of these, and is the only one that is dialled.
    framed.fire("onClickToDial", {"number": "030 23125042"})
    expect(framed.panel.call(ADA.name)).to_be_visible()
    assert len(agent.api.desk()["calls"]) == 1


def test_a_page_that_is_not_who_the_address_says_hears_nothing(crm_page, agent):
    crm_page.watch.expect("target origin provided")
    crm_page.connect()
    tab = crm_page.open(claims="https://other.lightning.force.com")
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    agent.ring(ADA.number)
    expect(tab.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    assert tab.host("host.calls") == []


def test_a_page_of_another_version_is_spoken_to_in_its_version(crm_page, agent):
    crm_page.connect(version=66)
    tab = crm_page.open(version=66)
    tab.sign_in(agent.name, PASSWORD)
    tab.until("host.canDial && host.listeners.size === 2")
    call = agent.ring(ADA.number)
    assert tab.pops(1) == [record_of(agent, call)]
    assert tab.calls("notifyInitializationComplete") == [{}]


def test_without_a_connected_crm_nothing_is_shown_there(crm_page, agent):
    tab = crm_page.open()
    tab.sign_in(agent.name, PASSWORD)
    expect(tab.panel.idle).to_be_visible()
    agent.ring(ADA.number)
    expect(tab.panel.person_heading(ADA.name, ADA.kind)).to_be_visible()
    expect(tab.page.get_by_role("heading", level=2)).to_have_text(f"Ringing: {ADA.name}")
    tab.settle()
    assert tab.pops() == []
    # The built-in CRM's pages open in a tab.
    with tab.context.expect_page():
        tab.panel.caller.get_by_role("link", name=re.compile("^Open in ")).click()
