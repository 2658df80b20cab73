"""Strangers who take every connection that a PostgreSQL server has."""

import os
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from store_cluster import Cluster

PROTOCOL = 3 << 16


@dataclass
class Stranger:
    """A connection that does nothing."""

    connection: socket.socket
    backend: int

    @classmethod
    def come(cls, cluster: Cluster) -> "Stranger | None":
        """None when there is no connection left."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        connection.connect(str(next(cluster.folder.glob(".s.PGSQL.*[0-9]"))))
        about = struct.pack("!i", PROTOCOL) + b"user\0callmatch\0database\0callmatch\0\0"
        connection.sendall(struct.pack("!i", len(about) + 4) + about)
        said = b""
        while True:
            while len(said) < 5 or len(said) < 1 + struct.unpack_from("!i", said, 1)[0]:
                more = connection.recv(8192)
                if not more:
                    connection.close()
                    return None
                said += more
            kind, length = said[:1], struct.unpack_from("!i", said, 1)[0]
            if kind == b"E":
                connection.close()
                return None
            if kind == b"K":  # BackendKeyData
                return cls(connection, struct.unpack_from("!i", said, 5)[0])
            said = said[1 + length :]


def take_every_connection(cluster: Cluster) -> list[Stranger]:
    """Whoever was connected is thrown out, until there are strangers only."""
    strangers: list[Stranger] = []
    while others := client_backends(cluster) - {each.backend for each in strangers}:
        for process in others:
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                pass  # gone by itself
        while stranger := Stranger.come(cluster):
            strangers.append(stranger)
    return strangers


def client_backends(cluster: Cluster) -> set[int]:
    found = set()
    for process in cluster.processes()[1:]:
        try:
            if b"callmatch callmatch" in Path(f"/proc/{process}/cmdline").read_bytes():
                found.add(process)
        except OSError:
            pass  # gone meanwhile
    return found
