"""`callmatch replay`: what a recorded log comes to, without a server and without a store."""

import json
from pathlib import Path

import pytest
from program import run

EXAMPLE = Path(__file__).resolve().parents[2] / "Docs" / "example-events.jsonl"


def replayed(program: str, log: Path, *options: str) -> dict:
    done = run(program, "replay", str(log), "--json", *options)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(done.stdout)


def test_the_example_comes_to_what_it_tells(program: str, tmp_path: Path):
    """A ring group, a missed call, an end before its answer, two answers at once, ends by silence, and a lost one."""
    report = replayed(program, EXAMPLE, "--shuffle", "40")
    assert report == {
        "events": 22, "repeated": 1, "unknown": 1,
        "calls": 6, "answered": 5, "leftLive": 1,
        "logs": 6, "missed": 1, "orders": 40, "faults": [],
        "talkSeconds": report["talkSeconds"], "longestSeconds": report["longestSeconds"],
    }  # fmt: skip
    said = run(program, "replay", str(EXAMPLE), cwd=tmp_path)
    assert said.returncode == 0
    assert "calls   6, 5 of them answered, 1 left live\n" in said.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_call_lasts_as_long_as_its_events_say(program: str, tmp_path: Path):
    """Also where its end comes first, and everything twice."""
    lines = EXAMPLE.read_text().splitlines()
    first = [line for line in lines if '"a-1"' in line]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join([*reversed(first), "", *first]) + "\n")
    report = replayed(program, log, "--shuffle", "20", "--seed", "7")
    assert report["calls"] == report["logs"] == 1
    assert report["repeated"] == len(first) + 1
    assert report["talkSeconds"] == report["longestSeconds"] == 204


# A line, where it stands, and what is wrong with it.
UNREADABLE = [
    ("{", "line 2: The body is not JSON"),
    ("[1]", "line 2: [0] must be an object"),
    ('{"event":"offered","at":"2026-11-23T09:00:00Z"}', "line 2: call is missing"),
    ('{"call":"1","event":"offered","at":"yesterday"}', "line 2: at must be"),
    ('"text"', "line 2: The body must be an object"),
]


@pytest.mark.parametrize(("line", "words"), UNREADABLE)
def test_a_line_that_cannot_be_read_says_where(program: str, tmp_path: Path, line: str, words: str):
    log = tmp_path / "log.jsonl"
    log.write_text(f"{EXAMPLE.read_text().splitlines()[0]}\n{line}\n")
    done = run(program, "replay", str(log))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{log}, {words}" in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_log_that_is_not_there(program: str, tmp_path: Path):
    done = run(program, "replay", str(tmp_path / "nothing"))
    assert done.returncode == 1 and "there is no such file" in done.stderr
    done = run(program, "replay", str(EXAMPLE), "--shuffle", "-1")
    assert done.returncode == 2
