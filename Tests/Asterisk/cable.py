"""The cable between two programs, which a test can cut and mend."""

import socket
import threading


class Cable:
    """Carries bytes from a port of its own to another one."""

    def __init__(self, port: int, address: str = "127.0.0.1"):
        self._target = (address, port)
        self._ends: list[socket.socket] = []
        self._is_cut = False
        self._changed = threading.Lock()
        self._listener = socket.create_server((address, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection is gone, and a new one ends at once."""
        with self._changed:
            self._is_cut = True
            self._close_ends()

    def mend(self) -> None:
        with self._changed:
            self._is_cut = False

    def say(self, data: bytes) -> None:
        """To the near end of the newest connection, as if the far end had said it."""
        self._ends[-2].sendall(data)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _close_ends(self) -> None:
        for end in self._ends:
            # A thread that reads from it must wake, too.
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self._ends = []

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                if self._is_cut:
                    near.close()
                    continue
                try:
                    far = socket.create_connection(self._target)
                except OSError:
                    near.close()
                    continue
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
