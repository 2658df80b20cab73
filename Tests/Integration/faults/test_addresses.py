"""F39: addresses that nobody should be made to ask, in the settings, and where a name leads to one."""

import ipaddress
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from connected_org import OrgProcess, connected, connection, consent_address, hire, wait_until_in, way_back
from form import LONG
from program import Server, environment, free_port, until
from system_fault import SystemFault

NAME = "acme.callmatch.test"
# One of the internet: in the world of these tests the org is there.
HOME = "8.8.4.4"
WRITTEN = [
    "http://169.254.169.254/",
    "https://169.254.169.254",
    "http://127.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0x7f.0.0.0x1",
    "http://[::ffff:127.0.0.1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::1]",
    "https://10.0.0.1",
    "https://localhost",
    "http://acme.my.salesforce.com",
    "https://acme.my.salesforce.com/path",
    "https://user:secret@acme.my.salesforce.com",
    "https://acme.my.salesforce.com\r\nHost: evil.test",
    "file:///etc/passwd",
    "https://",
]
PROPER = ["https://acme.my.salesforce.com", "https://acme--dev.sandbox.my.salesforce.com:8443/", "http://127.0.0.1:9"]
LED_TO = ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1"]

# The server sees names and authorities of our own; nobody else does.
OWN_FILES = (
    'mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && shift && exec "$@"'
)
# libcurl keeps an address for a minute.
FORGOTTEN_WITHIN = 150


@dataclass
class NamedOrg:
    """An org with TLS at `NAME`, and a server whose internet has that name."""

    org: OrgProcess
    program: str
    folder: Path
    system: SystemFault
    authority: Path
    server: Server = field(init=False)

    @property
    def names(self) -> Path:
        return self.folder / "hosts"

    def lead_to(self, address: str) -> None:
        """In place: it is this very file that the server sees."""
        self.names.write_text(f"127.0.0.1 localhost\n{address} {NAME}\n")

    def connect(self, **settings) -> None:
        host = self.address
        self.server = connected(self.program, self.folder, self.org, host=host, pages=host, users=None, **settings)
        self.server.under = [
            *("unshare", "--mount", "--map-root-user", "sh", "-c", OWN_FILES, str(self.names), str(self.authority)),
            *self.system.under(FAULT_HOME=HOME),
        ]

    @property
    def address(self) -> str:
        return f"https://{NAME}:{urlsplit(self.org.url).port}"

    def change_to(self, address: str, is_noticed: Callable[[], bool]) -> None:
        """While the server runs in the long form, which waits until the last address is forgotten."""
        self.lead_to(address)
        if not LONG:
            self.server.stop()
            self.org.requests(clear=True)
            self.server.start()

        def is_seen() -> bool:
            # What is connected stays so: an address is looked at when it is connected to.
            if LONG and address != HOME:
                self.cut_connections()
            return is_noticed()

        until(is_seen, FORGOTTEN_WITHIN, f"{NAME} leads to {address}")
        if LONG:
            self.org.requests(clear=True)

    def cut_connections(self) -> None:
        with pytest.raises(requests.ConnectionError):
            self.org.outage(how="cut")
        self.org.outage(how=None)

    def asked(self) -> list[str]:
        return [each["target"] for each in self.org.requests()]


@pytest.fixture
def named(program: str, tmp_path: Path, system: SystemFault, monkeypatch) -> Iterator[NamedOrg]:
    key, certificate = tmp_path / "org.key", tmp_path / "org.crt"
    about = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -keyout {key} -out {certificate}"
    names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
    subprocess.run(["openssl", *about.split(), "-addext", names], check=True, capture_output=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with OrgProcess("--certificate", str(certificate), "--key", str(key)) as org:
        named = NamedOrg(org, program, tmp_path, system, certificate)
        org.configure(instance_url=named.address)
        named.lead_to(HOME)
        yield named
        assert org.info()["mistakes"] == []


def start(program: str, folder, address: str) -> tuple[int, str]:
    """How a server with this CRM ends, or that it does not; and what it says."""
    settings = {"kind": "salesforce", "host": address, "client-id": "c", "user": "u", "key-file": "none.pem"}
    (folder / "callmatch.yaml").write_text(json.dumps({"crm": {"salesforce": settings}}))
    done = subprocess.run(
        [program, "serve", "--data", str(folder / "data"), "--port", str(free_port())],
        capture_output=True, text=True, timeout=60, cwd=folder, env=environment(),
    )  # fmt: skip
    return done.returncode, done.stderr


def is_refused_at_the_start(program: str, folder: Path, address: str) -> None:
    status, said = start(program, folder, address)
    assert (status, "host" in said and "must be an address" in said) == (2, True), said


def is_refused_at_use(named: NamedOrg, address: str) -> None:
    """The org's certificate is good for its name, so that nothing but the address tells."""
    assert not ipaddress.ip_address(address).is_global
    named.connect()
    named.server.start()
    admin = hire(named.server, "anna", "1001")
    wait_until_in(admin)
    told = f"{NAME} leads to {address}, which is an inner address"
    named.change_to(address, lambda: told in connection(admin)["text"])
    assert told in named.server.run("doctor").stdout
    # *Health* and *Connections* show it, whatever the CRM would say of what was filed.
    assert told in admin.json("admin/health")["crms"][0]["text"]
    assert named.asked() == []
    named.change_to(HOME, lambda: connection(admin)["state"] == "green")
    until(named.asked, what="the org is asked again")


@pytest.mark.parametrize(
    "way, address", [("written", each) for each in WRITTEN] + [("led to", each) for each in LED_TO]
)
def test_f39_inner_addresses(request, program: str, tmp_path, way: str, address: str):
    """The CRM's address in the settings leads to this machine or its network, or is more than an address; or its name
    comes to lead there while it is in use. (One that comes with an answer: `test_nobody_asks_where_a_token_leads_elsewhere`.)

    Expected: the server does not start, and names the setting; at use nothing is asked there, and *Connections* and
    `doctor` say where the name leads, and what would help.
    Control: with a proper address it is something else that is missing; before the name leads elsewhere, and after it
    has come back, the org is asked.
    """
    if way == "written":
        is_refused_at_the_start(program, tmp_path, address)
    else:
        is_refused_at_use(request.getfixturevalue("named"), address)


@pytest.mark.parametrize("address", PROPER)
def test_control_of_f39_proper_addresses(program: str, tmp_path, address: str):
    """The CRM's address is a name of the internet, or this machine's own for a trial.

    Expected: the address is taken, and something else is missing.
    """
    status, said = start(program, tmp_path, address)
    assert (status, "key-file" in said, "must be an address" in said) == (2, True, False), said


def test_an_org_behind_a_private_link(named: NamedOrg):
    """It is set that its address is an inner one: the connection, an agent's consent and `doctor` reach it."""
    named.connect(private_network=True, agents="own")
    named.lead_to("127.0.0.1")
    named.server.start()
    admin = hire(named.server, "anna", "1001")
    wait_until_in(admin)
    asks = consent_address(admin)
    assert asks.startswith(named.address)
    path = way_back(named.org, asks.replace(named.address, named.org.url), "ada@callmatch.example")
    assert admin.request("GET", path).status_code == 200
    assert [each["name"] for each in admin.json("people", search="lovelace")["people"]] == ["Ada Lovelace"]
    assert NAME in named.server.run("doctor").stdout
