"""A real Asterisk on loopback, with the agents 1001 to 1003, a trunk, a ring group, a queue and company rules.

Every run has a folder of its own: contacts of an earlier run would send calls to phones that are gone.
"""

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from fetch import HERE, fetched, place
from sip_phone import Telephone

BOOTS_WITHIN = 60
CDR_COLUMNS = (
    "account source destination context caller_id channel destination_channel application data start answer end "
    "duration talk disposition flags id"
).split()


def free_port(kind: int = socket.SOCK_STREAM, address: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind((address, 0))
        return found.getsockname()[1]


def certify(certificate: Path, key: Path, name: str = "pbx.example") -> None:
    """A certificate that is its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip


class Asterisk:
    """One phone system, which is started, stopped, killed and started again."""

    def __init__(self, version: str = "16", ring_seconds: int = 20):
        self.version = version
        self.program = fetched(version)
        # Short, as the path of a socket must be.
        self.folder = Path(tempfile.mkdtemp(prefix="pbx"))
        self.sip, self.trunk_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM, "127.0.0.2")
        self.ami, self.ami_tls = free_port(), free_port()
        self.ring_seconds = ring_seconds
        self.process: subprocess.Popen | None = None
        self.phones: list[Telephone] = []
        self._write_configuration()

    @staticmethod
    def is_here(version: str) -> bool:
        """Whether it need not be fetched."""
        return (place(version) / "complete").exists()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.sip

    def start(self) -> "Asterisk":
        with open(self.folder / "log/stdout", "ab") as log:
            self.process = subprocess.Popen(
                [*self._loader(), self.program / "sbin/asterisk", "-f", "-n", "-C", self._configuration],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + BOOTS_WITHIN
        # The command itself waits as soon as there is somebody to ask.
        while "fully booted" not in self.cli("core waitfullybooted"):
            assert self.process.poll() is None, (self.folder / "log/stdout").read_text()[-2000:]
            assert time.monotonic() < deadline, f"Asterisk was not up after {BOOTS_WITHIN} s"
        return self

    def cli(self, command: str) -> str:
        return subprocess.run(
            [*self._loader(), self.program / "sbin/asterisk", "-C", self._configuration, "-rx", command],
            capture_output=True, text=True,
        ).stdout  # fmt: skip

    def stop(self) -> None:
        """At once, and politely: every call is ended."""
        self.cli("core stop now")
        self.process.wait(BOOTS_WITHIN)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait(BOOTS_WITHIN)

    def freeze(self, on: bool) -> None:
        """It hangs: connections stay open and nothing comes."""
        self.process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    def remove(self) -> None:
        for phone in self.phones:
            phone.close()
        if self.process and self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def phone(self, extension: str, device: int = 0) -> Telephone:
        """A registered phone of an agent."""
        ip = f"127.0.0.{10 + int(extension[-1])}"
        port = free_port(socket.SOCK_DGRAM, ip)
        phone = Telephone((ip, port), self.address, extension, f"secret{extension}").register()
        self.phones.append(phone)
        return phone

    def trunk(self) -> Telephone:
        """The telephone company: calls from it come from outside, and calls to the outside go to it."""
        trunk = Telephone(("127.0.0.2", self.trunk_port), self.address, "trunk")
        self.phones.append(trunk)
        return trunk

    def records(self) -> list[dict[str, str]]:
        """Its own call records, the oldest first."""
        file = self.folder / "log/cdr-csv/Master.csv"
        if not file.exists():
            return []
        return [dict(zip(CDR_COLUMNS, row, strict=False)) for row in csv.reader(file.open())]

    def settings(self, name: str = "office", user: str = "ctimin", **more) -> str:
        """What `callmatch.yaml` needs. A value that is a table is written as JSON, which YAML reads too."""
        rows = {"kind": "asterisk", "host": "127.0.0.1", "port": self.ami, "user": user,
                "secret": "amipass", **more}  # fmt: skip
        lines = "".join(
            f"    {key}: {json.dumps(value) if isinstance(value, dict) else value}\n"
            for key, value in rows.items()
        )
        return f"phone-systems:\n  {name}:\n{lines}"

    @property
    def certificate(self) -> Path:
        """That of its encrypted port, made out to `pbx.example` and signed by itself."""
        return self.folder / "etc/server.pem"

    @property
    def _configuration(self) -> Path:
        return self.folder / "etc/asterisk.conf"

    def _loader(self) -> list[Path | str]:
        """The program runs with its own C library, not with this machine's."""
        libraries = self.program / "lib"
        return [libraries / "ld-linux-x86-64.so.2", "--library-path", str(libraries)]

    def _write_configuration(self) -> None:
        for name in ("etc", "cache", "lib", "spool", "run", "log/cdr-csv", "log/cdr-custom", "log/cel-custom"):
            (self.folder / name).mkdir(parents=True)
        values = {
            "ROOT": self.program, "RUN": self.folder, "MODDIR": self.program / "modules", "SIP": self.sip,
            "AMI": self.ami, "AMITLS": self.ami_tls, "ARI": free_port(), "PSTN": self.trunk_port, "LOAD": free_port(socket.SOCK_DGRAM),
        }  # fmt: skip
        for file in (HERE / "conf").iterdir():
            text = re.sub(r"@(\w+)@", lambda found: str(values[found.group(1)]), file.read_text())
            # The house has another name for it than Asterisk.
            name = file.name.removesuffix(".in").replace("ami.conf", "manager.conf")
            if name == "extensions.conf":
                own = f"AGENT_RINGTIME={self.ring_seconds}\nPSTNPORT={self.trunk_port}"
                text = re.sub(r"^AGENT_RINGTIME=.*", own, text, flags=re.M)
            if name == "modules.conf":
                text = "\n".join(line for line in text.splitlines() if self._has(line))
            (self.folder / "etc" / name).write_text(text + "\n")
        certify(self.certificate, self.folder / "etc/server.key")

    def _has(self, line: str) -> bool:
        """Each version has modules that the other has not."""
        module = line.removeprefix("load = ")
        return module == line or os.path.exists(self.program / "modules" / module)


class Witness:
    """What the dialplan itself says it did (`UserEvent`), heard on a connection of its own."""

    def __init__(self, asterisk: Asterisk, secret: str = "amipass"):
        self.events: list[dict[str, str]] = []
        self.changed = threading.Condition()
        self._connection = socket.create_connection(("127.0.0.1", asterisk.ami))
        self._lines = self._connection.makefile("rb")
        login = f"Action: Login\r\nUsername: cti\r\nSecret: {secret}\r\nEvents: user\r\n\r\n"
        self._connection.sendall(login.encode())
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._connection.close()

    def rule(self, count: int) -> tuple[str, str, str]:
        """The `count`th company rule that ran: its name, whose call it was, and how the call had ended."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.events) >= count, 20), self.events
        event = self.events[count - 1]
        return event["Rule"], event["Agent"], event["Status"]

    def _listen(self) -> None:
        block: dict[str, str] = {}
        try:
            for line in self._lines:
                key, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
                if key:
                    block[key] = value
                    continue
                if block.get("UserEvent") == "Policy":
                    with self.changed:
                        self.events.append(block)
                        self.changed.notify_all()
                block = {}
        except (OSError, ValueError):
            return
