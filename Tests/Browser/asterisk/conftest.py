"""A real Asterisk with its telephones, and the program connected to it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CalledProcessError

import pytest
from callmatch_server import API, Server
from connection import RING_SECONDS, condition, connected, until

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Asterisk"))

from pbx import Asterisk, Witness  # noqa: E402
from sip_phone import Telephone  # noqa: E402


@pytest.fixture(scope="session", params=["16", "22"])
def pbx(request) -> Iterator[Asterisk]:
    try:
        asterisk = Asterisk(request.param, ring_seconds=RING_SECONDS)
    except (OSError, AssertionError, CalledProcessError) as reason:
        if request.param == "16":
            raise
        # It comes from a suite that changes every day; the README names this.
        pytest.skip(f"Asterisk {request.param} cannot be fetched now: {reason}")
    try:
        yield asterisk.start()
    finally:
        asterisk.remove()


@pytest.fixture(scope="session")
def server(program: str, pbx: Asterisk, tmp_path_factory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("callmatch")
    settings = folder / "callmatch.yaml"
    settings.write_text(pbx.settings(**{"click-to-dial": "true"}))
    server = Server(program, folder / "data", "--config", str(settings))
    server.start()
    admin = connected(server)
    yield server
    # Of all that an Asterisk said of all these calls.
    assert condition(admin)["unknown"] == 0, condition(admin)["text"]
    server.stop()


@pytest.fixture(scope="session")
def admin(server: Server) -> API:
    """Of this server: the one of the other tests has an administrator of its own."""
    return server.api("admin")


@pytest.fixture
def own(program: str, pbx: Asterisk, tmp_path) -> Iterator[Callable]:
    """A phone system and a server of a test's own, as other tests need theirs."""
    started = []

    def own(
        second: Asterisk | None = None,
        environment: dict | None = None,
        plug: Callable[[Asterisk], dict] = lambda asterisk: {},
        **settings,
    ) -> tuple[Asterisk, Server]:
        """`plug` gives the settings that are known once the phone system is up."""
        asterisk = Asterisk(pbx.version, ring_seconds=RING_SECONDS).start()
        started.append(asterisk.remove)
        text = asterisk.settings(**settings, **plug(asterisk))
        if second:
            text += second.settings("branch").removeprefix("phone-systems:\n")
        file = tmp_path / "callmatch.yaml"
        file.write_text(text)
        server = Server(program, tmp_path / "data", "--config", str(file))
        server.environment = environment or {}
        server.start()
        started.append(server.stop)
        return asterisk, server

    yield own
    for end in reversed(started):
        end()


class Lines:
    """The telephones of the agents 1001 to 1003, and the telephone company."""

    def __init__(self, pbx: Asterisk):
        self.pbx = pbx
        self.ada, self.ben, self.cleo = (pbx.phone(each) for each in ("1001", "1002", "1003"))
        self.trunk = pbx.trunk()
        self.witness = Witness(pbx)
        self._rules = 0

    def dial_in(self, number: str, to: str = "1001", name: str = "", **about):
        """A customer calls."""
        sender = f'"{name}" ' if name else ""
        digits = number.replace(" ", "")
        return self.trunk.dial(to, f"{sender}<sip:{digits}@127.0.0.2>", **about)

    def rule(self) -> tuple[str, str, str]:
        """The next company rule that the dialplan says it ran."""
        self._rules += 1
        return self.witness.rule(self._rules)

    def next_call(self, phone: Telephone):
        """The next call at a phone, once it rings."""
        phone.taken = getattr(phone, "taken", 0) + 1
        return phone.rings(phone.taken).until("ringing")

    def leave(self) -> None:
        """What a test left behind ends, so that the next one begins with silent phones."""
        until(self._is_silent, what="silence")
        for phone in (self.ada, self.ben, self.cleo, self.trunk):
            phone.taken = len(phone.calls)
        self._rules = len(self.witness.events)

    def _is_silent(self) -> bool:
        """Ends what is there, again and again: what a phone declines goes on to an announcement."""
        for phone in (self.trunk, self.ada, self.ben, self.cleo):
            for call in list(phone.calls):
                if call.state == "talking":
                    call.hang_up()
                elif call.state != "ended" and call.offer:
                    call.decline(480)
                elif call.state != "ended":
                    call.give_up()
        return "0 active channels" in self.pbx.cli("core show channels")


@pytest.fixture(scope="session")
def exchange(pbx: Asterisk) -> Iterator[Lines]:
    lines = Lines(pbx)
    yield lines
    lines.witness.close()


@pytest.fixture
def lines(exchange: Lines) -> Iterator[Lines]:
    yield exchange
    exchange.leave()
