"""What the tests of faults share: a ledger, and a library between a program and the system."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from system_fault import SystemFault
from ledger import Ledger


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture(scope="session")
def fault_library(tmp_path_factory) -> Path:
    return SystemFault.compile(tmp_path_factory.mktemp("library"))


@pytest.fixture
def system(fault_library: Path, tmp_path: Path) -> Iterator[SystemFault]:
    """The system as one server sees it: its calls are counted and fail as told, and its clock can be moved."""
    system = SystemFault(fault_library, tmp_path / "plan")
    yield system
    system.close()
