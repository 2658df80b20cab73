"""The program under test: started, asked and stopped from outside, as an operator would."""

import json
import os
import re
import selectors
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests

READY = re.compile(r"CallMatch is ready at (http://\S+)")
SESSION = re.compile(r"__Host-s=([^;]+)")

STARTS_WITHIN = 60  # seconds; a new store is filled with the sample organisation first
STOPS_WITHIN = 20  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One data folder and one port, on which the program is started, ended and started again."""

    def __init__(self, program: str, folder: Path, *options: str):
        self.program = program
        self.folder = folder
        self.options = options
        # Beside this process's own.
        self.environment: dict[str, str] = {}
        self.log = folder.with_suffix(".log")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", str(self.folder), "--port", str(self.port)]
                + list(self.options),
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | self.environment,
            )
        self.address = self._ready_address()

    def stop(self) -> None:
        """Ends it politely (SIGTERM)."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def command(self, *arguments: str) -> str:
        """What another command of the program prints about this data folder."""
        done = subprocess.run(
            [self.program, *arguments, "--data", str(self.folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"callmatch {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout

    def link(self, name: str) -> str:
        """A single-use sign-in address."""
        return self.command("user", "link", name).strip()

    def audit(self) -> dict:
        return json.loads(self.command("audit", "--json"))

    def api(self, name: str) -> "API":
        """The HTTP interface in a session of its own, beside those of the browsers."""
        answer = requests.get(self.link(name), allow_redirects=False, timeout=20)
        assert answer.status_code == 303, answer.text
        return API(self, SESSION.search(answer.headers["set-cookie"])[1])

    def _ready_address(self) -> str:
        deadline = time.monotonic() + STARTS_WITHIN
        with selectors.DefaultSelector() as outputs:
            outputs.register(self.process.stdout, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                if not outputs.select(left):
                    continue
                line = self.process.stdout.readline().decode()
                if found := READY.search(line):
                    return found[1]
                if not line:
                    status = self.process.wait()
                    raise AssertionError(f"callmatch serve ended with {status}: see {self.log}")
        raise AssertionError(f"callmatch serve was not ready after {STARTS_WITHIN} s")

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"callmatch did not stop within {STOPS_WITHIN} s") from None
        finally:
            self.process.stdout.close()
            self.process = None


class Refused(Exception):
    """What the server said against a request."""

    def __init__(self, status: int, problem: str):
        super().__init__(f"{status} {problem}")
        self.status = status


class API:
    """Requests as one agent, with JSON in and out."""

    def __init__(self, server: Server, token: str):
        self.server = server
        self._headers = {"authorization": f"Bearer {token}", "x-callmatch": "1"}

    def get(self, path: str, **query):
        return self._send("GET", path, params=query)

    def post(self, path: str, body: dict | None = None):
        return self._send("POST", path, json=body or {})

    def put(self, path: str, body: dict):
        return self._send("PUT", path, json=body)

    def patch(self, path: str, body: dict):
        return self._send("PATCH", path, json=body)

    def delete(self, path: str):
        return self._send("DELETE", path)

    def desk(self) -> dict:
        return self.get("desk")

    def desk_where(self, is_so, within: float = 15) -> dict:
        """The first picture of the desk of which `is_so` holds, as the stream brings them."""
        deadline = time.monotonic() + within
        desk = None
        with requests.get(
            f"{self.server.address}/api/v1/desk/stream",
            headers=self._headers,
            stream=True,
            timeout=(5, within),
        ) as stream:
            for line in stream.iter_lines(chunk_size=None):
                if line.startswith(b"data: {"):
                    desk = json.loads(line.removeprefix(b"data: "))
                    if is_so(desk):
                        return desk
                if time.monotonic() > deadline:
                    break
        raise AssertionError(f"not so within {within} s; the desk is {json.dumps(desk)[:4000]}")

    def _send(self, method: str, path: str, **about):
        address = f"{self.server.address}/api/v1/{path}"
        answer = requests.request(method, address, headers=self._headers, timeout=30, **about)
        if not answer.ok:
            raise Refused(answer.status_code, answer.text)
        return answer.json() if answer.content else None
