"""A store is moved from SQLite to PostgreSQL and back: every row, also after interruptions, and nothing half."""

import re
import sqlite3
import subprocess
from pathlib import Path

import pytest
from program import Server, environment, until
from store_cluster import Cluster
from webhooks import PhoneSystem, ReportedCall

ADA = "+493023125042"
DONE = re.compile(r"^(\d+) rows in (\d+) tables copied, and found equal\.$", re.MULTILINE)
PEOPLE = 4000


def copy(program: str, *arguments: str | Path, **about) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program, "store", "copy", *map(str, arguments)],
        capture_output=True, text=True, env=environment(), timeout=300, **about,
    )  # fmt: skip


def copied(program: str, *arguments: str | Path) -> int:
    """How many rows; the copy must succeed."""
    done = copy(program, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(DONE.search(done.stdout)[1])


@pytest.fixture(scope="module")
def filled(program: str, tmp_path_factory) -> Path:
    """A folder with a store in which something has happened, and no server."""
    folder = tmp_path_factory.mktemp("filled")
    server = Server(program, folder / "data").start()
    phones = PhoneSystem.added(server.sign_in("admin"), "office")
    ada = server.sign_in("ada")
    for number in range(3):
        call = ReportedCall(phones, ADA)
        call.report("offered")
        call.report("answered", after=1)
        shown = ada.call_where(lambda each: each["state"] == "talking")
        note = {"version": shown["log"]["version"], "comments": f"Note {number}: Käse, ‏שלום‎, 🎧"}
        assert ada.patch(f"calls/{shown['id']}/log", note).status_code == 200
        call.report("ended", after=20)
        ada.call_where(lambda each: each["id"] == shown["id"] and each["state"] == "wrapUp")
        assert ada.post(f"calls/{shown['id']}/done").status_code == 204
    rows = "".join(
        f"Person{number},Import{number},+4922{number:08},p{number}@example.com\n" for number in range(PEOPLE)
    )
    file = folder / "people.csv"
    file.write_text("First Name,Last Name,Phone,Email\n" + rows)
    server.command("import", str(file))
    ada.desk_where(lambda desk: all(each["log"] == "filed" for each in desk["recent"][:3]))
    assert server.stop() == 0
    return folder / "data"


def story(server: Server) -> dict:
    """What people see of a store, without what differs from start to start."""
    ada, admin = server.sign_in("ada"), server.sign_in("admin")
    recent = ada.json("recent")["calls"]
    return {
        "recent": [(each["id"], each["title"], each["log"]) for each in recent],
        "logs": [ada.json(f"calls/{each['id']}")["call"]["log"]["comments"] for each in recent],
        "found": [each["name"] for each in ada.json("people", search="import123")["people"]],
        "records": admin.json("records/contacts", search="import")["total"],
        "audit": server.audit(),
        "export": len(server.export(ADA)["calls"]),
    }


def test_there_and_back(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    first = Server(program, filled).start()
    before = story(first)
    assert first.stop() == 0
    assert len(before["recent"]) >= 3
    assert before["found"]
    store = cluster.new_store()
    rows = copied(program, filled, store)
    assert rows > 3 * PEOPLE
    moved = Server(program, tmp_path / "moved", "--database", store).start()
    assert story(moved) == before
    # It goes on: new records are numbered after the old ones, and are found.
    admin = moved.sign_in("admin")
    made = admin.post("records/contacts", {"fields": {"lastName": "Afterwards", "phone": "+4922199999999"}})
    assert made.status_code == 201, made.text
    assert admin.json("records/contacts", search="afterwards")["records"][0]["name"] == "Afterwards"
    after = story(moved)
    assert moved.stop() == 0
    back = tmp_path / "back"
    assert copied(program, store, back) > rows
    returned = Server(program, back).start()
    assert story(returned) == after
    admin = returned.sign_in("admin")
    assert admin.json("records/contacts", search="afterwards")["records"][0]["name"] == "Afterwards"
    assert returned.stop() == 0


def interrupted(program: str, table: str, *arguments: str | Path) -> None:
    """Begins a copy, and kills it within a table."""
    process = subprocess.Popen(
        [program, "store", "copy", *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip
    for line in process.stdout:
        if line.startswith(table):
            process.kill()
            process.wait()
            return
    raise AssertionError(f"it ended before {table}")


def test_what_was_interrupted_goes_on(program: str, cluster: Cluster, filled: Path):
    store = cluster.new_store()
    whole = copied(program, filled, cluster.new_store())
    for table in ("agent", "person", "person_number", "crm_contact", "crm_search_entry"):
        interrupted(program, f"{table}:", filled, store)
        assert cluster.ask(store, "select count(*) from store_copy where name = ''") == "1"
    assert copied(program, filled, store) == whole
    assert cluster.ask(store, "select count(*) from pg_tables where tablename = 'store_copy'"
                       " and schemaname = current_schema()") == "0"  # fmt: skip


def test_what_changed_meanwhile_is_found(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    source, store = tmp_path / "source", cluster.new_store()
    copied(program, filled, source)
    interrupted(program, "crm_contact:", source, store)
    with sqlite3.connect(source / "callmatch.sqlite") as database:
        database.execute("update agent set display_name = 'Somebody else' where id = 'ada'")
    database.close()
    done = copy(program, source, store)
    assert done.returncode == 1
    assert "in “agent”, the row ada has other values" in done.stderr
    assert "--restart" in done.stderr
    copied(program, source, store, "--restart")
    assert cluster.ask(store, "select display_name from agent where id = 'ada'") == "Somebody else"


def test_what_cannot_be_copied_is_said(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    store = cluster.new_store()
    folder = tmp_path / "data"

    def refused(words: str, *arguments: str | Path, status: int = 1) -> None:
        done = copy(program, *arguments)
        assert done.returncode == status, done.stdout + done.stderr
        assert words in done.stderr, done.stderr

    refused("Both places are the same", filled, filled, status=2)
    refused("there is no store in this folder", tmp_path / "nothing", store)
    assert not (tmp_path / "nothing").exists()
    server = Server(program, folder, "--database", store).start()
    until(lambda: cluster.ask(store, "select count(*) from node") == "1", 10)
    refused("Stop every server first", filled, store)
    assert server.stop() == 0
    refused("holds a store already", filled, store)
    other = cluster.new_store()
    interrupted(program, "person:", filled, other)
    copied(program, filled, folder / "copy")
    refused("A copy from", folder / "copy", other)
    running = Server(program, folder / "copy").start()
    refused("in use", folder / "copy", cluster.new_store())
    assert running.stop() == 0
