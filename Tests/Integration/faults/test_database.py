"""PostgreSQL is killed, restarted, frozen or full while the server works; and the server is killed too."""

import signal
import time
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from database_fault import take_every_connection
from form import either
from ledger import Ledger
from load import Load, has_passed, under_load
from program import Server, until
from store_cluster import Cluster
from webhooks import PhoneSystem

SERVER_KILLS = either(4, 200)
DATABASE_KILLS = either(2, 50)
FROZEN = either(4, 60)
CONNECTIONS = 30


@pytest.fixture(scope="module")
def cluster():
    """With few connections, so that they can be taken."""
    cluster = Cluster(f"max_connections={CONNECTIONS}")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def server(program, cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("callmatch") / "data"
    server = Server(program, folder, "--database", cluster.new_store()).start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def no_server_left() -> None:
    """One server is that of the whole file, and stays."""


@pytest.fixture(scope="module")
def phones(server) -> PhoneSystem:
    return PhoneSystem.added(server.sign_in("admin"), "office")


def is_ready(server: Server) -> bool:
    return server.nobody().request("GET", "/ready").status_code == 200


def goes_on(server: Server, load: Load) -> float:
    """Seconds until the next event is acknowledged."""
    began, so_far = time.monotonic(), len(load.answers)
    until(lambda: len(load.answers) > so_far, 60, "it goes on")
    until(lambda: is_ready(server), 30, "and says that it is ready")
    return time.monotonic() - began


def test_r2_kills_of_server_and_database(cluster, server, phones, ledger: Ledger, record_property):
    """Under load the server is killed, and the database with all its processes, in turn.

    Expected: both come back, and no acknowledged event is lost.
    Control: that of F21.
    """
    longest, database_kills = 0.0, 0
    for number in range(SERVER_KILLS + DATABASE_KILLS):
        with under_load(phones, ledger) as load:
            until(lambda: len(load.answers) > 20, 60, "a load")
            if database_kills * SERVER_KILLS <= (number - database_kills) * DATABASE_KILLS:
                database_kills += 1
                cluster.kill()
                cluster.start()
            else:
                server.kill()
                server.start()
            longest = max(longest, goes_on(server, load))
    record_property("kills of the server", SERVER_KILLS)
    record_property("kills of the database", database_kills)
    record_property("longest until it goes on, s", f"{longest:.1f}")
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server)))
    assert database_kills == DATABASE_KILLS
    ledger.check(server)


@contextmanager
def frozen(cluster: Cluster):
    cluster.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        cluster.signal(signal.SIGCONT)


@contextmanager
def out_of_connections(cluster: Cluster):
    strangers = take_every_connection(cluster)
    assert len(strangers) == CONNECTIONS
    yield
    for stranger in strangers:
        stranger.connection.close()


@contextmanager
def restarted(cluster: Cluster):
    cluster.kill()
    yield
    cluster.start()


@pytest.mark.parametrize("fault", [restarted, frozen, out_of_connections], ids=lambda fault: fault.__name__)
def test_f25_database_away(cluster, server, phones, ledger: Ledger, record_property, fault: Callable):
    """PostgreSQL is killed and started again, is frozen, or has no connection left, under load.

    Expected: 503 with Retry-After meanwhile, the server goes on by itself, no acknowledged event is lost.
    Control: before it, nobody is refused.
    """
    with under_load(phones, ledger) as load:
        until(lambda: len(load.answers) > 50, 60, "a load")
        assert load.refused == load.unanswered == 0
        began = time.monotonic()
        with fault(cluster):
            until(lambda: load.refused > 0, 30, "refused")
            record_property(f"{fault.__name__}: refused after s", f"{time.monotonic() - began:.1f}")
            until(lambda: not is_ready(server), 30, "not ready")
            until(has_passed(FROZEN), FROZEN + 10)
        record_property(f"{fault.__name__}: goes on after s", f"{goes_on(server, load):.1f}")
    record_property(f"{fault.__name__}: refused", load.refused)
    record_property("acknowledged", len(ledger))
    record_property("lost", len(ledger.lost(server)))
    record_property("control", "nobody refused before")
    assert load.rude == 0
    ledger.check(server)
