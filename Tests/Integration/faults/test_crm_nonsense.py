"""F18: a CRM that answers nonsense, and one whose answers lead elsewhere."""

import re
import socket
import threading
from collections.abc import Iterator

import pytest
from connected_org import wait_until_in
from filing import Scene, Talk
from program import until


class Trap:
    """An address at which nobody should ask."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _ = self._listener.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def visit(self) -> None:
        before = self.visits
        socket.create_connection(self._listener.getsockname()).close()
        until(lambda: self.visits > before, what="the trap works")

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.close()


NONSENSE = {
    "a page of HTML": ("mangle", {"how": "html"}),
    "20 MB": ("pad", {"bytes": 20_000_000}),
    "more than 1 MiB": ("pad", {"bytes": 1 << 20}),
    "a redirect": ("redirect", {}),
    "half of it": ("truncate", {}),
    "a slow drip": ("drip", {"seconds": 60}),
}


def test_f18_nonsense(setting: Scene, trap: Trap, record_property):
    """The org answers six logs with a page of HTML, 20 MB that come as 20 KB of gzip, a little more than 1 MiB, a
    redirect, half an answer, and one that drips for a minute; and a look for an activity a little more than 1 MiB.

    Expected: each is tried again and is one record in the end; nobody goes where the redirect leads.
    Control: each of them was met; who does go there is noticed; a little less than 1 MiB is taken at once.
    """
    control = Talk(setting)
    setting.org.fault(kind="pad", path=control.path, bytes=(1 << 20) - 10_000)
    control.end().filed()
    # Logs of earlier tests may be on their way as well.
    assert [each["faults"] for each in setting.writes() if control.key in each["target"]] == [["pad"]]
    talks = {name: Talk(setting) for name in NONSENSE}
    for name, (kind, about) in NONSENSE.items():
        more = {"headers": {"Location": f"{trap.address}/task"}} if kind == "redirect" else {}
        setting.org.fault(kind=kind, path=talks[name].path, **about, **more)
    for each in talks.values():
        each.end()
    for name, each in talks.items():
        until(lambda each=each: each.log["state"] == "filed", 90, f"{name} is overcome")
        assert len(setting.tasks(each.key)) == 1, name
    writes = setting.writes()
    for name in ("20 MB", "more than 1 MiB"):
        assert sum(talks[name].key in write["target"] for write in writes) == 2, f"{name} was taken"
    met = [fault for each in writes for fault in each["faults"]]
    assert sorted(met) == sorted(kind for kind, _ in NONSENSE.values())
    assert trap.visits == 0
    trap.visit()
    record_property("a look for an activity taken, by what it had besides", too_long_to_be_read(setting))


def too_long_to_be_read(setting: Scene) -> str:
    """What is looked for may be no longer than what is written: the activity is found by the next look."""
    taken = {}
    for besides in ((1 << 20) - 10_000, 1 << 20):
        talk = Talk(setting)
        setting.org.configure(upsert_blind_seconds=60)
        setting.org.add(kind="Task", CallKey__c=talk.key, Subject="By the other one")
        look = f"/query\\?.*{talk.key}"
        setting.org.requests(clear=True)
        setting.org.fault(kind="pad", path=look, bytes=besides)
        talk.end().filed()
        setting.org.configure(upsert_blind_seconds=0)
        looks = [each["faults"] for each in setting.org.requests() if re.search(look, each["target"])]
        assert looks[0] == ["pad"], "it was not met"
        taken[besides] = len(looks) == 1
    assert list(taken.values()) == [True, False], taken
    return ", ".join(f"{besides} bytes: {'yes' if is_taken else 'no'}" for besides, is_taken in taken.items())


@pytest.mark.parametrize("inner", ["http://169.254.169.254", "trap"])
def test_nobody_asks_where_a_token_leads_elsewhere(setting: Scene, trap: Trap, inner: str):
    """The other half of F39: an address that comes with an answer."""
    wait_until_in(setting.agent)
    setting.org.configure(instance_url=trap.address if inner == "trap" else inner)
    setting.org.expire_tokens()
    text = until(lambda: setting.crm["state"] == "red" and setting.crm["text"], 30, "the connection is red")
    assert "another host" in text
    assert trap.visits == 0
    setting.org.configure(instance_url="")
    wait_until_in(setting.agent)
    trap.visit()
