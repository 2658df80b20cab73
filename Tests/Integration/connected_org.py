"""A server that is connected to an org of our own making (Tests/Salesforce)."""

import sys
from pathlib import Path

import requests
from program import Client, Server, until

# Behind this folder's own, so that no name here is taken for one there.
sys.path.append(str(Path(__file__).resolve().parents[1] / "Salesforce"))

from org_process import OrgProcess  # noqa: E402

CRM = "salesforce"
KINDS = {"001": "account", "003": "contact", "00Q": "lead"}
KINDS |= {"006": "opportunity", "500": "case", "00T": "activity"}
COMES_IN_WITHIN = 60


def ref(record: str) -> dict:
    """A record of the org as our interface names it."""
    return {"crm": CRM, "kind": KINDS[record[:3]], "id": record}


def connected(program: str, folder: Path, org: OrgProcess, **settings) -> Server:
    """Not started yet. `settings` are those of the connection."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(program, folder / "data")
    file = org.connect(folder, server.address, **settings)
    server.options = ("--empty", "--config", str(file))
    return server


def hire(server: Server, name: str, extension: str, role: str = "administrator") -> Client:
    server.command("user", "add", name, "--extension", extension, "--role", role)
    return server.sign_in(name)


def connection(admin: Client) -> dict:
    """How the connection stands, as *Connections* shows it."""
    (crm,) = admin.json("admin/sources")["crms"]
    return crm


def asked_for_calls(org: OrgProcess, clear: bool = False) -> list[dict]:
    """What came to the org, by its own count. Signing in is no request of the API; changes are looked for with queryAll."""
    return [
        each
        for each in org.requests(clear=clear)
        if each["target"].startswith("/services/data/") and "/queryAll" not in each["target"]
    ]


def wait_until_in(admin: Client, within: float = COMES_IN_WITHIN) -> dict:
    """Until the org's people have come in."""

    def is_in() -> dict | None:
        crm = connection(admin)
        return crm if crm["state"] == "green" and not crm["loading"] else None

    return until(is_in, within, "the org's people come in")


def consent_address(client: Client) -> str:
    """Where the org asks the agent."""
    answer = client.request("GET", "/connect/crm")
    assert answer.status_code in (302, 303), answer.text
    return answer.headers["Location"]


def way_back(org: OrgProcess, address: str, user: str | None, refuse: bool = False) -> str:
    """The path by which the browser comes back to us after this user's click."""
    org.consent(user=user, refuse=refuse)
    answer = requests.get(address, allow_redirects=False, timeout=20)
    org.consent(user=None)
    assert answer.status_code == 302, answer.text
    return "/" + answer.headers["Location"].split("/", 3)[3]


def consent(client: Client, org: OrgProcess, user: str) -> requests.Response:
    """An agent lets the server act as this user of the org."""
    return client.request("GET", way_back(org, consent_address(client), user))
