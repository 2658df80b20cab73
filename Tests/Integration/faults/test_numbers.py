"""F11: numbers that are none."""

import pytest
from program import Client
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
