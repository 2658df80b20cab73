"""What goes wrong with a real Asterisk: it stops, is killed, hangs, refuses us, or loses the connection."""

import re
import subprocess

import pytest
from cable import Cable
from connection import condition, connected, until
from customers import ADA
from pbx import Asterisk
from playwright.sync_api import expect

MAX = "+493023125042"


def is_green(admin) -> bool:
    return condition(admin)["state"] == "green"


def talking(asterisk: Asterisk, api, number: str = MAX):
    """A customer talks with Ada."""
    phone, trunk = asterisk.phone("1001"), asterisk.trunk()
    caller = trunk.dial("1001", f"<sip:{number}@127.0.0.2>")
    phone.rings().until("ringing").answer()
    caller.until("talking")
    api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    return phone, caller


def test_killed_during_a_call(own):
    """No event says that the call ended. After the restart it is over, and its end is marked as not seen."""
    asterisk, server = own()
    admin, ada = connected(server), server.api("ada")
    talking(asterisk, ada)
    asterisk.kill()
    lost = until(lambda: (not is_green(admin)) and condition(admin), what="the loss is noticed")
    assert "Asterisk" in lost["text"]
    asterisk.start()
    until(lambda: is_green(admin), within=40, what="connected again")
    picture = ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))
    call = ada.get(f"calls/{picture['calls'][0]['id']}")["call"]
    assert call["reconstructed"], call


def test_stopped_during_a_call(own):
    asterisk, server = own()
    admin, ada = connected(server), server.api("ada")
    talking(asterisk, ada)
    asterisk.stop()
    ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))
    until(lambda: not is_green(admin), what="the loss is noticed")
    ada.desk_where(lambda picture: picture["line"]["state"] == "lost", within=40)


def test_a_hanging_phone_system_is_noticed_and_found_again(own):
    asterisk, server = own()
    admin, ada = connected(server), server.api("ada")
    _, caller = talking(asterisk, ada)
    asterisk.freeze(True)
    until(lambda: not is_green(admin), within=20, what="the hang is noticed within 20 s")
    asterisk.freeze(False)
    until(lambda: is_green(admin), within=40, what="connected again")
    # The call went on all the while, and is still one call.
    picture = ada.desk()
    assert [each["state"] for each in picture["calls"]] == ["talking"]
    caller.hang_up()
    ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))


def test_a_call_that_began_while_we_were_away_has_its_times(own):
    asterisk, server = own()
    admin, ada = connected(server), server.api("ada")
    server.stop()
    phone, trunk = asterisk.phone("1001"), asterisk.trunk()
    caller = trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    phone.rings().until("ringing").answer()
    caller.until("talking")
    server.start()
    ada = server.api("ada")
    picture = ada.desk_where(lambda picture: picture["line"]["state"] == "talking")
    assert picture["calls"][0]["person"]["name"] == ADA.name
    caller.hang_up()
    ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))


def test_a_call_that_ended_while_we_were_away_is_over(own):
    asterisk, server = own()
    connected(server)
    _, caller = talking(asterisk, server.api("ada"))
    server.kill()
    caller.hang_up()
    until(lambda: "0 active channels" in asterisk.cli("core show channels"), what="the call is over")
    server.start()
    ada = server.api("ada")
    picture = ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))
    call = ada.get(f"calls/{picture['calls'][0]['id']}")["call"]
    assert call["reconstructed"], call


def behind_a_cable(own):
    """A phone system whose cable can be cut: (it, the server, the cable)."""
    cables = []

    def plug(asterisk):
        cables.append(Cable(asterisk.ami))
        return {"port": cables[0].port}

    asterisk, server = own(plug=plug)
    return asterisk, server, cables[0]


def test_the_connection_is_cut_and_the_call_goes_on(own):
    asterisk, server, cable = behind_a_cable(own)
    admin, ada = connected(server), server.api("ada")
    _, caller = talking(asterisk, ada)
    cable.cut()
    until(lambda: not is_green(admin), what="the loss is noticed")
    assert "hangUp" not in ada.desk()["calls"][0]["can"]
    cable.mend()
    until(lambda: is_green(admin), within=40, what="connected again")
    assert [each["state"] for each in ada.desk()["calls"]] == ["talking"]
    caller.hang_up()
    picture = ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))
    assert len(picture["calls"]) == 1
    assert server.audit()["calls"] == 1


def test_every_event_that_is_documented_is_known(own):
    """As the documentation that comes with it names them; the control is one that it does not name."""
    asterisk, server, cable = behind_a_cable(own)
    admin = connected(server)
    documented = (asterisk.program / "share/documentation/core-en_US.xml").read_text(errors="replace")
    names = set(re.findall(r'<managerEvent [^>]*name="([^"]+)"', documented))
    assert len(names) > 150
    for name in (*sorted(names), "FromTheFuture"):
        cable.say(f"Event: {name}\r\nPrivilege: call,all\r\n\r\n".encode())
    counted = until(lambda: condition(admin)["unknown"] and condition(admin), what="the last one is counted")
    assert "1 message is of no known kind (“FromTheFuture”)" in counted["text"]
    assert counted["unknown"] == 1


def test_the_connection_is_cut_and_the_call_ends_meanwhile(own):
    asterisk, server, cable = behind_a_cable(own)
    admin, ada = connected(server), server.api("ada")
    _, caller = talking(asterisk, ada)
    cable.cut()
    until(lambda: not is_green(admin), what="the loss is noticed")
    caller.hang_up()
    until(lambda: "0 active channels" in asterisk.cli("core show channels"), what="the call is over")
    cable.mend()
    until(lambda: is_green(admin), within=40, what="connected again")
    picture = ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))
    call = ada.get(f"calls/{picture['calls'][0]['id']}")["call"]
    assert call["reconstructed"], call


def test_a_user_that_hears_nothing_is_said(own):
    """No action tells that `read` lacks the class `call`: it shows when there is a call."""
    asterisk, server = own(user="ctideaf")
    admin = connected(server)
    asterisk.phone("1001")
    asterisk.trunk().dial("1001", f"<sip:{MAX}@127.0.0.2>")
    source = until(lambda: "read = call" in (found := condition(admin))["text"] and found)
    assert source["state"] == "red"


def test_an_encrypted_connection(own):
    def encrypted(asterisk):
        return {"port": asterisk.ami_tls, "tls": "true", "tls-ca": asterisk.certificate, "tls-name": "pbx.example"}

    asterisk, server = own(plug=encrypted)
    admin, ada = connected(server), server.api("ada")
    _, caller = talking(asterisk, ada)
    assert is_green(admin)
    caller.hang_up()
    ada.desk_where(lambda picture: all(each.get("endedAt") for each in picture["calls"]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tls-name": "other.example"}, "ostname mismatch"),
        ({"tls-name": "pbx.example", "tls-ca": None}, "certificate is not trusted"),
        ({"tls-name": "pbx.example", "port": "plain"}, "wrong version number"),
        ({"tls": None, "tls-ca": None}, "Is it the encrypted port?"),
    ],
    ids=["another name", "unknown authority", "port without TLS", "TLS port without tls"],
)
def test_who_is_not_who_it_should_be_is_not_told_the_password(own, settings, words):
    def encrypted(asterisk):
        usual = {"port": asterisk.ami_tls, "tls": "true", "tls-ca": asterisk.certificate}
        changed = {key: asterisk.ami if value == "plain" else value for key, value in settings.items()}
        return {key: value for key, value in (usual | changed).items() if value is not None}

    _, server = own(plug=encrypted)
    admin = server.api("admin")
    source = until(lambda: words in (found := condition(admin))["text"] and found, what=words)
    assert source["state"] == "red"


def test_a_wrong_password_is_said(own):
    _, server = own(secret="wrong")
    admin = server.api("admin")
    source = until(lambda: (found := condition(admin))["text"].startswith("Asterisk refused") and found)
    assert source["state"] == "red"
    assert "manager.conf" in source["text"]
    assert "wrong" not in server.log.read_text()


def test_a_missing_right_is_said(own):
    """The user may listen and end calls, and not make phones dial."""
    _, server = own(**{"hold": "notify"})
    admin = server.api("admin")
    source = until(lambda: "“system”" in (found := condition(admin))["text"] and found)
    assert source["state"] == "red"


def test_a_phone_that_it_does_not_have_is_said(own, browser, looks):
    _, server = own()
    admin = connected(server)
    admin.post(
        "admin/people",
        {"id": "zoe", "displayName": "Zoe", "role": "agent", "extensions": ["1099"]},
    )
    source = until(lambda: "1099" in (found := condition(admin))["text"] and found)
    assert source["state"] == "red"
    people = {each["id"]: each["missing"] for each in admin.get("admin/people")["people"]}
    assert people.pop("zoe") == ["1099"] and not any(people.values()), people
    page = browser.new_page()
    page.goto(server.link("admin"))
    page.goto(f"{server.address}/admin/people")
    expect(page.get_by_text("No phone system has 1099")).to_be_visible()
    looks.at(page, "people-without-a-phone")
    page.close()
    command = [server.program, "doctor", "--data", str(server.folder)]
    doctor = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert doctor.returncode == 1 and "1099" in doctor.stdout, doctor


def test_the_panel_says_that_the_phone_system_is_lost(own, browser, looks):
    asterisk, server = own()
    admin = connected(server)
    page = browser.new_page()
    page.goto(server.link("ada"))
    expect(page.get_by_role("region", name="Live calls", exact=True)).to_be_visible()
    asterisk.kill()
    expect(page.get_by_text("The phone system cannot be reached.")).to_be_visible(timeout=40_000)
    looks.at(page, "phone-system-lost")
    page.close()


def test_the_connections_page_says_what_is_wrong(own, browser, looks):
    asterisk, server = own()
    admin = connected(server)
    page = browser.new_page()
    page.goto(server.link("admin"))
    page.goto(f"{server.address}/admin/connections")
    row = page.get_by_role("listitem").filter(has_text="office").first
    expect(row).to_contain_text("Works")
    looks.at(page, "phone-system-works")
    asterisk.kill()
    until(lambda: not is_green(admin), what="the loss is noticed")
    page.reload()
    expect(row).to_contain_text("Has a problem")
    expect(row).to_contain_text("Asterisk")
    looks.at(page, "phone-system-has-a-problem")
    page.close()
