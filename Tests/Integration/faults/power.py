"""Where a server has its data, and a power cut that this place survives (forgetful_disk)."""

import os
import subprocess
from pathlib import Path

import pytest

DISK = Path(__file__).with_name("forgetful_disk")


class PowerSupply:
    """A disk in a folder of its own. It must be on while a server is started."""

    def __init__(self, folder: Path):
        self.backing, self.mount = folder / "backing", folder / "disk"
        self.backing.mkdir()
        self.mount.mkdir()
        self._disk: subprocess.Popen | None = None

    def turn_on(self, seed: int = 0, *options: str) -> None:
        """`--whole` keeps nothing of what was not synced, `--lies` nothing of what was."""
        command = [DISK, self.backing, self.mount, "--seed", str(seed), *options]
        self._disk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = self._disk.stdout.readline()
        assert said == "ready\n", f"the disk did not start: {said}"

    def cut(self) -> int:
        """The power fails; whoever uses the disk has been killed. How many bytes were forgotten."""
        subprocess.run(["umount", self.mount], check=True)
        forgotten = int(self._disk.stdout.read())
        assert self._disk.wait(30) == 0
        self._disk = None
        return forgotten

    def turn_off(self) -> None:
        """Also when a test has failed, and somebody still uses it."""
        if self._disk:
            self._disk.kill()
            self._disk.wait()
            subprocess.run(["umount", "--lazy", self.mount], check=False)


def need_a_disk_of_our_own() -> None:
    """A file system in a program needs the system's leave: root, and the device /dev/fuse."""
    if os.geteuid() != 0 or not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("a file system of our own needs root and /dev/fuse")
