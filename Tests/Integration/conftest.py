"""The program from outside. CALLMATCH_BINARY names it; everything else is made here."""

import itertools
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from program import Client, Server
from rights import Scene
from webhooks import PhoneSystem

sys.path.append(str(Path(__file__).resolve().parents[1] / "PostgreSQL"))

from store_cluster import Cluster  # noqa: E402

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def program() -> str:
    path = os.environ.get("CALLMATCH_BINARY")
    if not path:
        pytest.exit("Set CALLMATCH_BINARY to the path of the callmatch program.", returncode=2)
    if not os.access(path, os.X_OK):
        pytest.exit(f"CALLMATCH_BINARY={path} is not a program that can be run.", returncode=2)
    return str(Path(path).resolve())


@pytest.fixture(scope="module")
def server(program: str, tmp_path_factory) -> Iterator[Server]:
    """A server with the sample organisation, for the tests of one file."""
    server = Server(program, tmp_path_factory.mktemp("callmatch") / "data").start()
    yield server
    assert server.stop() == 0, server.log.read_text()[-2000:]


@pytest.fixture(scope="module")
def admin(server: Server) -> Client:
    return server.sign_in("admin")


@pytest.fixture(scope="module")
def ada(server: Server) -> Client:
    return server.sign_in("ada")


@pytest.fixture(scope="module")
def ben(server: Server) -> Client:
    return server.sign_in("ben")


@pytest.fixture(scope="module")
def phones(admin: Client) -> PhoneSystem:
    """A phone system that reports signed events."""
    return PhoneSystem.added(admin, f"office{next(numbers)}")


@pytest.fixture
def counted(server: Server) -> Callable[[], dict[str, int]]:
    """`counted()`: which of the audit's figures have changed since the test began, and by how much."""
    before = server.audit()

    def changed() -> dict[str, int]:
        after = server.audit()
        assert after["unexplained"] == 0, after
        figures = {name: after[name] - value for name, value in before.items() if isinstance(value, int)}
        return {name: change for name, change in figures.items() if change}

    return changed


@pytest.fixture
def people(server: Server) -> dict[str, Client]:
    """Fresh sessions: some rows end them."""
    names = {"Ada": "ada", "Ben": "ben", "administrator": "admin"}
    signed_in = {who: server.sign_in(name) for who, name in names.items()}
    return {"nobody": server.nobody()} | signed_in


@pytest.fixture
def scene(people: dict[str, Client]) -> Scene:
    return Scene(people["Ada"], people["administrator"])


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def nodes(cluster: Cluster, program: str, tmp_path_factory) -> Iterator[list[Server]]:
    """Two servers on one store."""
    folder = tmp_path_factory.mktemp("nodes")
    nodes = [
        Server(program, folder / name, "--database", cluster.address).start()
        for name in ("one", "two")
    ]
    yield nodes
    for node in nodes:
        assert node.stop() == 0, node.log.read_text()[-2000:]
