"""What the tests of faults share: a ledger, and a library between a program and the system."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from filing import Scene, Talk, scene_with_an_org
from ledger import Ledger
from program import Server
from system_fault import SystemFault


@pytest.fixture(autouse=True)
def no_server_left(monkeypatch) -> Iterator[None]:
    """A test that fails in the middle leaves no server behind. One that others share is only started again."""
    started, spawn = [], Server.spawn

    def noted(server: Server) -> None:
        if not server.log.exists():
            started.append(server)
        spawn(server)

    monkeypatch.setattr(Server, "spawn", noted)
    yield
    for server in started:
        server.kill()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="session")
def fault_library(tmp_path_factory) -> Path:
    return SystemFault.compile(tmp_path_factory.mktemp("library"))


@pytest.fixture
def system(fault_library: Path, tmp_path: Path) -> Iterator[SystemFault]:
    """The system as one server sees it: its calls are counted and fail as told, and its clock can be moved."""
    system = SystemFault(fault_library, tmp_path / "plan")
    yield system
    system.close()


@pytest.fixture(scope="module")
def setting(program: str, tmp_path_factory) -> Iterator[Scene]:
    with scene_with_an_org(program, tmp_path_factory.mktemp("crm")) as setting:
        yield setting


@pytest.fixture
def talk(setting: Scene) -> Talk:
    setting.org.requests(clear=True)
    return Talk(setting)
