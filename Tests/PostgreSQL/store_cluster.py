"""A PostgreSQL server of our own, for as long as the tests that use it."""

import os
import signal
import subprocess
from pathlib import Path

CLUSTER = Path(__file__).parent / "cluster"


class Cluster:
    """A database server of our own."""

    def __init__(self):
        self._process = subprocess.Popen(
            [CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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

    def stop(self) -> None:
        self._process.stdin.close()
        assert self._process.wait(30) == 0
