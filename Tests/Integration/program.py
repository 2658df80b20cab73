"""The program under test, used from outside: as an operator, as an agent's browser, as another program."""

import json
import os
import re
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import description
import requests

READY = re.compile(r"CallMatch is ready at (http://\S+)")

# Seconds. What passes does not wait for these.
STARTS_WITHIN = 60
STOPS_WITHIN = 20
ANSWERS_WITHIN = 30


def until(holds: Callable, within: float = 10, what: str = ""):
    """What `holds` gives as soon as it is true; asked again and again until a deadline."""
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within} s: {what or holds}"
        pause.wait(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**more: str) -> dict[str, str]:
    """This process's, without settings of the program, so that nobody's own count."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CALLMATCH_")}
    return own | more


class Server:
    """One data folder and one port, on which the program is started, ended and started again."""

    def __init__(self, program: str, folder: Path, *options: str, under: list[str] | None = None):
        self.program = program
        self.folder = folder
        self.options = options
        # A command that starts the program, such as `unshare`.
        self.under = under or []
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> "Server":
        self.spawn()
        self._wait_until_ready()
        return self

    def spawn(self) -> None:
        """Starts it and does not wait until it is ready."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.under, self.program, "serve", "--data", str(self.folder)]
                + ["--port", str(self.port), *self.options],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(),
                cwd=self.folder.parent,
            )

    @property
    def files(self) -> Path:
        """The data folder as the server itself sees it."""
        inside = f"/proc/{self.process.pid}/root" if self.under else ""
        return Path(f"{inside}{self.folder}")

    @property
    def log(self) -> Path:
        """What it writes to standard error."""
        return self.folder.parent / f"{self.folder.name}.log"

    def peak_memory(self) -> int:
        """The most bytes that it has had resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10

    def stop(self) -> int:
        """Ends it politely (SIGTERM); its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """Ends it as a power cut of the process would (SIGKILL)."""
        return self._end(signal.SIGKILL)

    def restart(self) -> "Server":
        self.stop()
        return self.start()

    def run(self, *arguments: str, **about) -> subprocess.CompletedProcess:
        """Another command of the program on this data folder."""
        return run(self.program, *arguments, "--data", str(self.folder), **about)

    def command(self, *arguments: str) -> str:
        """What a command prints that must succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"callmatch {' '.join(arguments)}: {done.stderr}{done.stdout}"
        return done.stdout

    def operate(self, command: str, /, **arguments):
        """The same on the way that commands take to a running server, without a process for each."""
        notice = json.loads((self.files / "server.json").read_text())
        client = Client(self.address, notice["token"])
        answer = client.post("operator", {command: arguments})
        assert answer.status_code == 200, f"{command} {arguments}: {answer.text}"
        return json.loads(answer.json()["json"])

    def link(self, name: str) -> str:
        """A single-use sign-in address."""
        return self.operate("userLink", name=name)["url"]

    def audit(self) -> dict:
        """How many calls stand where."""
        return self.operate("audit")

    def export(self, number: str) -> dict:
        """Everything that is held of a number."""
        page = self.operate("export", number=number)
        held = {"number": page["number"], "messages": [json.loads(text) for text in page["messages"]], "calls": []}
        while True:
            held["calls"] += [json.loads(text) for text in page["calls"]]
            if "next" not in page:
                return held
            page = self.operate("export", number=number, after=page["next"])

    def sign_in(self, name: str) -> "Client":
        return Client(self.address, session_token(self.link(name)))

    def nobody(self) -> "Client":
        return Client(self.address, None)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        with selectors.DefaultSelector() as outputs:
            outputs.register(self.process.stdout, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                if not outputs.select(left):
                    continue
                line = self.process.stdout.readline().decode()
                if READY.search(line):
                    return
                assert line, f"callmatch serve ended: {self.log.read_text()[-2000:]}"
        raise AssertionError(f"callmatch serve was not ready after {STARTS_WITHIN} s")

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"callmatch did not stop within {STOPS_WITHIN} s") from None
        finally:
            process.stdout.close()


def run(program: str, *arguments: str, **about) -> subprocess.CompletedProcess:
    about = {"timeout": 120, "env": environment(), **about}
    return subprocess.run([program, *arguments], capture_output=True, text=True, **about)


def session_token(link: str) -> str:
    """The session behind a sign-in link, which is used up."""
    answer = requests.get(link, allow_redirects=False, timeout=ANSWERS_WITHIN)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
    return answer.headers["set-cookie"].split(";")[0].removeprefix("__Host-s=")


class Client:
    """Requests in one session, or in none. Every answer is given back, refusals too.

    Each is held against the API's description on the way.
    """

    def __init__(self, address: str, token: str | None):
        self.address = address
        self.token = token
        self.headers = {"X-CallMatch": "1"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self._connection = requests.Session()

    def request(self, method: str, path: str, **about) -> requests.Response:
        headers = {**self.headers, **about.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        about = {"timeout": ANSWERS_WITHIN, "allow_redirects": False, **about}
        answer = self._connection.request(method, self.address + path, headers=headers, **about)
        if not about.get("stream"):
            description.check(answer)
        return answer

    def get(self, path: str, **query) -> requests.Response:
        return self.request("GET", "/api/v1/" + path, params=query)

    def post(self, path: str, body=None) -> requests.Response:
        return self.request("POST", "/api/v1/" + path, json={} if body is None else body)

    def put(self, path: str, body) -> requests.Response:
        return self.request("PUT", "/api/v1/" + path, json=body)

    def patch(self, path: str, body) -> requests.Response:
        return self.request("PATCH", "/api/v1/" + path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.request("DELETE", "/api/v1/" + path)

    def json(self, path: str, **query):
        """What an address gives that must be there."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def desk(self) -> dict:
        return self.json("desk")

    def desk_where(self, is_so: Callable, within: float = 15) -> dict:
        """The first picture of the desk of which `is_so` holds, as the stream brings them."""
        deadline = time.monotonic() + within
        desk = None
        address = "/api/v1/desk/stream"
        with self.request("GET", address, stream=True, timeout=(5, within)) as stream:
            assert stream.status_code == 200, stream.text
            for line in stream.iter_lines(chunk_size=None):
                if line.startswith(b"data: {"):
                    desk = json.loads(line.removeprefix(b"data: "))
                    if is_so(desk):
                        return desk
                if time.monotonic() > deadline:
                    break
        raise AssertionError(f"not so within {within} s; the desk is {json.dumps(desk)[:4000]}")

    def call_where(self, is_so: Callable, within: float = 15) -> dict:
        """The first call on the desk of which `is_so` holds."""
        desk = self.desk_where(lambda desk: any(map(is_so, desk["calls"])), within)
        return next(filter(is_so, desk["calls"]))
