"""A load balancer: each new connection goes to the next server that says that it is ready."""

import contextlib
import socket
import threading

import requests
from program import Server

# Seconds.
LOOKS_EVERY, ANSWERS_WITHIN = 0.1, 1


class Balancer:
    def __init__(self, servers: list[Server]):
        self.ready: list[Server] = []
        self._servers = servers
        self._over = threading.Event()
        self._turn = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Balancer":
        for work in (self._look, self._accept):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _look(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            self.ready = [server for server in self._servers if self._is_ready(server)]

    @staticmethod
    def _is_ready(server: Server) -> bool:
        try:
            return requests.get(f"{server.address}/ready", timeout=ANSWERS_WITHIN).status_code == 200
        except requests.RequestException:
            return False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        """Of a client that no server can be found for, the connection ends."""
        ready, self._turn = self.ready, self._turn + 1
        with client, contextlib.suppress(OSError, IndexError, ZeroDivisionError):
            server = ready[self._turn % len(ready)]
            with socket.create_connection(("127.0.0.1", server.port)) as other:
                back = threading.Thread(target=self._pass_on, args=(other, client), daemon=True)
                back.start()
                self._pass_on(client, other)
                back.join()

    @staticmethod
    def _pass_on(source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                to.sendall(part)
        for each in (source, to):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
