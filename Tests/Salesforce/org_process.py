"""The org in a process of its own, for tests that are busy themselves. Nothing of the org is imported here.

with OrgProcess() as org:
    org.add(kind="Contact", LastName="Lovelace", Phone="+49 30 23125042")
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROGRAM = Path(__file__).parent / "fake_org.py"
ANSWERS_WITHIN = 120
CLIENT = "callmatch"
SECRET = "callmatch-secret"
ROBOT = "robot@callmatch.example"


class OrgProcess:
    """Each command of `control.py` is a method here, with its arguments by name."""

    def __init__(self, *options: str):
        # It ends with its input, so also when these tests are killed.
        self._process = subprocess.Popen(
            [sys.executable, "-B", str(PROGRAM), "--until-input-ends", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline()
        assert line, "the org did not start"
        ready = json.loads(line)
        self.url: str = ready["url"]
        self.pages_url: str = ready["pages"]
        self._connection = requests.Session()
        # The ids of the sample organisation, by name.
        self.people: dict[str, str] = self.command("named")

    def __enter__(self) -> "OrgProcess":
        return self

    def __exit__(self, *about) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def command(self, name: str, /, **arguments):
        address = f"{self.url}/__fake/{name}"
        answer = self._connection.post(address, json=arguments, timeout=ANSWERS_WITHIN)
        assert answer.ok, f"{name}: {answer.text}"
        return answer.json() if answer.content else None

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **arguments: self.command(name, **arguments)

    def connect(self, folder: Path, address: str, **settings) -> Path:
        """Sets up the app in the org; gives the `callmatch.yaml` of a server at that address.

        `settings` are those of the connection beside the usual ones, `_` for `-`; `None` leaves one out.
        """
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = serialization.Encoding.PEM
        private = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / "key.pem").write_bytes(key.private_bytes(*private))
        (folder / "client-secret").write_text(SECRET)
        about = {"secret": SECRET, "redirects": [f"{address}/connect/crm/callback"], "public_key": public.decode()}
        self.command("add_app", client_id=CLIENT, **about)
        usual = {
            "kind": "salesforce", "host": self.url, "pages": self.pages_url, "client-id": CLIENT, "user": ROBOT,
            "key-file": str(folder / "key.pem"), "client-secret-file": str(folder / "client-secret"),
            "audience": "https://login.salesforce.com", "key-field": "CallKey__c", "every": 1,
        }  # fmt: skip
        written = usual | {name.replace("_", "-"): value for name, value in settings.items()}
        connection = {name: value for name, value in written.items() if value is not None}
        file = folder / "callmatch.yaml"
        # JSON is YAML, too.
        file.write_text(json.dumps({"crm": {"salesforce": connection}}))
        return file

    @contextlib.contextmanager
    def failing(self, kind: str, **about) -> Iterator[None]:
        """A fault for as long as the block lasts."""
        number = self.command("fault", kind=kind, **{"times": None, **about})
        try:
            yield
        finally:
            self.command("mend", fault=number)
