"""A cable whose packets can be dropped: two interfaces, of which the far one is in a network of its own.

Nothing says so to either side, as with a firewall that has forgotten a connection: neither RST nor ICMP.
"""

import ctypes
import os
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

# Of linux/sched.h; Python 3.11 has no setns.
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


def into(network: str) -> None:
    """This thread is in that network from now on, and so are the sockets that it makes."""
    with Path(f"/run/netns/{network}").open() as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


class DroppingCable:
    """While it is open. `address` is that of the far end."""

    def __enter__(self) -> "DroppingCable":
        number = os.getpid()
        self._network, self._near, self._far = f"callmatch-{number}", f"cm{number}n", f"cm{number}f"
        # 198.18.0.0/15 is for measurements like this one (RFC 2544); four addresses for each process.
        part = f"198.{18 + (number >> 14 & 1)}.{number >> 6 & 255}"
        own, self.address = (f"{part}.{(number & 63) * 4 + end}" for end in (1, 2))
        try:
            ip("netns", "add", self._network)
            self._connect(own)
        except (OSError, subprocess.CalledProcessError) as fault:
            self.__exit__()
            pytest.skip(f"a network of our own: {getattr(fault, 'stderr', None) or fault}")
        return self

    def __exit__(self, *about) -> None:
        # Each of these may not be there. A network lives as long as a socket of it, and the far interface with it.
        for what in (("link", "delete", self._near), ("netns", "delete", self._network)):
            if shutil.which("ip"):
                subprocess.run(["ip", *what], check=False, capture_output=True)

    def _connect(self, own: str) -> None:
        ip("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self._network)
        ip("address", "add", f"{own}/30", "dev", self._near)
        ip("link", "set", self._near, "up")
        ip("-n", self._network, "link", "set", self._far, "up")
        # Nobody is asked for the hardware's address, so that its silence tells nothing.
        hardware = ip("netns", "exec", self._network, "cat", f"/sys/class/net/{self._far}/address").strip()
        ip("neighbour", "add", self.address, "lladdr", hardware, "dev", self._near, "nud", "permanent")
        self.carry()

    def listen(self, place: tuple[str, int]) -> socket.socket:
        """A socket of the far end that listens."""

        def made() -> socket.socket:
            into(self._network)
            return socket.create_server(place)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(made).result()

    def drop(self) -> None:
        """From now on the far end takes nothing that is sent to it, and what it sends goes nowhere."""
        ip("-n", self._network, "address", "delete", f"{self.address}/30", "dev", self._far)

    def carry(self) -> None:
        ip("-n", self._network, "address", "add", f"{self.address}/30", "dev", self._far)
