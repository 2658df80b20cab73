#!/usr/bin/env python3
"""Plants faults in a copy of the sources, one of them active at a time, and asks the tests whether they notice.

plant.py list [ID…]            what is planted, and who should notice
plant.py check                 every fault stands where it says
plant.py copy FOLDER           the sources with every fault in it, none active
plant.py run FOLDER BUILD [ID…]  the tests of each fault, with it and without it; FOLDER is a copy that is built in BUILD
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
ACTIVE = "CALLMATCH_PLANTED"
# A test that takes longer hangs, which is a way to notice.
LIMIT = 600
# Of a hundred planted faults, how many must be noticed.
WANTED = 90
HELPER = """
fileprivate let plantedFault = getenv("{active}").map {{ String(cString: $0) }}
fileprivate func planted(_ id: String) -> Bool {{ plantedFault == id }}
"""


@dataclass(frozen=True)
class Fault:
    id: str
    file: str
    kind: str
    original: str
    faulty: str
    breaks: str
    caught_by: tuple[str, ...]

    def planted_in(self, text: str) -> str:
        original = self.original.strip("\n")
        found = text.count(original)
        if found != 1:
            raise SystemExit(f"{self.id}: its original stands {found} times in {self.file}, and not once")
        return text.replace(original, self.either(original))

    def either(self, original: str) -> str:
        faulty = self.faulty.strip("\n")
        if self.kind == "expression":
            return f'(planted("{self.id}") ? ({faulty}) : ({original}))'
        return f'if planted("{self.id}") {{\n{faulty}\n}} else {{\n{original}\n}}'


def faults(names: list[str]) -> list[Fault]:
    found = []
    for file in sorted(HERE.glob("*.toml")):
        for each in tomllib.loads(file.read_text())["fault"]:
            found.append(Fault(**{**each, "caught_by": tuple(each["caught_by"])}))
    ids = [fault.id for fault in found]
    if len(set(ids)) < len(ids):
        raise SystemExit(f"an id is there twice: {sorted({i for i in ids if ids.count(i) > 1})}")
    unknown = set(names) - set(ids)
    if unknown:
        raise SystemExit(f"there is no fault {sorted(unknown)}; try script/planted --list")
    return [fault for fault in found if not names or fault.id in names]


def plant(root: Path, planted: list[Fault]) -> None:
    for name in sorted({fault.file for fault in planted}):
        path = root / name
        text = path.read_text()
        for fault in planted:
            if fault.file == name:
                text = fault.planted_in(text)
        path.write_text("import Glibc\n" + text + HELPER.format(active=ACTIVE))


def copy(target: Path) -> None:
    """Only what has changed is written, so that a second build is short."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, fresh / name, follow_symlinks=False)
    plant(fresh, faults([]))
    settle(fresh, target)
    shutil.rmtree(fresh)


def settle(fresh: Path, target: Path) -> None:
    wanted = {path.relative_to(fresh) for path in fresh.rglob("*") if not path.is_dir()}
    for path in list(target.rglob("*")):
        if not path.is_dir() and path.relative_to(target) not in wanted:
            path.unlink()
    for name in wanted:
        old, new = target / name, fresh / name
        if not old.is_file() or old.read_bytes() != new.read_bytes():
            old.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(new, old, follow_symlinks=False)


class Tests:
    """Runs the tests of the copy, with a fault or without."""

    def __init__(self, root: Path, build: Path):
        self.root = root
        self.build = build
        self.fine: dict[str, bool] = {}

    def passes(self, test: str, fault: str = "") -> bool:
        part, _, name = test.partition(":")
        environment = os.environ | {ACTIVE: fault, "PYTHONDONTWRITEBYTECODE": "1"}
        if part == "unit":
            # What `swift test` starts, without its seconds of looking around.
            command = [str(self.build / "debug" / "callmatchPackageTests.xctest")]
            command += ["--testing-library", "swift-testing", "--filter", name]
            folder = self.root
        else:
            folder = self.root / "Tests" / {"integration": "Integration", "browser": "Browser"}[part]
            environment |= {"CALLMATCH_BINARY": str(self.program(fault))}
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
            command += ["-o", "junit_family=xunit1", "--rootdir", ".", name]
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT
            )
        except subprocess.TimeoutExpired:
            return False
        ran = re.search(r"Test run with ([1-9]\d*) tests?|([1-9]\d*) passed", done.stdout + done.stderr)
        return done.returncode == 0 and ran is not None

    def program(self, fault: str) -> Path:
        """One that has the fault wherever it is started: tests give it an environment of their own."""
        program = self.build / "planted-program"
        program.write_text(f'#!/bin/sh\n{ACTIVE}="{fault}" exec "{self.build}/debug/callmatch" "$@"\n')
        program.chmod(0o755)
        return program

    def is_fine(self, test: str) -> bool:
        """The control: without a fault it passes, and there is such a test."""
        if test not in self.fine:
            self.fine[test] = self.passes(test)
        return self.fine[test]


def run(root: Path, build: Path, names: list[str]) -> int:
    tests, noticed, unfit = Tests(root, build), 0, 0
    chosen = faults(names)
    for fault in chosen:
        began = time.monotonic()
        fit = [test for test in fault.caught_by if tests.is_fine(test)]
        unfit += len(fit) < len(fault.caught_by)
        by = next((test for test in fit if not tests.passes(test, fault.id)), None)
        noticed += by is not None
        result = {"fault": fault.id, "breaks": fault.breaks, "noticed by": by}
        result |= {"does not pass without a fault": [test for test in fault.caught_by if test not in fit]}
        print(json.dumps({**result, "seconds": round(time.monotonic() - began)}), flush=True)
    print(f"{noticed} of {len(chosen)} noticed", file=sys.stderr)
    return int(noticed * 100 < WANTED * len(chosen) or unfit > 0)


def main(command: str = "--help", *arguments: str) -> int:
    match command:
        case "list":
            for fault in faults(list(arguments)):
                print(f"{fault.id}\n    {fault.breaks}\n    {fault.file}; {', '.join(fault.caught_by)}")
        case "check":
            for fault in faults([]):
                fault.planted_in((TOP / fault.file).read_text())
        case "copy":
            copy(Path(arguments[0]))
        case "run":
            return run(Path(arguments[0]), Path(arguments[1]), list(arguments[2:]))
        case _:
            print(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
