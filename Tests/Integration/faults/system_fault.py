"""Makes the n-th write or sync of a server fail or be its last, and moves its wall clock (system_fault.c)."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

from program import Server, until

SOURCE = Path(__file__).with_name("system_fault.c")


class Count:
    """A number of the plan: read here while the server writes it, and the other way round."""

    def __set_name__(self, owner, name: str) -> None:
        self._at = owner.fields.index(name) * 8

    def __get__(self, plan: "SystemFault", owner=None) -> int:
        return struct.unpack_from("q", plan.memory, self._at)[0]

    def __set__(self, plan: "SystemFault", value: int) -> None:
        struct.pack_into("q", plan.memory, self._at, value)


class SystemFault:
    """What is to go wrong in one server, and how often it has written and synced.

    `clock` is by how many seconds its wall clock differs from the true one. Its timers go on as before.
    """

    fields = (
        "calls", "kill_at", "syncs", "fail_at", "hold", "reached", "failed_at", "is_silent", "clock", "threads",
        "most_threads", "refused",
    )  # fmt: skip
    calls, kill_at, syncs, fail_at = Count(), Count(), Count(), Count()
    hold, reached, failed_at, is_silent, clock = Count(), Count(), Count(), Count(), Count()
    threads, most_threads, refused = Count(), Count(), Count()

    def __init__(self, library: Path, plan: Path):
        self._library, self._plan = library, plan
        plan.write_bytes(bytes(8 * len(self.fields)))
        with plan.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    @staticmethod
    def compile(folder: Path) -> Path:
        library = folder / "system_fault.so"
        compiler = shutil.which("clang") or "cc"
        command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"]
        subprocess.run(command, check=True)
        return library

    def under(self, **environment: str) -> list[str]:
        """The command that starts a program in it."""
        settings = {"LD_PRELOAD": self._library, "FAULT_PLAN": self._plan, **environment}
        return ["env", *(f"{name}={value}" for name, value in settings.items())]

    def server(self, program: str, folder: Path, *options: str, **environment: str) -> Server:
        return Server(program, folder, *options, under=self.under(**environment))

    def forget(self) -> None:
        """Everything is counted anew, and nothing is to go wrong."""
        self.memory[:] = bytes(len(self.memory))

    def fail_sync(self, number: int, silently: bool = False) -> None:
        """The n-th sync from now on fails, once `release` says so."""
        self.hold, self.reached, self.is_silent = 1, 0, silently
        self.fail_at = self.syncs + number

    def wait_until_held(self) -> None:
        until(lambda: self.reached, 30, "the sync that is to fail")

    def release(self) -> None:
        self.hold = 0

    def close(self) -> None:
        self.memory.close()
