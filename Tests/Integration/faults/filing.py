"""Calls whose logs go to an org of our own making, and what the org was asked on the way."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connected_org import OrgProcess, connected, connection, hire, wait_until_in
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall

LOVELACE = "+493023125042"
WRITES = re.compile(r"/sobjects/Task(/|$|\?)(?!describe)")
FILED_WITHIN = 30
queues = itertools.count(1)


@dataclass
class Scene:
    """A server with the org, and an agent who administers, too."""

    server: Server
    org: OrgProcess
    agent: Client
    phones: PhoneSystem

    @property
    def crm(self) -> dict:
        return connection(self.agent)

    def tasks(self, key: str) -> list[dict]:
        """The activities of a key that are in the org."""
        return [task for task in self.org.records(kind="Task", CallKey__c=key) if not task.get("IsDeleted")]

    def writes(self) -> list[dict]:
        """What was written, or tried to be written, to activities since the last look."""
        return [each for each in self.org.requests(clear=True) if is_write(each)]

    def waiting(self, state: str = "waiting") -> dict[str, dict]:
        """Logs that wait or are parked, by call."""
        found = self.agent.json("admin/deliveries", state=state)["deliveries"]
        return {each["call"]: each for each in found}


@contextmanager
def scene_with_an_org(program: str, folder: Path) -> Iterator[Scene]:
    """In the end every call is explained, and the org has met nothing that it does not know."""
    with OrgProcess() as org:
        about = {"names": "everybody", "agents": "users", "users": {"anna": "ada@callmatch.example"}}
        server = connected(program, folder, org, **about).start()
        agent = hire(server, "anna", "1001")
        wait_until_in(agent)
        yield Scene(server, org, agent, PhoneSystem.added(agent, "office"))
        assert server.audit()["unexplained"] == 0
        assert server.stop() == 0
        assert org.info()["mistakes"] == []


def is_write(request: dict) -> bool:
    return request["method"] != "GET" and WRITES.search(request["target"]) is not None


class Talk:
    """A call that the agent has answered, and its log."""

    def __init__(self, scene: Scene, number: str = LOVELACE):
        self.scene = scene
        self.agent = scene.agent
        self.queue = f"filing-{next(queues)}"
        self.reported = ReportedCall(scene.phones, number, queue=self.queue)
        scene.phones.report(self.reported.event("offered"), self.reported.event("answered", 1))
        shown = self.agent.call_where(lambda each: each.get("queue") == self.queue and "log" in each)
        self.id = shown["id"]
        (log,) = [each["logs"][0] for each in scene.server.export(number)["calls"] if self.is_it(each)]
        self.key: str = log["key"]

    def is_it(self, kept: dict) -> bool:
        return kept["call"]["id"]["value"] == self.reported.id

    @property
    def log(self) -> dict:
        return self.agent.json(f"calls/{self.id}")["call"]["log"]

    @property
    def path(self) -> str:
        """Where the org is asked to write it, as a regular expression."""
        return f"/sobjects/Task/CallKey__c/{self.key}"

    def edit(self, **fields) -> int:
        """The new version."""
        answer = self.agent.patch(f"calls/{self.id}/log", {"version": self.log["version"], **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()["version"]

    def choose(self, person: dict) -> None:
        assert self.agent.post(f"calls/{self.id}/person", {"person": person}).status_code == 204

    def end(self) -> "Talk":
        """The log is complete: from now on it is to be filed."""
        self.reported.report("ended", after=61, cause="completed")
        self.agent.call_where(lambda shown: shown["id"] == self.id and shown["state"] == "wrapUp")
        assert self.agent.post(f"calls/{self.id}/done").status_code == 204
        return self

    def until(self, state: str) -> dict:
        """The log, as soon as it is so: filed, waiting or attention."""
        return until(lambda: (log := self.log)["state"] == state and log, FILED_WITHIN, f"the log is {state}")

    def filed(self) -> dict:
        """Its one activity in the org."""
        self.until("filed")
        (task,) = self.scene.tasks(self.key)
        return task

    def retry(self) -> None:
        assert self.agent.post(f"calls/{self.id}/retry").status_code == 204
