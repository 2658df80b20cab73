"""The list of faults that `script/planted` plants fits the sources, and names tests that there are."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


def planter():
    """The program that plants, as a module."""
    spec = importlib.util.spec_from_file_location("plant", TOP / "Tests" / "PlantedFaults" / "plant.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["plant"] = module
    spec.loader.exec_module(module)
    return module


PLANT = planter()
FAULTS = PLANT.faults([])


def test_there_are_enough():
    assert len(FAULTS) >= 50


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_fault_stands_where_it_says(fault):
    text = (TOP / fault.file).read_text()
    assert fault.planted_in(text) != text
    with pytest.raises(SystemExit):
        fault.planted_in(text.replace(fault.original.strip("\n"), ""))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_who_should_notice_is_there(fault):
    swift = "".join(path.read_text() for path in (TOP / "Tests").glob("*Tests/*.swift"))
    for test in fault.caught_by:
        part, _, name = test.partition(":")
        if part == "unit":
            word = re.split(r"[./]", name)[-1]
            assert re.search(rf"func {word}\(|(struct|class) {word}\b", swift), f"there is no {name}"
        else:
            file, _, function = name.partition("::")
            folder = {"integration": "Integration", "browser": "Browser"}[part]
            word = function.split("[")[0]
            assert f"def {word}(" in (TOP / "Tests" / folder / file).read_text(), f"there is no {name}"
