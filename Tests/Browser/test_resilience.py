"""Reload, further tabs and browsers, and a server that restarts during a call: the desk shows the same."""

import re
from dataclasses import dataclass

import pytest
from agents import Desk, opened
from callmatch_server import Server
from customers import ADA, CHARLES, TARIQ
from panel import Panel
from phone_system import seconds, set_phone_rules
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("audited")


@pytest.fixture(scope="module")
def server(program, tmp_path_factory):
    """A server of this module's own, because it is killed."""
    server = Server(program, tmp_path_factory.mktemp("resilience") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def admin(server):
    admin = server.api("admin")
    set_phone_rules(admin)
    return admin


@dataclass(frozen=True)
class Seen:
    """What an agent sees of a call, but for its running time, and for when this agent signed in."""

    cards: list[str]
    heading: str
    subject: str
    notes: str
    disposition: str
    person: str
    related: str

    @classmethod
    def on(cls, panel: Panel) -> "Seen":
        expect(panel.notes).to_be_visible()
        cards = panel.live_calls.get_by_role("article").all_inner_texts()
        return cls(
            [re.sub(r"\d+:\d\d(:\d\d)?|Already in progress.*\s+", "", card) for card in cards],
            panel.caller.get_by_role("heading", level=3).inner_text(),
            panel.subject.input_value(),
            panel.notes.input_value(),
            panel.disposition.input_value(),
            panel.person.inner_text(),
            panel.related.inner_text(),
        )


def talk(desk: Desk, caller=ADA) -> tuple[str, float]:
    """An answered call with a typed and saved log; its id, and when it was answered."""
    call = desk.ring(caller.number)
    panel = desk.panel
    panel.answer()
    panel.tab("Opportunities").click()
    panel.tab_panel.get_by_role("listitem").first.get_by_role("button").click()
    expect(panel.related).to_contain_text("Opportunity")
    panel.notes.fill("Asked for a quote.")
    panel.disposition.select_option("Call back")
    until_saved(desk, call, "Asked for a quote.")
    return call, seconds(desk.call(call)["answeredAt"])


def until_saved(desk: Desk, call: str, notes: str, disposition: str = "Call back") -> None:
    def is_saved(picture: dict) -> bool:
        logs = {each["id"]: each.get("log") or {} for each in picture["calls"]}
        log = logs.get(call, {})
        return (log.get("notes"), log.get("disposition")) == (notes, disposition)

    desk.api.desk_where(is_saved, within=30)


def test_reload_shows_the_same_call(desk):
    _, answered = talk(desk)
    before = Seen.on(desk.panel)
    desk.page.reload()
    opened(desk.page)
    assert Seen.on(desk.panel) == before
    desk.panel.expect_running_since(ADA.name, answered)


def test_reload_right_after_a_key_loses_nothing(desk):
    call, _ = talk(desk)
    desk.panel.notes.press_sequentially(" And a discount.")
    desk.page.reload()
    expect(desk.panel.notes).to_have_value("Asked for a quote. And a discount.")
    until_saved(desk, call, "Asked for a quote. And a discount.")


def test_a_second_tab_shows_and_changes_the_same_call(desk):
    _, answered = talk(desk)
    second = desk.new_tab()
    assert Seen.on(second) == Seen.on(desk.panel)
    second.expect_running_since(ADA.name, answered)
    second.notes.fill("Typed in the second tab.")
    expect(desk.panel.notes).to_have_value("Typed in the second tab.")
    second.press("Hold")
    expect(desk.panel.button("Retrieve")).to_be_visible()
    desk.panel.press("Retrieve")
    expect(second.button("Hold")).to_be_visible()
    second.hang_up()
    desk.panel.press("Done")
    expect(second.idle).to_be_visible()


def test_a_second_browser_shows_the_same_call(hire):
    desk = hire()
    call, answered = talk(desk)
    other = hire(desk.name)
    assert Seen.on(other.panel) == Seen.on(desk.panel)
    other.panel.expect_running_since(ADA.name, answered)
    other.panel.notes.fill("From the other browser.")
    expect(desk.panel.notes).to_have_value("From the other browser.")
    desk.panel.finish()
    expect(other.panel.recent_call(ADA.name)).to_contain_text("Filed")
    assert desk.filed(call)["activity"]["notes"] == "From the other browser."


def test_sign_in_during_a_call_shows_the_same_call(hire):
    desk = hire()
    call, answered = talk(desk)
    before = Seen.on(desk.panel)
    desk.context.close()
    desk.sign_in()
    after = Seen.on(desk.panel)
    assert (after.subject, after.notes, after.disposition) == (
        before.subject,
        before.notes,
        before.disposition,
    )
    assert (after.person, after.related, after.heading) == (
        before.person,
        before.related,
        before.heading,
    )
    desk.panel.expect_running_since(ADA.name, answered)
    desk.panel.finish()
    assert desk.filed(call)["activity"]["notes"] == "Asked for a quote."


def test_two_calls_at_once_never_mix(desk):
    first, second = desk.ring(ADA.number), None
    panel = desk.panel
    panel.answer()
    panel.notes.fill("About the roaster.")
    panel.press("Hold")
    second = desk.ring(TARIQ.number)
    panel.call(TARIQ.name).get_by_role("button", name="Answer", exact=True).click()
    panel.call(TARIQ.name).get_by_role("button", name=re.compile(TARIQ.name)).click()
    expect(panel.person).to_contain_text(TARIQ.name)
    expect(panel.notes).to_have_value("")
    panel.notes.fill("About a lease.")
    panel.call(ADA.name).get_by_role("button", name=f"Show {ADA.name}").click()
    expect(panel.notes).to_have_value("About the roaster.")
    desk.page.reload()
    for caller, notes in ((ADA, "About the roaster."), (TARIQ, "About a lease.")):
        panel.call(caller.name).get_by_role("button", name=re.compile(caller.name)).click()
        expect(panel.person).to_contain_text(caller.name)
        expect(panel.notes).to_have_value(notes)
    assert desk.call(first)["log"]["notes"] == "About the roaster."
    assert desk.call(second)["log"]["notes"] == "About a lease."


def test_two_browsers_that_type_at_once_lose_nothing(hire):
    desk = hire()
    call, _ = talk(desk)
    away = hire(desk.name)
    away.watch.expect(r"net::ERR_|status of 409")
    expect(away.panel.notes).to_have_value("Asked for a quote.")
    away.context.set_offline(True)
    away.panel.notes.fill("Typed without a network.")
    desk.panel.notes.fill("Typed meanwhile.")
    until_saved(desk, call, "Typed meanwhile.")
    away.context.set_offline(False)
    versions = away.panel.log.get_by_role("group", name="Two versions")
    expect(versions).to_contain_text("Typed without a network.", timeout=30_000)
    expect(versions).to_contain_text("Typed meanwhile.")
    expect(away.panel.notes).to_have_value("Typed without a network.")
    away.panel.press("Keep mine")
    expect(desk.panel.notes).to_have_value("Typed without a network.")
    until_saved(desk, call, "Typed without a network.")


def end(server: Server, how: str) -> None:
    if how == "SIGTERM":
        server.stop()
    else:
        server.kill()


def expect_reconnected(panel: Panel) -> None:
    expect(panel.page.get_by_text("Connection lost")).to_be_hidden(timeout=30_000)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_a_restart_during_a_call_keeps_call_time_and_notes(desk, server, how, looks):
    desk.watch.expect(r"net::ERR_")
    call, answered = talk(desk)
    panel = desk.panel
    before = Seen.on(panel)
    panel.notes.press_sequentially(" Typed as it went down.")
    end(server, how)
    expect(panel.page.get_by_text("Connection lost")).to_be_visible(timeout=20_000)
    panel.notes.press_sequentially(f" Typed while it was down ({how}).")
    panel.expect_running_since(ADA.name, answered)
    if how == "SIGKILL":
        looks.at(desk.page, "connection-lost")
    server.start()
    expect_reconnected(panel)
    notes = f"Asked for a quote. Typed as it went down. Typed while it was down ({how})."
    expect(panel.notes).to_have_value(notes)
    until_saved(desk, call, notes)
    after = Seen.on(panel)
    assert after == Seen(**{**before.__dict__, "notes": notes})
    panel.expect_running_since(ADA.name, answered)
    panel.finish()
    filed = desk.filed(call)
    assert filed["activity"]["notes"] == notes
    notes_there = [each.get("notes") for each in desk.activities_of(filed["related"]["ref"])]
    assert notes_there.count(notes) == 1


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
def test_a_new_page_after_a_restart_shows_the_call(desk, server, how):
    desk.watch.expect(r"net::ERR_")
    _, answered = talk(desk, CHARLES)
    before = Seen.on(desk.panel)
    end(server, how)
    server.start()
    desk.page.goto(f"{server.address}/")
    opened(desk.page)
    assert Seen.on(desk.panel) == before
    desk.panel.expect_running_since(CHARLES.name, answered)


def test_a_call_that_rings_over_a_restart_can_be_answered(desk, server, phone_rules):
    desk.watch.expect(r"net::ERR_")
    call = desk.ring(ADA.number)
    expect(desk.panel.call(ADA.name)).to_be_visible()
    server.kill()
    server.start()
    phone_rules(no_answer=60)  # They begin anew with the server.
    expect_reconnected(desk.panel)
    desk.panel.answer()
    expect(desk.panel.notes).to_be_visible()
    desk.panel.finish()
    assert desk.filed(call)["outcome"] == "answered"


def test_what_the_phone_system_reports_after_a_restart_ends_the_call(hire, office, server):
    desk = hire()
    desk.watch.expect(r"net::ERR_")
    reported = office.new_call(ADA.number, desk.extension)
    reported.report("offered")
    reported.report("answered")
    expect(desk.panel.notes).to_be_visible()
    server.kill()
    server.start()
    reported.end()
    expect(desk.panel.live_calls.get_by_text("Call ended")).to_be_visible(timeout=20_000)
    desk.panel.press("Done")
    expect(desk.panel.idle).to_be_visible()
