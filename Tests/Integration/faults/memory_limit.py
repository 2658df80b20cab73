"""A control group with a limit of memory, in the first or the second form of control groups."""

import os
import signal
from pathlib import Path

import pytest
from program import until

ROOT = Path("/sys/fs/cgroup")


class MemoryLimit:
    """For as long as it lasts; `under` starts a program in it."""

    def __init__(self, limit: int):
        self._is_first_form = (ROOT / "memory").is_dir()
        parent = ROOT / "memory" if self._is_first_form else ROOT
        self._group = parent / f"callmatch-faults-{os.getpid()}"
        self._limit = limit
        self.under = ["sh", "-c", f'echo $$ >{self._group}/cgroup.procs && exec "$@"', "sh"]

    def __enter__(self) -> "MemoryLimit":
        try:
            self._group.mkdir()
        except OSError as fault:
            pytest.skip(f"a control group of our own: {fault.strerror}")
        names = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
        if not self._is_first_form:
            names = ("memory.max", "memory.swap.max")
        (self._group / names[0]).write_text(str(self._limit))
        # Nothing of it is swapped out; there may be no swap to forbid.
        if (self._group / names[1]).exists():
            (self._group / names[1]).write_text(str(self._limit if self._is_first_form else 0))
        return self

    def __exit__(self, *about) -> None:
        # What a failed test has left in it.
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        until(lambda: not self._processes(), 30, "the group is empty")
        self._group.rmdir()

    def _processes(self) -> list[int]:
        return [int(line) for line in (self._group / "cgroup.procs").read_text().split()]

    def peak(self) -> int:
        """The most bytes that were in use, what the system keeps of files included."""
        name = "memory.max_usage_in_bytes" if self._is_first_form else "memory.peak"
        return int((self._group / name).read_text())

    def kills(self) -> int:
        """How often the system ended a process to keep the limit."""
        name = "memory.oom_control" if self._is_first_form else "memory.events"
        counts = dict(line.split() for line in (self._group / name).read_text().splitlines())
        return int(counts["oom_kill"])
