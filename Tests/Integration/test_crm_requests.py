"""What a call takes of the org's requests, as *Connections* says it, is what the org itself has counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from connected_org import (
    CRM,
    OrgProcess,
    asked_for_calls,
    connected,
    connection,
    consent,
    hire,
    wait_until_in,
)
from program import Client, until
from webhooks import PhoneSystem, ReportedCall

ADA = "ada@callmatch.example"
NOTHING = {"calls": 0, "lookUps": 0, "people": 0, "logs": 0}


@dataclass
class Scene:
    org: OrgProcess
    agent: Client
    phones: PhoneSystem

    def call(self, number: str, record: str) -> None:
        """From the ring to the log in the org, with the panel's own question about related records."""
        call = ReportedCall(self.phones, number)

        def is_it(shown: dict) -> bool:
            return shown["number"]["e164"] == number and shown["match"]["outcome"] == "single"

        call.report("offered")
        shown = self.agent.call_where(is_it)
        self.agent.json(f"people/contact/{record}/related", scope="account", crm=CRM)
        call.report("answered", after=1)
        call.report("ended", after=20)
        self.agent.call_where(lambda call: is_it(call) and call["state"] == "wrapUp")
        assert self.agent.post(f"calls/{shown['id']}/done").status_code == 204
        filed = (shown["id"], "filed")
        self.agent.desk_where(lambda desk: filed in [(each["id"], each["log"]) for each in desk["recent"]])

    def told(self, calls: int) -> dict[str, int]:
        """What *Connections* says after so many calls."""

        def of_all() -> dict | None:
            told = connection(self.agent)["callRequests"]
            return told if told["calls"] == calls else None

        return until(of_all, what=f"{calls} calls are done")


@pytest.fixture(params=["own", "users"])
def scene(request, program: str, tmp_path: Path) -> Iterator[Scene]:
    about = {"every": 3600, "agents": request.param, "live": True}
    if request.param == "users":
        about["users"] = {"anna": ADA}
    with OrgProcess() as org:
        for number in range(3):
            org.add(kind="Contact", LastName=f"Caller {number}", Phone=f"+4922147122{number:02}")
        server = connected(program, tmp_path, org, **about).start()
        agent = hire(server, "anna", "1001")
        wait_until_in(agent)
        if request.param == "own":
            assert consent(agent, org, ADA).status_code == 200
        org.requests(clear=True)
        yield Scene(org, agent, PhoneSystem.added(agent, "office"))
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


def test_what_a_call_takes_is_what_the_org_has_counted(scene: Scene):
    assert scene.told(0) == NOTHING
    contacts = scene.org.columns(kind="Contact", names=["Phone", "Id"])
    callers = [(phone, record) for phone, record in contacts if phone and phone.startswith("+4922147122")]
    assert len(callers) == 3
    for done, (number, record) in enumerate(callers, start=1):
        scene.call(number, record)
        told = scene.told(done)
        asked = asked_for_calls(scene.org)
        assert told["people"] + told["logs"] == len(asked), (told, asked)
        assert told["lookUps"] == 0
        logs = [each for each in asked if "/sobjects/Task" in each["target"]]
        assert told["logs"] == len(logs), (told, logs)


def test_a_caller_who_is_not_known_here_is_counted_as_looked_up(scene: Scene):
    record = scene.org.add(kind="Contact", LastName="Brandnew", Phone="0221 4712299")
    scene.call("+492214712299", record)
    told = scene.told(1)
    assert told["lookUps"] >= 1
    assert told["lookUps"] + told["people"] + told["logs"] == len(asked_for_calls(scene.org)), told
