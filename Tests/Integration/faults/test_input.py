"""F34, F35 and F39: what callers call themselves, where it goes, and addresses that nobody should be made to ask."""

import csv
import io
import json
import subprocess

import pytest
from program import Client, Server, environment, free_port, until
from webhooks import ReportedCall, signed_headers

NUMBER = "+4917655506301"

# What is sent as a caller's name → what is shown; nothing where the call is refused.
NAMES = {
    "markup": ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    "an attribute's end": ('"><svg onload=alert(1)>', '"><svg onload=alert(1)>'),
    "an address": ("javascript:alert(1)", "javascript:alert(1)"),
    "the other direction": ("\u202eGRACE", "\u202eGRACE"),
    "NUL": ("GR\u0000ACE", "GR\ufffdACE"),
    "half a pair": ("GR\ud83dACE", "GR\ufffdACE"),
    "128 letters": ("x" * 128, "x" * 128),
    "50,000 letters": ("x" * 50_000, "x" * 128),
    "a megabyte": ("x" * 1_000_000, None),
    "an ordinary name": ("Grace Hopper", "Grace Hopper"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_f34_names(ada: Client, phones, counted, kind: str):
    """Callers' names of markup, code, letters that turn the line, NUL, 50,000 letters and 1 MB. (In a browser:
    `test_foreign_page.py`, `test_hostile.py`.)

    Expected: the call rings, and the name is text of at most 128 letters; 1 MB is refused (413).
    Control: an ordinary name and one of 128 letters stand there as they are.
    """
    name, expected = NAMES[kind]
    call = ReportedCall(phones, NUMBER)
    body = json.dumps(call.event("offered", **{"from": {"number": NUMBER, "name": name}})).encode()
    taken = phones.post(body, signed_headers(phones.secret, body, phones.message_id()))
    answer = ada.get("desk")
    shown = [each["presentedName"] for each in answer.json()["calls"] if each["system"] == phones.name]
    if expected is None:
        assert (taken.status_code, shown, counted()) == (413, [], {})
        return
    call.report("ended", after=1)
    assert (taken.status_code, shown) == (200, [expected])
    # A browser is never told that it is a page.
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


FORMULAS = ['=HYPERLINK("http://evil.test","Invoice")', "+1+1", "-2+3", "@SUM(A1)"]
ORDINARY = ["Head of Computation", "1+1"]


def test_f35_formulas(server: Server, admin: Client, phones):
    """Texts that a spreadsheet would calculate are given out: in the table of refused rows, and in the export of a number.

    Expected: in the table each has the mark of a text cell in front; in the export, which is JSON, it is as it came.
    Control: an ordinary text has no mark.
    """
    rows = io.StringIO()
    csv.writer(rows).writerows([["Last Name", "Title"], *(["", title] for title in FORMULAS + ORDINARY)])
    made = admin.post("imports", {"name": "titles.csv", "kind": "contact", "text": rows.getvalue()}).json()
    assert admin.post(f"imports/{made['id']}/start").status_code == 202
    most = len(FORMULAS + ORDINARY)
    until(lambda: admin.json(f"imports/{made['id']}")["refused"] == most, what="all are refused")
    given = admin.get(f"imports/{made['id']}/refused.csv")
    assert given.headers["Content-Type"] == "text/csv; charset=utf-8"
    titles = [row["Title"] for row in csv.DictReader(io.StringIO(given.text))]
    assert titles == [f"'{formula}" for formula in FORMULAS] + ORDINARY

    call = ReportedCall(phones, NUMBER)
    call.report("offered", **{"from": {"number": NUMBER, "name": FORMULAS[0]}})
    call.report("ended", after=1)
    exported = json.loads(server.command("export", "--number", NUMBER))["calls"]
    names = [each["call"]["from"]["name"] for each in exported if each["call"]["id"]["value"] == call.id]
    assert names == FORMULAS[:1]


INNER = [
    "http://169.254.169.254/",
    "https://169.254.169.254",
    "http://127.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.0x1",
    "http://[::ffff:127.0.0.1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::1]",
    "https://10.0.0.1",
    "https://localhost",
    "http://acme.my.salesforce.com",
    "https://acme.my.salesforce.com/path",
    "https://user:secret@acme.my.salesforce.com",
    "https://acme.my.salesforce.com\r\nHost: evil.test",
    "file:///etc/passwd",
    "https://",
]
PROPER = ["https://acme.my.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com:8443/", "http://127.0.0.1:9"]


def start(program: str, folder, address: str) -> tuple[int, str]:
    """How a server with this CRM ends, or that it does not; and what it says."""
    settings = {"kind": "salesforce", "host": address, "client-id": "c", "user": "u", "key-file": "none.pem"}
    (folder / "callmatch.yaml").write_text(json.dumps({"crm": {"salesforce": settings}}))
    done = subprocess.run(
        [program, "serve", "--data", str(folder / "data"), "--port", str(free_port())],
        capture_output=True, text=True, timeout=60, cwd=folder, env=environment(),
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("address", INNER)
def test_f39_inner_addresses(program: str, tmp_path, address: str):
    """The CRM's address in the settings leads to this machine or its network, or is more than an address. (One that
    comes with an answer: `test_nobody_asks_where_a_token_leads_elsewhere`.)

    Expected: the server does not start, and names the setting.
    Control: with a proper address it is something else that is missing.
    """
    status, said = start(program, tmp_path, address)
    assert (status, "host" in said and "must be an address" in said) == (2, True), said


@pytest.mark.parametrize("address", PROPER)
def test_control_of_f39_proper_addresses(program: str, tmp_path, address: str):
    """The CRM's address is a name of the internet, or this machine's own for a trial.

    Expected: the address is taken, and something else is missing.
    """
    status, said = start(program, tmp_path, address)
    assert (status, "key-file" in said, "must be an address" in said) == (2, True, False), said
