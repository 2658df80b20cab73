"""The rules of the house, on this repository, and each rule on its own planted violation."""

import pytest
import rules  # registers them
from repository import Repository
from rule import ALL

assert rules.__all__


@pytest.fixture(scope="session")
def here() -> Repository:
    return Repository.here()


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.says)
def test_holds(rule, here):
    findings = sorted(set(rule.find(here)))
    if findings:
        pytest.fail("\n".join([f"{rule.says}:", *findings]), pytrace=False)


@pytest.mark.parametrize(
    "rule, planted",
    [(rule, planted) for rule in ALL for planted in rule.planted],
    ids=[f"{rule.says} {number}" for rule in ALL for number, _ in enumerate(rule.planted, 1)],
)
def test_catches(rule, planted):
    assert list(rule.find(Repository.planted(planted))), f"not caught: {planted}"


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.says)
def test_lets_pass(rule):
    assert not list(rule.find(Repository.planted(rule.fine)))
