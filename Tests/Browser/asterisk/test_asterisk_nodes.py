"""One Asterisk and two servers: one is connected, both have its buttons, and either can be lost."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from callmatch_server import Server
from connection import RING_SECONDS, condition, until
from pbx import Asterisk

sys.path.append(str(Path(__file__).resolve().parents[2] / "PostgreSQL"))

from store_cluster import Cluster  # noqa: E402

MAX = "+493023125042"
OFFICE = {"kind": "phone", "name": "office"}
# Seconds: the length of a lease, a second to notice, and to connect.
TAKEN_OVER_WITHIN = 20


@pytest.fixture
def pair(program: str, pbx: Asterisk, tmp_path: Path) -> Iterator[tuple[Asterisk, list[Server]]]:
    asterisk, cluster = Asterisk(pbx.version, ring_seconds=RING_SECONDS).start(), Cluster()
    settings = tmp_path / "callmatch.yaml"
    settings.write_text(asterisk.settings())
    servers = [
        Server(program, tmp_path / name, "--config", str(settings), "--database", cluster.address)
        for name in ("one", "two")
    ]
    for server in servers:
        server.start()
    try:
        yield asterisk, servers
    finally:
        for server in servers:
            server.stop()
        cluster.stop()
        asterisk.remove()


def holder(servers: list[Server]) -> Server | None:
    """The server that says of itself that it listens, once it is connected."""
    for server in servers:
        admin = server.api("admin")
        own = admin.get("admin/nodes")["nodes"][0]
        if OFFICE in own["duties"] and condition(admin)["state"] == "green":
            return server
    return None


def other(servers: list[Server], one: Server) -> Server:
    return next(each for each in servers if each is not one)


def is_over(picture: dict) -> bool:
    return bool(picture["calls"]) and all(each.get("endedAt") for each in picture["calls"])


def talking(asterisk: Asterisk, api):
    phone, trunk = asterisk.phone("1001"), asterisk.trunk()
    caller = trunk.dial("1001", f"<sip:{MAX}@127.0.0.2>")
    phone.rings().until("ringing").answer()
    caller.until("talking")
    api.desk_where(lambda picture: picture["line"]["state"] == "talking")
    return caller


def test_an_agent_at_the_other_server_has_the_buttons(pair):
    asterisk, servers = pair
    away = other(servers, until(lambda: holder(servers), what="one server is connected"))
    assert until(lambda: condition(away.api("admin"))["state"] == "green", what="the other one knows")
    ada = away.api("ada")
    caller = talking(asterisk, ada)
    picture = ada.desk_where(lambda picture: "hangUp" in picture["calls"][0]["can"])
    ada.post(f"calls/{picture['calls'][0]['id']}/hang-up", {})
    caller.until("ended")
    ada.desk_where(is_over)
    assert away.audit()["unexplained"] == 0


@pytest.mark.parametrize("ends", ["afterwards", "meanwhile"])
def test_the_connected_server_is_killed_during_a_call(pair, ends):
    asterisk, servers = pair
    first = until(lambda: holder(servers), what="one server is connected")
    second = other(servers, first)
    ada = second.api("ada")
    caller = talking(asterisk, ada)
    first.kill()
    if ends == "meanwhile":
        caller.hang_up()
    until(lambda: holder([second]), within=TAKEN_OVER_WITHIN, what="the other one is connected")
    if ends == "afterwards":
        assert [each["state"] for each in ada.desk()["calls"]] == ["talking"]
        caller.hang_up()
    picture = ada.desk_where(is_over, within=30)
    assert len(picture["calls"]) == 1
    # In both cases a part of it was learnt from what there was after the connect.
    call = ada.get(f"calls/{picture['calls'][0]['id']}")["call"]
    assert call["reconstructed"], call
    assert second.audit()["calls"] == 1
