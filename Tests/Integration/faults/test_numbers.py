"""F11 and F12: numbers that are none, and a number that thousands have."""

import statistics
import time
from pathlib import Path

import pytest
from program import Client, Server, until
from webhooks import PhoneSystem, ReportedCall

LOVELACE = "Ada Lovelace"

# What is presented → what comes of it, and who may be the caller.
PRESENTED = {
    "anonymous": ("withheld", []),
    "": ("withheld", []),
    "0": ("unusable", []),
    "-1": ("unusable", []),
    "+": ("unusable", []),
    "sip:a@b": ("none", []),
    "9" * 60: ("unusable", []),
    "/": ("unusable", []),
    "\u0000\u0000030 23125042": ("unusable", []),
    ";ext=42": ("internal", []),
    "' OR Name LIKE '%": ("none", []),
    # Pieces of Ada Lovelace's number, and hers with something more.
    "125042": ("none", []),
    "5042": ("internal", []),
    "+49302312504": ("none", []),
    "+4930231250420": ("none", []),
    # Hers, as phone systems write it.
    "+493023125042": ("single", [LOVELACE]),
    "030/23125042": ("single", [LOVELACE]),
    "0049 (0)30 231250-42": ("single", [LOVELACE]),
    "tel:+49-30-23125042;ext=9": ("single", [LOVELACE]),
    "sip:+493023125042@pbx.example": ("single", [LOVELACE]),
    "٠٣٠ ٢٣١٢٥٠٤٢": ("single", [LOVELACE]),
}


def ring(agent: Client, phones: PhoneSystem, number: str) -> tuple[ReportedCall, dict]:
    """A call at Ada's phone, and how her desk shows it."""
    call = ReportedCall(phones, number)
    call.report("offered")
    (shown,) = [each for each in agent.desk()["calls"] if each["system"] == phones.name]
    return call, shown


@pytest.mark.parametrize("number", PRESENTED)
def test_f11_numbers(ada: Client, phones, number: str):
    """Calls from withheld, empty, odd and endless numbers, and from pieces of a number that is known.

    Expected: each rings, and matches nobody.
    Control: the known number itself is found, in whatever way a phone system writes it.
    """
    call, shown = ring(ada, phones, number)
    call.report("ended", after=1)
    match = shown["match"]
    found = [each["name"] for each in match["candidates"]]
    assert (match["outcome"], found) == PRESENTED[number]
    assert shown["title"]


MANY = 5000


def people_with(server: Server, file: Path, number: str, count: int) -> None:
    """So many contacts who share one number."""
    rows = [f"Given{each},Family{each},{number}" for each in range(count)]
    file.write_text("\n".join(["First Name,Last Name,Phone", *rows]))
    assert f"{count} created, 0 updated, 0 unchanged, 0 refused" in server.command("import", str(file))


def test_f12_a_number_of_thousands(server: Server, ada: Client, phones, tmp_path, counted, record_property):
    """5,000 contacts have the caller's number.

    Expected: 20 of them are shown, and how many there are; nobody is taken for the caller; the agent chooses.
    Control: of a number that 20 have all are shown, and the list is not cut.
    """
    few, many = "+4930555600", "+4930555601"
    people_with(server, tmp_path / "few.csv", few, 20)
    people_with(server, tmp_path / "many.csv", many, MANY)
    sizes, seconds = {}, {few: [], many: []}
    for number in [few, many] * 5:
        began = time.monotonic()
        call, shown = ring(ada, phones, number)
        seconds[number].append(time.monotonic() - began)
        sizes[number] = len(ada.get("desk").content)
        match = shown["match"]
        is_cut = number == many
        assert (match["outcome"], match["truncated"]) == ("multiple", is_cut)
        assert (len(match["candidates"]), match["count"]) == (20, MANY if is_cut else 20)
        assert "person" not in shown
        call.report("ended", after=1)
    # The picture is no larger for those who are not in it.
    assert sizes[many] < 1.2 * sizes[few]
    call, shown = ring(ada, phones, many)
    call.report("answered", after=1)
    talk = ada.call_where(lambda each: each["id"] == shown["id"] and each["state"] == "talking")
    assert talk["needsPerson"] and "log" not in talk
    chosen = shown["match"]["candidates"][7]
    assert ada.post(f"calls/{shown['id']}/person", {"person": chosen["ref"]}).status_code == 204
    talk = ada.call_where(lambda each: each["id"] == shown["id"] and "log" in each)
    assert talk["log"]["person"]["name"] == chosen["name"]
    call.report("ended", after=9)
    assert ada.post(f"calls/{shown['id']}/done").status_code == 204
    until(lambda: counted().get("delivered") == 1, what="it is filed")
    medians = {number: 1000 * statistics.median(each) for number, each in seconds.items()}
    record_property("event to picture in ms", f"{medians[many]:.0f}, with 20 people {medians[few]:.0f}")
