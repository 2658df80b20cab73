"""A caller whom our own index does not know is asked for in the org while it rings, once."""

from collections.abc import Iterator
from urllib.parse import unquote
from dataclasses import dataclass

import pytest
from connected_org import OrgProcess, connected, hire, wait_until_in
from program import Client, until
from webhooks import PhoneSystem, ReportedCall


@dataclass
class Scene:
    org: OrgProcess
    agent: Client
    phones: PhoneSystem

    def ring(self, number: str) -> str:
        """A call on the desk; returns its id."""
        ReportedCall(self.phones, number).report("offered")
        shown = self.agent.call_where(lambda call: call["number"]["e164"] == number)
        return shown["id"]

    def found(self, call: str) -> list[str]:
        match = self.agent.json(f"calls/{call}")["call"]["match"]
        return [each["ref"]["id"] for each in match["candidates"]]

    def asked(self) -> list[str]:
        """What the org was asked since the last look."""
        requests = self.org.requests(clear=True)
        return [unquote(each["target"] + each["body"]) for each in requests]


@pytest.fixture
def scene(request, program: str, tmp_path) -> Iterator[Scene]:
    """Changes are looked for once an hour, so whoever is found was asked for."""
    users = {"anna": "ada@callmatch.example"}
    about = {"every": 3600, "names": "everybody", "agents": "users", "users": users}
    with OrgProcess() as org:
        server = connected(program, tmp_path, org, **about, live=request.param).start()
        agent = hire(server, "anna", "1001")
        wait_until_in(agent)
        yield Scene(org, agent, PhoneSystem.added(agent, "office"))
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


@pytest.mark.parametrize("scene", [True], ids=["live"], indirect=True)
@pytest.mark.parametrize(
    "stored", ["(0221) 471-2201", "+492214712201", "0221/4712201", "0221 4712201"]
)
def test_who_is_new_in_the_org_is_found_at_the_ring(scene: Scene, stored: str):
    record = scene.org.add(kind="Contact", LastName="Brandnew", Phone=stored)
    # Others with nearly the same digits are no match.
    scene.org.add(kind="Contact", LastName="Neighbour", Phone="0221 47122010")
    call = scene.ring("+492214712201")
    until(lambda: scene.found(call) == [record], what="the caller is found")


@pytest.mark.parametrize("scene", [True], ids=["live"], indirect=True)
def test_a_number_that_nobody_has_is_asked_for_once(scene: Scene):
    scene.asked()
    first = scene.ring("+492214712202")
    # A later question, for another number, has been answered: what there was to ask has been asked.
    record = scene.org.add(kind="Lead", LastName="Marker", Company="M", Phone="0221 4712203")
    marker = scene.ring("+492214712203")
    until(lambda: scene.found(marker) == [record], what="the other caller is found")
    assert any("4712202" in target.replace(" ", "") for target in scene.asked())
    again = scene.ring("+492214712202")
    record = scene.org.add(kind="Lead", LastName="Marker", Company="M", Phone="0221 4712204")
    marker = scene.ring("+492214712204")
    until(lambda: scene.found(marker) == [record], what="the other caller is found")
    assert not any("4712202" in target.replace(" ", "") for target in scene.asked())
    assert scene.found(first) == scene.found(again) == []


@pytest.mark.parametrize("scene", [False], ids=["not live"], indirect=True)
def test_nobody_is_asked_for_where_the_administrator_does_not_want_it(scene: Scene):
    scene.org.add(kind="Contact", LastName="Brandnew", Phone="0221 4712205")
    scene.asked()
    call = scene.ring("+492214712205")
    # Answered when the look-up is over: what there was to ask has been asked.
    assert scene.agent.post(f"calls/{call}/look-again").status_code == 204
    assert scene.found(call) == []
    assert not any("4712205" in target.replace(" ", "") for target in scene.asked())


@pytest.mark.parametrize("scene", [True], ids=["live"], indirect=True)
def test_a_person_made_during_the_call_is_found_when_the_agent_comes_back(scene: Scene):
    call = scene.ring("+492214712206")
    assert scene.found(call) == []
    record = scene.org.add(kind="Contact", LastName="Justmade", Phone="0221 4712206")
    assert scene.agent.post(f"calls/{call}/look-again").status_code == 204
    assert scene.found(call) == [record]
