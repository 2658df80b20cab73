"""An agent's own consent to a connected CRM: the way back, what is kept, and how it ends."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from connected_org import (
    OrgProcess,
    connected,
    consent,
    consent_address,
    hire,
    wait_until_in,
    way_back,
)
from program import Client, Server, until

ADA, BEN = "ada@callmatch.example", "ben@callmatch.example"


@dataclass
class Scene:
    server: Server
    org: OrgProcess
    anna: Client
    bert: Client


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


def state(agent: Client) -> str:
    return agent.desk()["organisation"]["crm"]["consent"]["state"]


def found(agent: Client, typed: str = "lovelace") -> list[str]:
    return [each["name"] for each in agent.json("people", search=typed)["people"]]


def back(agent: Client, path: str) -> int:
    return agent.request("GET", path).status_code


def test_consent_opens_the_org_to_one_agent(scene: Scene):
    assert (state(scene.anna), found(scene.anna)) == ("missing", [])
    assert consent(scene.anna, scene.org, ADA).status_code == 200
    assert (state(scene.anna), found(scene.anna)) == ("given", ["Ada Lovelace"])
    assert (state(scene.bert), found(scene.bert)) == ("missing", [])


def test_the_address_asks_as_the_standard_says(scene: Scene):
    address = consent_address(scene.anna)
    for part in ("response_type=code", "client_id=callmatch", "code_challenge=", "state="):
        assert part in address
    assert address.startswith(f"{scene.org.url}/services/oauth2/authorize?")
    assert consent_address(scene.anna) != address, "each time with another state"


def test_the_way_back_is_the_agents_own_and_good_once(scene: Scene):
    path = way_back(scene.org, consent_address(scene.anna), ADA)
    assert back(scene.bert, path) == 400
    assert back(scene.server.nobody(), path) == 401
    assert (state(scene.anna), state(scene.bert)) == ("missing", "missing")
    path = way_back(scene.org, consent_address(scene.anna), ADA)
    assert back(scene.anna, path) == 200
    assert back(scene.anna, path) == 400
    assert state(scene.anna) == "given"


@pytest.mark.parametrize("change", ["code", "state"])
def test_a_forged_way_back_is_refused(scene: Scene, change: str):
    path = way_back(scene.org, consent_address(scene.anna), ADA)
    assert back(scene.anna, path.replace(f"{change}=", f"{change}=x")) == 400
    assert state(scene.anna) == "missing"
    assert back(scene.anna, "/connect/crm/callback") == 400


def test_a_refusal_is_said_and_changes_nothing(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    path = way_back(scene.org, consent_address(scene.anna), ADA, refuse=True)
    answer = scene.anna.request("GET", path)
    assert answer.status_code == 400 and "Salesforce is not connected" in answer.text
    assert state(scene.anna) == "given"


def test_a_user_stands_for_one_agent(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    answer = consent(scene.bert, scene.org, ADA)
    assert answer.status_code == 400
    assert (state(scene.anna), state(scene.bert)) == ("given", "missing")
    assert consent(scene.bert, scene.org, BEN).status_code == 200


def test_tokens_are_not_in_the_store_as_they_are(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    assert found(scene.anna) == ["Ada Lovelace"]
    # How tokens of the org begin, and refresh tokens.
    begins = (f"{scene.org.info()['id'][:15]}!".encode(), b"5Aep")
    for file in scene.server.folder.iterdir():
        if file.is_file():
            assert not any(begin in file.read_bytes() for begin in begins), file
    assert not any(begin.decode() in scene.server.log.read_text() for begin in begins)
    assert (scene.server.folder / "secrets.key").stat().st_mode & 0o077 == 0


def test_consent_outlives_a_restart_and_a_token(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    scene.org.expire_tokens(user=ADA)
    scene.server.restart()
    assert (state(scene.anna), found(scene.anna)) == ("given", ["Ada Lovelace"])


def test_when_the_org_takes_it_back_the_agent_is_told(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    scene.server.restart()
    scene.org.expire_tokens(user=ADA, refresh=True)
    assert found(scene.anna) == []
    until(lambda: state(scene.anna) == "expired", what="the desk says that it is over")
    assert consent(scene.anna, scene.org, ADA).status_code == 200
    assert (state(scene.anna), found(scene.anna)) == ("given", ["Ada Lovelace"])


def test_an_agent_takes_it_back(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    assert found(scene.anna) == ["Ada Lovelace"]
    assert scene.anna.delete("crm/consent").status_code == 204
    assert (state(scene.anna), found(scene.anna)) == ("missing", [])
    revoked = [each for each in scene.org.requests() if "/oauth2/revoke" in each["target"]]
    assert revoked and revoked[-1]["status"] == 200


def test_what_one_agent_takes_back_is_only_that_agents(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    consent(scene.bert, scene.org, BEN)
    assert scene.anna.delete("crm/consent").status_code == 204
    assert (state(scene.anna), state(scene.bert)) == ("missing", "given")
    scene.server.restart()
    assert (state(scene.anna), found(scene.anna)) == ("missing", [])
    assert (state(scene.bert), found(scene.bert)) == ("given", ["Ada Lovelace"])
    assert scene.server.nobody().delete("crm/consent").status_code == 401
    assert state(scene.bert) == "given"


def test_the_connection_is_the_administrators(scene: Scene):
    agent = hire(scene.server, "carl", "1003", role="agent")
    number = {"number": "+493023125042"}
    for path in ("admin/sources", "admin/deliveries", "admin/health", "admin/people", "/metrics"):
        way = path if path.startswith("/") else f"/api/v1/{path}"
        assert agent.request("GET", way).status_code == 404, path
        assert scene.anna.request("GET", way).status_code == 200, path
    assert agent.post("admin/matching/try", number).status_code == 404
    assert agent.post("admin/deliveries/retry").status_code == 404
    shown = [agent.desk(), agent.json("session")]
    assert scene.org.url not in json.dumps(shown)


def test_no_reply_shows_a_token(scene: Scene):
    consent(scene.anna, scene.org, ADA)
    begin = f"{scene.org.info()['id'][:15]}!"
    shown = [scene.anna.desk(), scene.anna.json("admin/sources"), scene.anna.json("session")]
    assert begin not in json.dumps(shown) and "5Aep" not in json.dumps(shown)
