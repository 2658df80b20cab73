"""The list of faults: what their tests say of themselves, and what a run of them has shown.

    catalogue.py list [NAME…]            what is done, what is expected, what shows that the test can fail
    catalogue.py select [NAME…]          the tests to be run, as pytest names them
    catalogue.py report RESULTS FILE     of pytest's JUnit file; prints it, and writes a Markdown table to FILE

NAME is the id of a fault or a goal (F22, R3), or a word of a test's name. A test is named by its ids,
`test_f22_r3_power_loss`; what must fail for the test to mean anything stands in its text, and as
`test_control_of_f22_r3_…` where it is a test itself.
"""

import ast
import re
import sys
import xml.etree.ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"test_(control_of_)?((?:[fr]\d+_)+)(\w+)")


@dataclass
class FaultTest:
    file: Path
    name: str
    ids: list[str]
    is_control: bool
    # The parts of its text.
    done: str = ""
    expected: str = ""
    control: str = ""

    @property
    def address(self) -> str:
        return f"{self.file}::{self.name}"

    def is_meant(self, names: list[str]) -> bool:
        words = self.name.removeprefix("test_").split("_")
        return not names or any(name.upper() in self.ids or name.lower() in words for name in names)


def read(file: Path) -> Iterator[FaultTest]:
    for function in ast.parse(file.read_text()).body:
        match = isinstance(function, ast.FunctionDef) and NAMED.fullmatch(function.name)
        if not match:
            continue
        ids = match[2].upper().strip("_").split("_")
        test = FaultTest(file, function.name, ids, is_control=bool(match[1]))
        text = " ".join((ast.get_docstring(function) or "").split())
        done, _, rest = text.partition(" Expected: ")
        expected, _, control = rest.partition(" Control: ")
        test.done, test.expected, test.control = done, expected, control
        yield test


def all_tests(names: list[str]) -> list[FaultTest]:
    """By their ids, those of faults first; a control behind what it is the control of."""
    found = [test for file in sorted(TESTS.rglob("test_*.py")) for test in read(file) if test.is_meant(names)]

    def place(test: FaultTest) -> tuple:
        return test.ids[0][0], int(test.ids[0][1:]), test.is_control, test.name

    return sorted(found, key=place)


def show(names: list[str]) -> None:
    for test in all_tests(names):
        if not test.is_control:
            print(f"{' '.join(test.ids):9}  {test.done}")
            print(f"{'':9}  Expected: {test.expected}")
            print(f"{'':9}  Control: {test.control}\n")


@dataclass
class Shown:
    """What all runs of one test have shown together."""

    runs: int
    seconds: float
    outcome: str
    figures: dict[str, list[str]]

    @property
    def text(self) -> str:
        figures = {name: values for name, values in self.figures.items() if name != "control"}
        return "; ".join(f"{name} {together(name, values)}" for name, values in figures.items())

    @property
    def control(self) -> str:
        return "; ".join(dict.fromkeys(self.figures.get("control", [])))


def together(name: str, values: list[str]) -> str:
    """Of several runs: the longest is one of them, counts add up, and everything else is listed, once."""
    if name.startswith("longest"):
        return max(values, key=float)
    if all(value.isdigit() for value in values):
        return str(sum(map(int, values)))
    return ", ".join(dict.fromkeys(values))


def results(file: str) -> dict[str, Shown]:
    """By the name of the test."""
    shown: dict[str, Shown] = {}
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        name = case.get("name").split("[")[0]
        one = shown.setdefault(name, Shown(0, 0, "passed", {}))
        one.runs += 1
        one.seconds += float(case.get("time"))
        if case.find("failure") is not None or case.find("error") is not None:
            one.outcome = "failed"
        elif case.find("skipped") is not None and one.outcome != "failed":
            one.outcome = "skipped"
        for figure in case.iter("property"):
            one.figures.setdefault(figure.get("name"), []).append(figure.get("value"))
    return shown


def report(file: str, table: str) -> None:
    shown = results(file)
    tests = [test for test in all_tests([]) if test.name in shown]
    rows = ["| | what was done | figures | control | |", "|---|---|---|---|---|"]
    for test in tests:
        one = shown[test.name]
        what = "control " if test.is_control else ""
        print(f"{' '.join(test.ids):9}  {what}{one.outcome}, {one.seconds:.0f} s")
        for word, text in (("done", test.done), ("figures", one.text), ("control", one.control)):
            if text:
                print(f"{'':9}  {word}: {text}")
        if not test.is_control:
            control = "; ".join(filter(None, [one.control, *controls(test, tests, shown)]))
            cells = [" ".join(test.ids), test.done, one.text, control or test.control, one.outcome]
            rows.append("| " + " | ".join(cells) + " |")
    Path(table).write_text("\n".join(rows) + "\n")


def controls(of: FaultTest, tests: list[FaultTest], shown: dict[str, Shown]) -> list[str]:
    """What the controls that were run have shown, those that failed named as such."""
    theirs = [shown[test.name] for test in tests if test.is_control and set(test.ids) & set(of.ids)]
    return [one.control if one.outcome == "passed" else f"{one.control} ({one.outcome})" for one in theirs]


def main(what: str, *names: str) -> None:
    if what == "report":
        report(*names)
    elif what == "list":
        show(list(names))
    else:
        print(*(test.address for test in all_tests(list(names))), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
