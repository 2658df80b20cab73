"""Commands about what is kept: explain, numbers compare, backup, export, erase, call play."""

import json
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

import pytest
from program import Client, Server, environment, run, until
from webhooks import PhoneSystem, ReportedCall

OUTCOMES = {"single", "multiple", "none", "withheld", "internal", "unusable"}
EQUALITIES = {"exact", "extension", "alias", "reading", "switchboard", "assumed-area"}

# The sample organisation's demo callers and others → outcome, first candidate, its evidence.
CALLERS = [
    ("03023125042", "single", "Ada Lovelace", "exact"),
    ("+49 30 23125042", "single", "Ada Lovelace", "exact"),
    ("0049(0)30 23125042", "single", "Ada Lovelace", "exact"),
    ("04066969100", "multiple", None, None),
    ("02214710999", "none", None, None),
    ("anonymous", "withheld", None, None),
    ("+447700900123", "single", "Tariq Khan", "exact"),
    ("+442079460018", "single", "Eleanor Ashworth", "extension"),
    ("015228817386", "single", "Charles Babbage", "exact"),
    ("0043316000199", "single", "Café Landhaus", "exact"),
    ("1001", "internal", None, None),
    ("+", "unusable", None, None),
]


@pytest.mark.parametrize(("number", "outcome", "name", "equality"), CALLERS)
def test_explain_says_who_and_why(server: Server, number, outcome, name, equality):
    found = json.loads(server.command("explain", number, "--json"))
    assert set(found) == {"number", "outcome", "candidates"}
    assert found["outcome"] == outcome and outcome in OUTCOMES
    assert set(found["number"]) <= {"presented", "e164", "extension", "kind"}
    assert {"presented", "kind"} <= set(found["number"])
    for who in found["candidates"]:
        assert {"kind", "id", "name", "evidence"} <= set(who)
        assert set(who) <= {"kind", "id", "name", "account", "evidence"}
        for evidence in who["evidence"]:
            assert set(evidence) == {"field", "stored", "equality"}
            assert evidence["equality"] in EQUALITIES
    if name:
        assert found["candidates"][0]["name"] == name
        assert found["candidates"][0]["evidence"][0]["equality"] == equality
    said = server.command("explain", number)
    assert outcome in said and (name or "") in said


def test_explain_in_another_country(server: Server):
    found = json.loads(server.command("explain", "020 7946 0018", "--country", "GB", "--json"))
    assert found["number"]["e164"] == "+442079460018"
    assert found["candidates"][0]["name"] == "Eleanor Ashworth"
    found = json.loads(server.command("explain", "020 7946 0018", "--json"))
    assert found["outcome"] == "none"


TABLE = """\
# number A, country A, number B, country B
+49 30 123456\t\t030 123456\tDE\texact
030/123456\tDE\t(030) 12 34 56\tDE\texact
+49 30 123456\t\t+49 30 123457\t\tnone
+44 20 7946 0018 ext. 42\t\t020 7946 0018\tGB\textension

+54 9 11 2345 6789\t\t+54 11 2345 6789\t\talias
030 123456\t\t030 123456\tDE\tnot-a-number
call me\tDE\t030 123456\tDE\tnot-a-number
\tDE\t030 123456\tDE\tnot-a-number
"""


def test_numbers_compare(program: str, tmp_path: Path):
    """Each line with one more column; comments and blank lines as they are."""
    lines = TABLE.splitlines()
    asked = [line if "\t" not in line else line.rsplit("\t", 1)[0] for line in lines]
    file = tmp_path / "pairs.tsv"
    file.write_text("\n".join(asked) + "\n")
    done = run(program, "numbers", "compare", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == lines


def test_numbers_compare_keeps_further_columns(program: str, tmp_path: Path):
    file = tmp_path / "pairs.tsv"
    file.write_bytes("\ufeffnumberA\tcountryA\tnumberB\tcountryB\twhy\r\n1\tDE\r\n".encode())
    with file.open("a") as more:
        more.write("030 123456\tDE\t+4930123456\t\tthe same\n")
    done = run(program, "numbers", "compare", str(file))
    header, short, line = done.stdout.splitlines()
    assert header.endswith("why\tequality")
    assert (short, line) == (
        "1\tDE\tnot-a-number",
        "030 123456\tDE\t+4930123456\t\tthe same\texact",
    )


def test_a_backup_under_load_is_whole(server: Server, phones: PhoneSystem, tmp_path: Path):
    """While calls go on: what was acknowledged before it began is in it."""
    number, stop, acknowledged = "+4917655504001", threading.Event(), []

    def go_on() -> None:
        while not stop.is_set():
            call = ReportedCall(phones, number)
            phones.report(call.event("offered"), call.event("ended", 1))
            acknowledged.append(call.id)

    load = threading.Thread(target=go_on)
    load.start()
    try:
        until(lambda: len(acknowledged) > 20, 30, "calls")
        for copy in range(3):
            before = set(acknowledged)
            file = tmp_path / f"{copy}.sqlite"
            assert server.command("backup", str(file)) == f"Written: {file}\n"
            assert before <= calls_in(file, number)
    finally:
        stop.set()
        load.join()
    assert server.audit()["unexplained"] == 0


def calls_in(file: Path, number: str) -> set[str]:
    """From a copy that a second server is started on: it is a whole store."""
    assert file.stat().st_mode & 0o077 == 0
    with sqlite3.connect(file) as store:
        assert store.execute("pragma integrity_check").fetchone() == ("ok",)
        return {value for (value,) in store.execute("select value from call")}


def test_a_backup_never_replaces_a_file(server: Server, tmp_path: Path):
    file = tmp_path / "here.sqlite"
    file.write_text("precious")
    done = server.run("backup", str(file))
    assert done.returncode == 1 and str(file) in done.stderr, done
    assert file.read_text() == "precious"
    assert sorted(tmp_path.iterdir()) == [file]


def test_a_backup_is_served(server: Server, program: str, phones, tmp_path: Path):
    call = ReportedCall(phones, "+4917655504002")
    phones.report(call.event("offered"), call.event("ended", 1))
    folder = tmp_path / "restored"
    folder.mkdir(mode=0o700)
    server.command("backup", str(folder / "callmatch.sqlite"))
    restored = Server(program, folder).start()
    try:
        assert restored.audit()["calls"] == server.audit()["calls"]
        assert restored.export("+4917655504002")["calls"]
        assert restored.sign_in("ada").get("desk").status_code == 200
    finally:
        restored.stop()


def test_export_and_erase(server: Server, ada: Client, phones: PhoneSystem):
    """Everything that is held of a number; then nothing of it, in no file of the store."""
    number, canary = "+4917655504003", "canary-erase-9QX4"
    call = ReportedCall(phones, number)
    call.report("offered", **{"from": {"number": number, "name": canary}})
    contact = ada.json("people", search="babbage")["people"][0]["ref"]
    shown = ada.call_where(lambda shown: shown.get("presentedName") == canary)
    ada.post(f"calls/{shown['id']}/person", {"person": contact})
    call.report("answered", after=1)
    log = ada.call_where(lambda shown: "log" in shown)["log"]
    ada.patch(f"calls/{shown['id']}/log", {"version": log["version"], "notes": canary})
    call.report("ended", after=5)
    ada.post(f"calls/{shown['id']}/done")
    ada.desk_where(lambda desk: desk["recent"] and desk["recent"][0]["log"] == "filed")

    held = server.export("0176 55504003")
    (kept,) = held["calls"]
    assert held["number"] == number and kept["logs"][0]["notes"] == canary
    assert [fact["kind"] for fact in kept["call"]["facts"]] == ["offered", "answered", "ended"]

    report = json.loads(server.command("erase", "--number", number))
    assert (report["calls"], report["events"], report["logs"]) == (1, 3, 1)
    assert number not in report["number"] and len(report["filedRecords"]) == 1
    assert server.export(number)["calls"] == []
    assert json.loads(server.command("erase", "--number", number))["calls"] == 0
    assert ada.get(f"calls/{shown['id']}").status_code == 404
    assert shown["id"] not in [line["id"] for line in ada.json("recent")["calls"]]
    assert server.audit()["unexplained"] == 0
    # The CRM's own record is listed, and is the CRM's to erase.
    server.restart()
    for file in server.folder.iterdir():
        assert b"4917655504003" not in file.read_bytes(), file.name


def test_many_calls_of_a_number(server: Server, phones: PhoneSystem):
    """More than a page: each is told once, with what was not understood and names the number, and all are erased."""
    number, ids = "+4917655504005", [f"many-{each:03}" for each in range(450)]
    began = time.time() - 1000
    for some in (ids[at : at + 20] for at in range(0, len(ids), 20)):
        calls = [ReportedCall(phones, number, id=id) for id in some]
        for call in calls:
            call.began = began + ids.index(call.id)
        phones.report(*(call.event("offered") for call in calls), *(call.event("ended", 2) for call in calls))
    parked = {"event": "parked", "call": "many-parked", "number": "0176 55504005"}
    phones.report(parked)
    # Its digits in a row, but as no number: not told, and erased rather than left.
    phones.report({"event": "parked", "call": "0176-5550", "slot": 4005})
    for held in (server.export(number), json.loads(server.command("export", "--number", number))):
        assert sorted(each["call"]["id"]["value"] for each in held["calls"]) == ids
        assert [json.loads(each["body"]) for each in held["messages"]] == [parked]
        assert held["number"] == number
    report = json.loads(server.command("erase", "--number", number))
    assert (report["calls"], report["events"], report["messages"]) == (450, 900, 2)
    assert server.export(number) == {"number": number, "calls": [], "messages": []}


def test_an_erased_call_does_not_come_back(server: Server, phones: PhoneSystem):
    """A late event of an erased call must not bring its number back."""
    number = "+4917655504004"
    call = ReportedCall(phones, number)
    phones.report(call.event("offered"), call.event("ended", 2))
    assert json.loads(server.command("erase", "--number", number))["calls"] == 1
    call.report("ended", after=2)
    assert server.export(number)["calls"] == []


def test_a_call_script_is_played(server: Server, ada: Client, tmp_path: Path):
    script = tmp_path / "ring.call"
    script.write_text(
        'call inbound from "+49 30 23125042" name "ADA" to "+49 30 23125000" queue "Play"\n'
        "0   offered  1001\n1   answered 1001\n5   ended cause completed\n"
    )
    done = server.run("call", "play", str(script), "--speed", "10")
    assert done.returncode == 0 and done.stdout.startswith("Playing as call "), done
    call = done.stdout.split()[-1]
    shown = ada.call_where(lambda shown: shown["id"] == call and shown["state"] == "wrapUp")
    assert (shown["title"], shown["queue"]) == ("Ada Lovelace", "Play")
    ada.post(f"calls/{call}/done")
    script.write_text("call inbound\n0 rings 1001\n")
    wrong = server.run("call", "play", str(script))
    assert wrong.returncode == 1 and "line 2" in wrong.stderr and wrong.stderr.count("\n") == 1


def test_output_that_nobody_reads(server: Server):
    """`callmatch export | head`: a closed pipe is no crash."""
    reading = subprocess.Popen(
        [server.program, "explain", "03023125042", "--data", str(server.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    reading.stdout.close()
    began = time.monotonic()
    assert b"Fatal" not in reading.stderr.read()
    reading.wait(20)
    assert time.monotonic() - began < 20
