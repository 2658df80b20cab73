"""A store is moved from SQLite to PostgreSQL and back: every row, also after interruptions, and nothing half."""

import contextlib
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import Server, environment, run, until
from store_cluster import Cluster
from stored_rows import damage, opened, rows, tables
from webhooks import PhoneSystem, ReportedCall

ADA = "+493023125042"
DONE = re.compile(r"^(\d+) rows in (\d+) tables copied, and found equal\.$", re.MULTILINE)
COMPARED = re.compile(r"^(\w+): (\d+) of \2 compared$", re.MULTILINE)
PEOPLE = 4000

# What processes that run say to each other: nothing of it outlives them.
PASSING = {"lease", "node", "phone_board", "phone_ability", "phone_errand"}
# Made from other tables where it is needed.
DERIVED = {"crm_search"}
# How SQLite finds the entries of a full-text index; the entries themselves are compared.
OWN_WAY = {"person_search_row"}

# Of what no call and no command of this test leaves a row.
SELDOM = {
    "agent_secret": "(agent, crm, sealed) values ('ada', 'org', 'v1.c2VhbGVk')",
    "consent_token": "(token_hash, kind, agent, state_hash, expires_at) values ('t', 'ticket', 'ada', 's', 1)",
    "crm_removed": "(id, kind, changed_at) values ('gone', 'contact', 12)",
    "erased_call": "(id, erased_at) values ('gone', 9007199254740993)",
    "kept_message": "(id, source, received_at, reason, body) values ('m', 'office', 1, 'odd', '{\"a\": \"\\n\"}')",
    "password": "(agent, hash) values ('ada', 'scrypt$1')",
    "sealing_key": "(name) values ('key')",
    "sign_in_link": "(token_hash, agent, expires_at) values ('l', 'ben', 5)",
    "spoken": "(number_key, person, agent, at) values (-7, 'someone', 'ada', 3)",
}


def copy(program: str, *arguments: str | Path, **about) -> subprocess.CompletedProcess:
    return run(program, "store", "copy", *map(str, arguments), timeout=300, **about)


def copied(program: str, *arguments: str | Path) -> subprocess.CompletedProcess:
    """A copy that must succeed."""
    done = copy(program, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert DONE.search(done.stdout), done.stdout
    return done


def refused(program: str, words: str, *arguments: str | Path) -> None:
    """A copy that must fail, in one line that says why."""
    done = copy(program, *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert words in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


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
        note = {"version": shown["log"]["version"], "notes": f"Note {number}: Käse, ‏שלום‎, 🎧"}
        assert ada.patch(f"calls/{shown['id']}/log", note).status_code == 200
        call.report("ended", after=20)
        ada.call_where(lambda each, shown=shown: each["id"] == shown["id"] and each["state"] == "wrapUp")
        assert ada.post(f"calls/{shown['id']}/done").status_code == 204
    lines = "".join(
        f"Person{number},Import{number},+4922{number:08},p{number}@example.com\n" for number in range(PEOPLE)
    )
    file = folder / "people.csv"
    file.write_text("First Name,Last Name,Phone,Email\n" + lines)
    server.command("import", str(file))
    ada.desk_where(lambda desk: all(each["log"] == "filed" for each in desk["recent"][:3]))
    assert server.stop() == 0
    with opened(folder / "data") as store:
        for table, row in SELDOM.items():
            store.execute(f"insert into {table} {row}")
    return folder / "data"


def told(store: Path | str) -> dict[str, list[str]]:
    """The rows of every table that outlives a process."""
    return {name: rows(store, name) for name in tables(store) - PASSING - DERIVED - OWN_WAY}


def story(server: Server) -> dict:
    """What people see of a store."""
    ada, admin = server.sign_in("ada"), server.sign_in("admin")
    recent = ada.json("recent")["calls"]
    return {
        "recent": [(each["id"], each["title"], each["log"]) for each in recent],
        "found": sorted(each["name"] for each in ada.json("people", search="import123")["people"]),
        "records": [each["ref"]["id"] for each in admin.json("records/contacts", search="import")["records"]],
        "audit": server.audit(),
        "export": len(server.export(ADA)["calls"]),
    }


def test_every_table_is_copied(program: str, cluster: Cluster, filled: Path):
    """Whoever adds a table adds a row here, so that a copy without it is noticed."""
    store = cluster.new_store()
    done = copied(program, filled, store)
    before, after = told(filled), told(store)
    assert [name for name, held in before.items() if not held] == [], "add a row to SELDOM"
    assert after == before
    assert set(COMPARED.findall(done.stdout)) == {(name, str(len(held))) for name, held in before.items()}
    assert int(DONE.search(done.stdout)[1]) == sum(map(len, before.values()))


def test_there_and_back(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    shutil.copytree(filled, tmp_path / "first")
    first = Server(program, tmp_path / "first").start()
    before = story(first)
    assert first.stop() == 0
    assert len(before["recent"]) >= 3
    assert before["found"] and before["records"] and before["audit"]["unexplained"] == 0
    store = cluster.new_store()
    copied(program, tmp_path / "first", store)
    moved = Server(program, tmp_path / "moved", "--database", store).start()
    assert story(moved) == before
    # It goes on: new records are numbered after the old ones, and are found.
    admin = moved.sign_in("admin")
    made = admin.post("records/contacts", {"fields": {"lastName": "Afterwards", "phone": "+4922199999999"}})
    assert made.status_code == 201, made.text
    after = story(moved)
    assert moved.stop() == 0
    back = tmp_path / "back"
    copied(program, store, back)
    assert told(back) == told(store)
    returned = Server(program, back).start()
    assert story(returned) == after
    found = returned.sign_in("admin").json("records/contacts", search="afterwards")
    assert [each["name"] for each in found["records"]] == ["Afterwards"]
    assert returned.stop() == 0


@contextlib.contextmanager
def standing_still(cluster: Cluster, store: str, table: str, where: str) -> Iterator[None]:
    """Each copy into the store waits at such a row of a table, until this ends."""
    ask = cluster.ask
    ask(store, "create or replace function stand() returns trigger language plpgsql as"
               " 'begin perform pg_advisory_xact_lock_shared(4711); return new; end'")  # fmt: skip
    ask(store, f"create trigger stand before insert on {table} for each row when ({where})"
               " execute function stand()")  # fmt: skip
    holder = subprocess.Popen(["psql", store, "-At"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        holder.stdin.write("select pg_advisory_lock(4711);\n\\echo held\n")
        holder.stdin.flush()
        assert "held" in holder.stdout.readline() + holder.stdout.readline()
        yield
    finally:
        holder.stdin.close()
        holder.wait()
        ask(store, f"drop trigger stand on {table}")


WAITS = "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"
# Where copies are interrupted: table, row, rows of the table that have arrived.
PLACES = [
    # Ids are random: this is half of them.
    ("crm_contact", "new.id > 'c-g'", 1500),
    ("person_number", "new.stored like '%2200002%'", 1),
    ("crm_search_entry", "new.number > 2600", 2500),
]


@pytest.mark.parametrize(("table", "row", "least"), PLACES)
def test_what_was_interrupted_goes_on(program: str, cluster: Cluster, filled: Path, table, row, least, tmp_path):
    """Killed in the middle of a table, and then the database ends the connection."""
    store = cluster.new_store()
    begin_anew(program, cluster, filled, store)
    with standing_still(cluster, store, table, row):
        process = begun(program, filled, store)
        until(lambda: cluster.ask(store, WAITS) != "0", 60, "the copy waits at the row")
        process.kill()
        process.communicate()
    until(lambda: cluster.ask(store, "select count(*) from pg_stat_activity where application_name = 'callmatch'")
          == "0", 20, "its connection is gone")  # fmt: skip
    arrived = int(cluster.ask(store, f"select count(*) from {table}"))
    assert least <= arrived < len(rows(filled, table))
    half = Server(program, tmp_path / "half", "--database", store)
    half.spawn()
    assert half.process.wait(60) == 1
    assert "the store is not whole" in half.log.read_text()
    with standing_still(cluster, store, table, row):
        process = begun(program, filled, store)
        until(lambda: cluster.ask(store, WAITS) != "0", 60, "the copy waits at the row")
        cluster.ask(store, "select pg_terminate_backend(pid) from pg_stat_activity"
                           " where application_name = 'callmatch' and wait_event_type = 'Lock'")  # fmt: skip
        said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert "it goes on" in complaint and complaint.count("\n") == 1, complaint
    assert cluster.ask(store, f"select count(*) from {table}") == str(arrived)
    done = copied(program, filled, store)
    assert f"{table}: " in done.stdout
    assert told(store) == told(filled)


def begin_anew(program: str, cluster: Cluster, filled: Path, store: str) -> None:
    """Kills a copy at its first line, so that the tables are there."""
    process = begun(program, filled, store)
    process.stdout.readline()
    process.kill()
    process.communicate()
    assert cluster.ask(store, "select count(*) from storage_copy where part = ''") == "1"


def begun(program: str, *arguments: str | Path) -> subprocess.Popen:
    return subprocess.Popen(
        [program, "store", "copy", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )  # fmt: skip


# The side, what happens there, and what is said.
CHANGES = [
    ("source", "update agent set display_name = 'Other' where id = 'ada'", "“agent”, the row ada has other values"),
    ("target", "delete from agent_extension where extension = '1001'", "“agent_extension”, the row 1001 is in one"),
    ("target", "update setting set value = '' where name = 'organisation'", "the row organisation has other values"),
    ("target", "delete from person_number where stored = '+492200000123'", "“person_number”, the row "),
]


@pytest.mark.parametrize(("side", "statement", "words"), CHANGES)
def test_what_changed_meanwhile_is_found(program, cluster: Cluster, filled: Path, tmp_path, side, statement, words):
    """A row that is changed or dropped between a copy and the one that goes on with it."""
    store, source = cluster.new_store(), tmp_path / "source"
    shutil.copytree(filled, source)
    begin_anew(program, cluster, source, store)
    with standing_still(cluster, store, "call_log", "true"):
        process = begun(program, source, store)
        until(lambda: cluster.ask(store, WAITS) != "0", 60, "the copy waits at the first log")
        process.kill()
        process.communicate()
    damage({"source": source, "target": store}[side], statement)
    refused(program, words, source, store)
    refused(program, "--restart", source, store)
    copied(program, source, store, "--restart")
    assert told(store) == told(source)


def test_what_cannot_be_copied_is_said(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    store, folder = cluster.new_store(), tmp_path / "data"
    refused(program, "Both places are the same", filled, f"{filled}/../data")
    refused(program, "there is no store in this folder", tmp_path / "nothing", store)
    assert not (tmp_path / "nothing").exists()
    refused(program, "there is no store in it", cluster.new_store(), tmp_path / "nothing")
    refused(program, "cannot be opened", filled, "postgresql://nobody@127.0.0.1:1/calls")
    server = Server(program, folder, "--database", store).start()
    until(lambda: cluster.ask(store, "select count(*) from node") == "1", 10)
    refused(program, "Stop every server first", filled, store)
    refused(program, "Stop every server first", store, tmp_path / "other")
    assert server.stop() == 0
    before = told(store)
    for more in ([], ["--restart"]):
        refused(program, "holds a store already", filled, store, *more)
    assert told(store) == before
    running = Server(program, folder / "copy").start()
    refused(program, "in use", folder / "copy", cluster.new_store())
    refused(program, "in use", filled, folder / "copy")
    assert running.stop() == 0
    half = cluster.new_store()
    begin_anew(program, cluster, filled, half)
    refused(program, "holds the beginning of a copy from", folder / "copy", half)
    refused(program, "the store is not whole", half, tmp_path / "other")


def test_another_version_is_not_copied(program: str, cluster: Cluster, filled: Path, tmp_path: Path):
    older, newer, odd = (tmp_path / name for name in ("older", "newer", "odd"))
    for folder, statement in [
        (older, "delete from storage_migration where id = '0073-phone-board'"),
        (newer, "insert into storage_migration (id, position) values ('9999-tomorrow', 999)"),
        (odd, "create table diary (id integer primary key)"),
    ]:
        shutil.copytree(filled, folder)
        with sqlite3.connect(folder / "callmatch.sqlite") as database:
            database.execute(statement)
        database.close()
    store = cluster.new_store()
    refused(program, "it lacks 0073-phone-board", older, store)
    refused(program, "9999-tomorrow", newer, store)
    refused(program, "see “diary”", odd, store)
    assert all(not held for name, held in told(store).items() if name != "crm_counter")
