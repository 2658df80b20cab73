"""A backup that is taken while calls go on, of either engine, comes back in either: whole, or not at all."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Server, run
from store_cluster import Cluster
from stored_rows import rows, tables
from test_store_copy import PASSING
from webhooks import PhoneSystem, ReportedCall

ADA = "+493023125042"
EVENTS_A_SECOND = 50
names = itertools.count(1)


class Load:
    """Calls at a steady rate until this ends; each id is noted when all its events were acknowledged."""

    def __init__(self, phones: PhoneSystem):
        self.phones = phones
        self.acknowledged: list[str] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ends.set()
        self._thread.join()

    def _go_on(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            call = ReportedCall(self.phones, f"+4917655{number:06}", extension="1002")
            for step, (kind, after) in enumerate([("offered", 0), ("ended", 1)]):
                due = began + (2 * number + step) / EVENTS_A_SECOND
                if self._ends.wait(max(0, due - time.monotonic())):
                    return
                call.report(kind, after=after)
            self.acknowledged.append(call.id)

    def wait_for(self, calls: int) -> None:
        while len(self.acknowledged) < calls:
            assert self._thread.is_alive(), "the calls have ended"
            self._ends.wait(0.05)


class Place:
    """Where a store is: a folder, and with PostgreSQL a database too."""

    def __init__(self, program: str, engine: str, folder: Path, cluster: Cluster):
        self.program = program
        self.folder = folder / f"{engine}{next(names)}"
        self.options = ["--database", cluster.new_store()] if engine == "postgresql" else []

    @property
    def store(self) -> Path | str:
        return self.options[1] if self.options else self.folder

    def server(self) -> Server:
        return Server(self.program, self.folder, *self.options)

    def run(self, *arguments: str | Path):
        return run(self.program, *map(str, arguments), "--data", str(self.folder), *self.options)


ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def backups(program, cluster: Cluster, tmp_path_factory) -> Iterator[dict[str, tuple[Path, set[str]]]]:
    """A backup of each engine, taken under load, and the calls that must be in it."""
    folder = tmp_path_factory.mktemp("backups")
    taken = {}
    for engine in ENGINES:
        place = Place(program, engine, folder, cluster)
        server = place.server().start()
        phones = PhoneSystem.added(server.sign_in("admin"), "office")
        with Load(phones) as load:
            load.wait_for(60)
            before = set(load.acknowledged)
            file = folder / f"{engine}.sqlite"
            done = place.run("backup", file)
            assert (done.returncode, done.stdout) == (0, f"Written: {file}\n"), done.stderr
            load.wait_for(len(load.acknowledged) + 20)
        assert server.audit()["unexplained"] == 0
        assert server.stop() == 0
        taken[engine] = (file, before)
    yield taken


@pytest.mark.parametrize("source", ENGINES)
@pytest.mark.parametrize("target", ENGINES)
def test_it_comes_back_whole(program, cluster: Cluster, tmp_path: Path, backups, source: str, target: str):
    file, before = backups[source]
    assert file.stat().st_mode & 0o077 == 0
    place = Place(program, target, tmp_path, cluster)
    done = place.run("restore", file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Restored: " in done.stdout
    assert sorted(left.name for left in place.folder.iterdir()) == sorted(
        ["callmatch.lock"] + ([] if target == "postgresql" else ["callmatch.sqlite"])
    )
    server = place.server().start()
    try:
        audit = server.audit()
        assert audit["unexplained"] == 0
        assert audit["calls"] >= len(before)
        calls = {row for row in rows(place.store, "call")} if target == "postgresql" else None
        number = "+4917655000003"
        assert len(server.export(number)["calls"]) == 1
        assert server.sign_in("ada").json("people", search="lovelace")["people"]
    finally:
        assert server.stop() == 0
    calls = "".join(calls or rows(place.store, "call"))
    assert [call for call in before if call not in calls] == []


@pytest.mark.parametrize("target", ENGINES)
def test_a_damaged_one_is_refused(program, cluster: Cluster, tmp_path: Path, backups, target: str):
    """Cut off, longer, or with one bit that is not what it was: in words, and nothing is done."""
    whole = backups["postgresql"][0].read_bytes()
    middle = len(whole) // 2
    damages = [
        whole[:middle], whole[:-1], whole[: len(whole) - 4096], whole[:50], b"", whole + b"\0",
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], b"SQLite format 3\0 but no more of it",
    ]  # fmt: skip
    place = Place(program, target, tmp_path, cluster)
    file = tmp_path / "damaged.sqlite"
    for bytes_ in damages:
        file.write_bytes(bytes_)
        done = place.run("restore", file)
        assert done.returncode == 1, len(bytes_)
        assert f"Nothing was restored from {file}: " in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert not place.folder.exists()
        if target == "postgresql":
            assert tables(place.store) == set()


@pytest.mark.parametrize("target", ENGINES)
def test_a_store_is_never_replaced(program, cluster: Cluster, tmp_path: Path, backups, target: str):
    place = Place(program, target, tmp_path, cluster)
    server = place.server().start()
    running = place.run("restore", backups["sqlite"][0])
    assert running.returncode == 1 and "in use by process" in running.stderr, running
    assert server.stop() == 0
    kept = {name: rows(place.store, name) for name in tables(place.store) - PASSING}
    done = place.run("restore", backups["sqlite"][0])
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert ("there is a store in" if target == "sqlite" else "holds a store already") in done.stderr
    assert {name: rows(place.store, name) for name in tables(place.store) - PASSING} == kept
    again = place.server().start()
    assert again.stop() == 0


def test_a_backup_never_replaces_a_file(program, cluster: Cluster, tmp_path: Path):
    """Not that of PostgreSQL either; and none is left of one that fails."""
    place = Place(program, "postgresql", tmp_path, cluster)
    server = place.server().start()
    file = tmp_path / "here" / "backup.sqlite"
    file.parent.mkdir()
    file.write_text("precious")
    done = place.run("backup", file)
    assert done.returncode == 1 and f"{file} failed: the file exists" in done.stderr, done
    assert file.read_text() == "precious"
    file.unlink()
    assert place.run("backup", file).returncode == 0
    assert list(file.parent.iterdir()) == [file]
    assert place.run("backup", tmp_path / "nowhere" / "backup.sqlite").returncode == 1
    assert server.stop() == 0


def test_a_name_is_that_of_the_folder_where_it_was_given(program, tmp_path: Path):
    """Not of the folder in which the server was started."""
    server = Server(program, tmp_path / "data").start()
    here = tmp_path / "here"
    here.mkdir()
    done = server.run("backup", "mine.sqlite", cwd=here)
    assert (done.returncode, done.stdout) == (0, f"Written: {here / 'mine.sqlite'}\n"), done
    assert server.stop() == 0
    assert [each.name for each in here.iterdir()] == ["mine.sqlite"]
