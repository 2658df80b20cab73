"""A rule of the house: a function that finds what breaks it, and texts that show that it does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from repository import File, Repository


@dataclass
class Rule:
    says: str
    find: Callable[[Repository], Iterable[str]]
    # Files that break the rule, each on its own; files that look like it and do not, all together.
    planted: list[dict[str, str]]
    fine: dict[str, str]


ALL: list[Rule] = []


def rule(says: str, *, planted: dict[str, str] | list[dict[str, str]], fine: dict[str, str]):
    """Registers a rule. `planted` is one violation, or a list of them; a rule that does not catch
    its own planted violation fails, and so does one that finds fault with what is `fine`."""

    def register(find):
        cases = planted if isinstance(planted, list) else [planted]
        ALL.append(Rule(says, find, cases, fine))
        return find

    return register


def matches(files: Iterable[File], pattern, text=lambda file: file.code) -> Iterable[str]:
    """A finding for each match of a compiled pattern."""
    for file in files:
        for match in pattern.finditer(text(file)):
            yield f"{file.at(match.start())}: {' '.join(match[0].split())}"


def outside(allowed: dict[str, str], findings: Iterable[str], files: dict) -> Iterable[str]:
    """Drops findings in files that are listed with a reason. A listed file that is there but has no
    such finding any more is one itself: lists of exceptions only ever grow otherwise."""
    used = set()
    for finding in findings:
        path = finding.split(":", 1)[0]
        if path in allowed:
            used.add(path)
        else:
            yield finding
    for path in sorted((allowed.keys() - used) & files.keys()):
        yield f"{path}: is listed as an exception but needs none"
