"""The manager interface of an Asterisk that does what a test wants: also what no real one does."""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
ACTIONS = ("Hangup", "Originate", "Redirect", "Status", "Ping", "Getvar", "PJSIPNotify")
RESET = struct.pack("ii", 1, 0)
# In bytes: far more than the buffers on the way hold.
MOST_SENT = 400_000_000
LOOKED_AFTER = 0.02  # seconds
SHOWN = "CALLERID(num-pres)=allowed_not_screened"

Fields = list[tuple[str, str]]


def block(*fields: tuple[str, object]) -> bytes:
    return "".join(f"{key}: {value}\r\n" for key, value in fields).encode() + b"\r\n"


def moment() -> str:
    return f"{time.time():.6f}"


class TalkingCall:
    """A customer who talks with the agent at 1001, as `Status` lists it and as its end is told."""

    def __init__(self, number: str, name: str = "42"):
        self.began = time.time() - 30
        self.ids = (f"{name}.1", f"{name}.2")
        self._channels = [
            ("PJSIP/trunk-00000001", self.ids[0], "Up", number, "1001", "Dial", "1001"),
            ("PJSIP/1001-00000002", self.ids[1], "Up", "1001", number, "AppDial", ""),
        ]

    def statuses(self) -> list[Fields]:
        return [
            [
                ("Event", "Status"), *fields, ("Application", application), ("DNID", dialled), ("Seconds", "30"),
                ("BridgeID", "bridge-1"), ("Variable", f"CDR(answer,u)={self.began:.6f}"),
            ]
            for fields, application, dialled in self._described()
        ]  # fmt: skip

    def hangups(self) -> bytes:
        return b"".join(
            block(("Event", "Hangup"), ("Timestamp", moment()), *fields, ("Cause", "16"))
            for fields, *_ in self._described()
        )

    def _described(self) -> Iterator[tuple[Fields, str, str]]:
        for name, id, state, number, other, application, dialled in self._channels:
            fields = [
                ("Channel", name), ("ChannelStateDesc", state), ("CallerIDNum", number), ("ConnectedLineNum", other),
                ("Exten", "1001"), ("Uniqueid", id), ("Linkedid", self.ids[0]), ("ChanVariable", SHOWN),
                ("ChanVariable", SHOWN.replace("CALLERID", "CONNECTEDLINE")),
            ]  # fmt: skip
            yield fields, application, dialled


class AsteriskDouble:
    """Listens, lets everybody in, lists `calls`, and sends what it is told to the connection that it has."""

    def __init__(self, host: str = "127.0.0.1", listen: Callable = socket.create_server):
        self.host = host
        self.calls: list[TalkingCall] = []
        # How often somebody has been let in and has asked for the calls.
        self.visits = 0
        # Whether it answers, and whether it lets in who asks.
        self.is_silent = False
        self.is_taken = False
        self._connection: socket.socket | None = None
        self._listener = listen((host, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def settings(self, name: str) -> str:
        """What `callmatch.yaml` needs."""
        lines = ("kind: asterisk", f"host: {self.host}", f"port: {self.port}", "user: u", "secret: s")
        return f"phone-systems:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def send_without_end(self, data: bytes) -> None:
        """Again and again, until the other side hangs up."""
        connection = self._connection
        try:
            for _ in range(MOST_SENT // len(data)):
                connection.sendall(data)
        except OSError:
            return
        raise AssertionError("all of it was taken")

    def reset(self) -> None:
        """The connection is gone in the middle of whatever it was."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._hang_up()

    def close(self) -> None:
        self._listener.close()
        self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connection = connection
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.sendall(BANNER)
            rest = b""
            while data := self._received(connection):
                *actions, rest = (rest + data).split(b"\r\n\r\n")
                for action in actions:
                    fields = dict(line.split(": ", 1) for line in action.decode().split("\r\n"))
                    if not self.is_silent:
                        connection.sendall(self._answer(fields))
        except (OSError, ValueError):
            return

    @staticmethod
    def _received(connection: socket.socket) -> bytes:
        """Looks again and again: a connection that a thread waits for is not closed before it wakes."""
        while not select.select([connection], [], [], LOOKED_AFTER)[0]:
            pass
        return connection.recv(65_536)

    def _answer(self, action: dict[str, str]) -> bytes:
        own = ("ActionID", action["ActionID"])
        done = ("Response", "Success")
        answers: dict[str, Callable[[], bytes]] = {
            "Challenge": lambda: block(done, own, ("Challenge", "123456789")),
            "Login": lambda: self._login(own),
            "ListCommands": lambda: block(done, own, *((name, "") for name in ACTIONS)),
            "Status": lambda: self._list(own),
            "Ping": lambda: block(done, own, ("Ping", "Pong"), ("Timestamp", moment())),
            "Getvar": lambda: block(done, own, ("Variable", action.get("Variable", "")), ("Value", "NOT_INUSE")),
        }
        return answers.get(action["Action"], lambda: block(("Response", "Error"), own))()

    def _login(self, own: tuple[str, str]) -> bytes:
        if self.is_taken:
            return block(("Response", "Error"), own, ("Message", "Authentication failed"))
        return block(("Response", "Success"), own, ("Message", "Authentication accepted"))

    def _list(self, own: tuple[str, str]) -> bytes:
        self.visits += 1
        statuses = [fields for call in self.calls for fields in call.statuses()]
        items = b"".join(block(*fields, own) for fields in statuses)
        start = block(("Response", "Success"), own, ("EventList", "start"))
        return start + items + block(("Event", "StatusComplete"), own, ("EventList", "Complete"))
