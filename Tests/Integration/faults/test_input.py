"""F34 and F35: what callers call themselves, and where it goes."""

import csv
import io
import json

import pytest
from program import Client, Server, until
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
