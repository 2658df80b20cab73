"""A PostgreSQL server of our own, for as long as the tests that use it."""

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

CLUSTER = Path(__file__).parent / "cluster"


class Cluster:
    """A database server of our own."""

    def __init__(self, *settings: str):
        """With settings of postgresql.conf, `name=value`."""
        self._process = subprocess.Popen(
            [CLUSTER, *settings], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = self._process.stdout.readline().strip()
        assert self.address.startswith("postgresql://"), "there is no PostgreSQL"
        self.folder = Path(self.address.partition("host=")[2].partition("&")[0])

    def new_store(self) -> str:
        """The address of a schema that nobody else has."""
        name = self.ask(self.address, "select new_schema()")
        return f"{self.address}&options=-csearch_path%3D{name}"

    @staticmethod
    def ask(address: str, question: str) -> str:
        asked = ["psql", address, "-Atc", question]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()

    def processes(self) -> list[int]:
        """The postmaster and its children."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True)
        return [first, *map(int, children.stdout.split())]

    def signal(self, which: signal.Signals) -> None:
        for process in self.processes():
            os.kill(process, which)

    def kill(self) -> None:
        """Ends it as a power cut of its processes would. The children too: one that lives on keeps the next start out."""
        processes = self.processes()
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in processes):
            threading.Event().wait(0.01)

    def start(self) -> None:
        """Starts what was killed."""
        control = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[4]))[-1]
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [control, "-D", self.folder / "data", "-l", self.folder / "log", "-w", "start"]
        subprocess.run([*as_postgres, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def stop(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(30) == 0
