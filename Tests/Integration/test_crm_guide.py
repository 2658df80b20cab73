"""The set-up guide, followed to the first matched call: its commands and settings as they stand there.

What is done by hand in Salesforce is done to the org of our own making (Tests/Salesforce) by its controls.
"""

import re
import subprocess
import time
from pathlib import Path

from connected_org import OrgProcess, ref
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from org_process import ROBOT
from program import Client, Server, environment, until

TOP = Path(__file__).resolve().parents[2]
GUIDE = (TOP / "Docs/salesforce-setup.md").read_text(encoding="utf-8")
ADA = "+493023125042"
# In the org. The guide's own stand for somebody's.
ANNA = "ada@callmatch.example"


def section(heading: str, text: str = GUIDE) -> str:
    return re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ )", text, re.DOTALL | re.MULTILINE)[1]


def block(text: str, kind: str, beginning: str) -> str:
    """The block of code that begins so."""
    blocks = re.findall(rf"^ *```{kind}\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    (found,) = [each for each in blocks if each.lstrip().startswith(beginning)]
    return found


def typed(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands(text: str) -> list[list[str]]:
    """The lines that call the program, as words."""
    lines = re.findall(r"^ *callmatch (.*?)(?: +#.*)?$", text, re.MULTILINE)
    return [[word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)] for line in lines]


def make_key(folder: Path) -> str:
    """The key and its certificate; the public key as Salesforce reads it from the certificate."""
    typed(block(section("0:00 A key and its certificate"), "sh", "openssl").split("sudo")[0], folder)
    certificate = x509.load_pem_x509_certificate((folder / "salesforce.crt").read_bytes())
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def settings(org: OrgProcess, server: Server, folder: Path) -> str:
    """The guide's, with an address, a host, a key and users that are there."""
    text = block(section("0:10 callmatch.yaml"), "yaml", "address:")
    for told, ours in {
        "https://calls.example.com ": f"{server.address} ",
        "https://acme.my.salesforce.com": org.url,
        "integration@acme.com": ROBOT,
        "/etc/callmatch/salesforce.key": str(folder / "salesforce.key"),
        "anna@acme.com": ANNA,
    }.items():
        assert told in text, f"the guide has another {told}"
        text = text.replace(told, ours)
    # The guide waits for a minute.
    return text + f"    every: 1\n    pages: {org.pages_url}\n"


def set_up_the_org(org: OrgProcess, server: Server, public_key: str) -> None:
    """Fields and app, as in the sections 0:01 to 0:06."""
    about = {"length": 64, "external_id": True, "unique": True}
    org.add_field(kind="Task", name="CallMatchKey__c", type="string", label="CallMatch Key", **about)
    org.add_field(kind="Task", name="CallMatchVersion__c", type="double", label="CallMatch Version")
    client = re.search(r"client-id: (\S+)", GUIDE)[1]
    callback = re.search(r"https://calls.example.com(/connect\S+?)`", section("0:06 The External Client App"))
    # The sample organisation has an Ada of its own.
    org.delete(record=org.people["Ada Lovelace"])
    # No secret is required of agents.
    org.add_app(client_id=client, redirects=[server.address + callback[1]], public_key=public_key)


def ring(server: Server, folder: Path) -> None:
    """The lines of the README that ring at 1001."""
    made = server.command(*commands(section("Signed events", readme()))[0])
    address, secret = (re.search(rf"{name}: +(\S+)", made)[1] for name in ("address", "secret"))
    script = block(section("Signed events", readme()), "sh", "address=")
    script = re.sub("^address=.*$", f"address={address}", script, flags=re.MULTILINE)
    script = re.sub("^secret=.*$", f"secret={secret}", script, flags=re.MULTILINE)
    assert typed(script, folder).count('"accepted"') == 3


def readme() -> str:
    return (TOP / "README.md").read_text(encoding="utf-8")


def test_from_nothing_to_the_first_matched_call(program: str, tmp_path: Path, capsys):
    began = time.monotonic()
    with OrgProcess() as org:
        server = Server(program, tmp_path / "data")
        set_up_the_org(org, server, make_key(tmp_path))
        config = tmp_path / "callmatch.yaml"
        config.write_text(settings(org, server, tmp_path))
        serve, add = commands(section("0:10 callmatch.yaml"))
        assert serve == ["serve", "--empty", "--config", "callmatch.yaml"]
        server.options = ("--empty", "--config", str(config))
        server.start()
        try:
            server.command(*add)
            anna = server.sign_in("anna")
            follow(org, server, anna, tmp_path)
        finally:
            server.stop()
        assert org.info()["mistakes"] == []
    with capsys.disabled():
        print(f"\nset-up by the guide, without what is done by hand: {time.monotonic() - began:.0f} s")


def follow(org: OrgProcess, server: Server, anna: Client, folder: Path) -> None:
    """From *Is it right?* on."""
    (doctor,) = commands(section("0:12 Is it right?"))
    said = server.run(*doctor).stdout
    assert re.findall(r"^ *RED +(.*?):", said, re.MULTILINE) == ["phone systems"], said
    named = re.findall(r"^\| ([A-Z][^|]*?) \|", section("What doctor says"), re.MULTILINE)
    for step in named:
        for name in step.split(", ") if step.startswith("Contacts") else [step]:
            assert re.search(rf"^ *green +crm: {name}: ", said, re.MULTILINE), f"{name}: {said}"
    call = section("0:13 The first call")
    number = re.search(r"with the phone `([^`]+)`", call)[1]
    record = org.add(kind="Contact", FirstName="Ada", LastName="Lovelace", Phone=number)
    (explain,) = commands(call)
    said = until(lambda: "single" in (text := server.command(*explain)) and text, 30, "she comes in")
    assert "Ada Lovelace" in said
    ring(server, folder)
    shown = anna.call_where(lambda call: call["state"] == "wrapUp" and call["match"]["outcome"] == "single")
    assert shown["number"]["e164"] == ADA
    assert anna.json(f"calls/{shown['id']}")["call"]["log"]["person"]["ref"] == ref(record)
    assert anna.post(f"calls/{shown['id']}/done").status_code == 204
    (task,) = until(lambda: ours(org), 30, "the call is filed")
    owner = org.record(record=task["OwnerId"])
    assert (task["WhoId"], owner["Username"]) == (record, ANNA)
    assert server.audit()["unexplained"] == 0
    assert server.run(*doctor).returncode == 0


def ours(org: OrgProcess) -> list[dict]:
    return [task for task in org.records(kind="Task") if task.get("CallMatchKey__c")]
