"""The command line: help, exit statuses, settings, and two servers that want the same thing."""

import json
import re
import socket
import subprocess
import time
from pathlib import Path

import description
import pytest
from program import Server, environment, free_port, run

SUBCOMMANDS = re.compile(r"^  ([a-z]+) {2,}", re.MULTILINE)


def all_commands(program: str) -> list[tuple[str, ...]]:
    """Every command, found by reading the help of the one above it."""
    found = []
    above: list[tuple[str, ...]] = [()]
    while above:
        command = above.pop()
        found.append(command)
        help = run(program, *command, "--help").stdout
        if "SUBCOMMANDS:" in help:
            below = SUBCOMMANDS.findall(help.split("SUBCOMMANDS:")[1])
            above += [(*command, name) for name in below if name != "help"]
    return found


def one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and len(text) > 10


def test_every_command_explains_itself_with_an_example(program: str):
    commands = all_commands(program)
    assert len(commands) >= 19, commands
    for command in commands:
        done = run(program, *command, "--help")
        assert (done.returncode, done.stderr) == (0, ""), command
        assert f"Example: callmatch {' '.join(command)}".rstrip() in done.stdout, command
        assert run(program, *command, "-h").stdout == done.stdout


def test_the_commands_of_the_contract_are_there(program: str):
    promised = """serve|user add|user link|source add|explain|numbers compare|import|call play|audit
    |doctor|export|erase|settings|backup|restore|store copy|replay"""
    commands = {" ".join(command) for command in all_commands(program)}
    assert {name.strip() for name in promised.split("|")} <= commands


def test_the_version_is_that_of_the_api(program: str):
    done = run(program, "--version")
    assert done.stdout.strip() == description.document()["info"]["version"]


# Arguments → exit status, and a word of what is said. DATA is a running server's folder.
WRONG = [
    ("nonsense", 2, "nonsense"),
    ("serve --nonsense", 2, "--nonsense"),
    ("serve --port", 2, "--port"),
    ("serve --port 99999", 2, "99999"),
    ("serve --port -1", 2, ""),
    ("serve --port 0", 2, "port"),
    ("serve --port 80a", 2, "80a"),
    ("serve --sample --empty", 2, "--empty"),
    ("serve --config /nowhere.yaml", 2, "/nowhere.yaml"),
    ("explain", 2, "number"),
    ("explain 1 2", 2, "2"),
    ("user", 2, ""),
    ("user add", 2, "name"),
    ("user add x --role king", 2, "king"),
    ("user link nobody --data DATA", 1, "nobody"),
    ("user link --data DATA", 2, "name"),
    ("user add ada --data DATA", 1, "ada"),
    ("user add zoe --extension 1001 --data DATA", 1, "1001"),
    ("user add zoe --extension ten --data DATA", 1, "extension"),
    ("source add one --data DATA", 2, "--dialect"),
    ("source add One --dialect callmatch --data DATA", 1, "name"),
    ("explain 1 --country Germany --data DATA", 1, "Germany"),
    ("import /nowhere.csv --data DATA", 1, "/nowhere.csv"),
    ("import /dev/null --data DATA", 1, "no rows"),
    ("import /dev/null --kind activity --data DATA", 2, "activity"),
    ("numbers compare /nowhere.tsv", 1, "/nowhere.tsv"),
    ("call play /nowhere.call", 1, "/nowhere.call"),
    ("call play x --speed fast", 2, "fast"),
    ("audit --data /nowhere", 1, "/nowhere"),
    ("doctor --data /nowhere", 1, "serve"),
    ("backup --data DATA", 2, "file"),
    ("backup /nowhere/backup.sqlite --data DATA", 1, "/nowhere/backup.sqlite"),
    ("restore --data DATA", 2, "file"),
    ("restore /nowhere/backup.sqlite --data DATA", 1, "/nowhere/backup.sqlite"),
    ("restore /nowhere/backup.sqlite --data /nowhere/data", 1, "/nowhere/backup.sqlite"),
    ("store", 2, "copy"),
    ("store copy DATA", 2, "to"),
    ("store copy DATA DATA", 1, "the same"),
    ("store copy DATA /nowhere/data", 1, "in use by process"),
    ("store copy /nowhere DATA", 1, "/nowhere"),
    ("export --data DATA", 2, "--number"),
    ("export --number anonymous --data DATA", 1, "anonymous"),
    ("erase --number + --data DATA", 1, "+"),
]


@pytest.mark.parametrize(("arguments", "status", "word"), WRONG)
def test_errors_are_one_line(server: Server, arguments: str, status: int, word: str):
    """What, where, what would help: on standard error, and nothing on standard output."""
    words = [str(server.folder) if word == "DATA" else word for word in arguments.split()]
    done = run(server.program, *words)
    assert done.returncode == status, done
    assert word in done.stderr
    assert done.stdout == ""
    assert one_line(done.stderr), done.stderr


def test_a_problem_found_is_exit_status_1(server: Server, program: str, tmp_path: Path):
    """The sample organisation is fine; an empty one has nobody to match and nobody who works."""
    assert server.run("doctor").returncode == 0
    assert server.run("audit").returncode == 0
    empty = Server(program, tmp_path / "data", "--empty").start()
    try:
        done = empty.run("doctor")
        assert done.returncode == 1
        lines = done.stdout.splitlines()
        assert len(lines) == 4 and [line for line in lines if line.startswith("RED")]
        for line in lines:
            assert line.startswith("green") or "callmatch" in line, "what would help?"
    finally:
        empty.stop()


# Settings ---------------------------------------------------------------------------------------


def settings(program: str, folder: Path, *arguments: str, **variables: str) -> dict[str, str]:
    done = run(program, "settings", *arguments, cwd=folder, env=environment(**variables))
    assert done.returncode == 0, done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def test_where_a_setting_comes_from(program: str, tmp_path: Path):
    """Command line before environment before callmatch.yaml before the default."""
    here = {"CALLMATCH_HOST": "127.0.0.3", "CALLMATCH_DATA": "/of/the/environment"}
    (tmp_path / "callmatch.yaml").write_text("host: 127.0.0.4\ncountry: FR\ndata: /of/the/file\n")
    found = settings(program, tmp_path, "--data", "/of/the/line", **here)
    assert found["data"] == "/of/the/line (command line)"
    assert found["host"] == "127.0.0.3 (environment)"
    assert found["country"] == "FR (file)"
    assert found["port"] == "8080 (default)"
    assert settings(program, tmp_path, **here)["data"] == "/of/the/environment (environment)"
    assert settings(program, tmp_path)["data"] == "/of/the/file (file)"
    other = tmp_path / "other.yaml"
    other.write_text("host: 127.0.0.5\n")
    named = settings(program, tmp_path, "--config", str(other))
    assert (named["host"], named["country"]) == ("127.0.0.5 (file)", "DE (default)")
    by_name = settings(program, tmp_path, CALLMATCH_CONFIG=str(other))
    assert by_name["host"] == "127.0.0.5 (file)"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("port: eight\n", "eight"),
        ("port: 70000\n", "70000"),
        ("prot: 8080\n", "prot"),
        ("country: Germany\n", "Germany"),
        ("log-level: loud\n", "loud"),
        ("admin-port: 8080\n", "admin-port"),
        ("admin-port: ninety\n", "admin-port"),
        ("frame-ancestors: http://crm.example.com\n", "http://crm.example.com"),
        ("frame-ancestors: https://*.example.com\n", "*.example.com"),
        ("frame-ancestors: 'https://a.example; script-src *'\n", "exact"),
        ("phone-systems: 3\n", "phone-systems"),
        ("phone-systems: {Office: {}}\n", "Office"),
        ("phone-systems: {office: {kind: parrot}}\n", "kind"),
        ("phone-systems: {office: {kind: asterisk, secret: s}}\n", "host is missing"),
        ("phone-systems: {office: {kind: asterisk, secret: s, host: h, usr: u}}\n", "usr"),
        ("phone-systems: {office: {kind: asterisk, host: h, user: u}}\n", "secret-file"),
        ("- port\n- 8080\n", "callmatch.yaml"),
        ("port: [8080\n", "callmatch.yaml"),
        ("just text\n", "callmatch.yaml"),
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_start(program, tmp_path: Path, text, word):
    (tmp_path / "callmatch.yaml").write_text(text)
    began = time.monotonic()
    done = run(program, "serve", "--data", str(tmp_path / "data"), cwd=tmp_path)
    assert done.returncode == 2
    assert one_line(done.stderr) and word in done.stderr, done.stderr
    assert time.monotonic() - began < 5
    assert not (tmp_path / "data").exists()


def test_phone_systems_are_shown_without_their_secrets(program: str, tmp_path: Path):
    (tmp_path / "secret").write_text("canary-in-a-file\n")
    (tmp_path / "callmatch.yaml").write_text(
        "phone-systems:\n"
        "  office: {kind: asterisk, host: 192.0.2.1, user: callmatch, secret: canary-in-place}\n"
        "  branch: {kind: asterisk, host: 192.0.2.2, user: callmatch, secret-file: secret}\n"
    )
    done = run(program, "settings", cwd=tmp_path)
    assert done.returncode == 0, done
    assert "phone-systems.branch: asterisk at 192.0.2.2, secret ••• (file)" in done.stdout
    assert "phone-systems.office: asterisk at 192.0.2.1, secret ••• (file)" in done.stdout
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("COUNTRY", ""), ("LOG_LEVEL", "9")])
def test_a_wrong_variable_is_named(program, tmp_path: Path, name: str, value: str):
    variables = environment(**{f"CALLMATCH_{name}": value})
    done = run(program, "settings", cwd=tmp_path, env=variables)
    assert (done.returncode, "environment" in done.stderr) == (2, True)
    assert one_line(done.stderr)


def test_links_lead_to_the_public_address(program: str, tmp_path: Path):
    """Behind a proxy, people come by another name than the one that is listened on."""
    file = tmp_path / "settings.yaml"
    file.write_text("address: https://phone.example.com\n")
    folder, port = tmp_path / "data", free_port()
    arguments = ["--data", str(folder), "--port", str(port), "--config", str(file)]
    command = [program, "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as serving:
        try:
            assert serving.stdout.readline().startswith("CallMatch is ready at ")
            config = ["--data", str(folder), "--config", str(file)]
            link = run(program, "user", "link", "ada", *config)
            assert link.stdout.startswith("https://phone.example.com/sign-in/link/"), link
        finally:
            serving.terminate()


# Two at once ------------------------------------------------------------------------------------


def test_a_second_server_on_the_same_folder_ends_at_once(server: Server):
    """Two processes on one store would spoil it: the second one says so within a second."""
    began = time.monotonic()
    done = server.run("serve", "--port", str(free_port()))
    took = time.monotonic() - began
    assert done.returncode == 1 and done.stdout == ""
    assert one_line(done.stderr), done.stderr
    assert str(server.folder) in done.stderr and f"process {server.process.pid}" in done.stderr
    assert took < 1, f"{took:.1f} s"
    assert server.nobody().request("GET", "/ready").status_code == 200
    # The one that was first is still found by the commands.
    assert server.run("audit").returncode == 0


def test_a_port_in_use(program: str, tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        folder = tmp_path / "data"
        done = run(program, "serve", "--empty", "--data", str(folder), "--port", str(port))
    assert done.returncode == 1 and done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert str(port) in last and "--port" in last, done.stderr
    assert not (folder / "server.json").exists()


def test_an_address_that_is_not_ours(program: str, tmp_path: Path):
    folder = ["--data", str(tmp_path / "data"), "--empty"]
    done = run(program, "serve", *folder, "--host", "192.0.2.1", "--port", str(free_port()))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "192.0.2.1" in last, done.stderr


def test_commands_work_without_a_server_and_beside_one(program: str, tmp_path: Path):
    """The same answers from the store itself, also after a server that was killed."""
    server = Server(program, tmp_path / "data", "--empty").start()
    server.command("user", "add", "ada", "--extension", "1001", "--name", "Ada Okafor")
    beside = server.command("audit", "--json")
    server.kill()
    assert (server.folder / "server.json").exists(), "it had no time to tidy up"
    assert server.command("audit", "--json") == beside
    assert "/sign-in/link/" in server.command("user", "link", "ada")
    server.start()
    server.stop()
    assert not (server.folder / "server.json").exists()
    assert server.command("audit", "--json") == beside
    assert json.loads(beside)["unexplained"] == 0


def test_a_server_that_hangs_up_is_not_mistaken_for_none(program: str, tmp_path: Path):
    """What it had begun may be done: the command neither does it again nor says the folder is in use."""
    folder = tmp_path / "data"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        (folder / "server.json").write_text(json.dumps({"address": address, "token": "t"}))
        command = subprocess.Popen(
            [program, "audit", "--data", str(folder)], env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        listener.settimeout(20)
        connection, _ = listener.accept()
        connection.recv(65_536)
        connection.close()
        out, error = command.communicate(timeout=20)
    assert command.returncode == 1, (out, error)
    assert "did not answer" in error and one_line(error), error
    assert [file.name for file in folder.iterdir()] == ["server.json"], "it made no store"


def test_a_polite_end(program: str, tmp_path: Path):
    """SIGTERM: exit status 0 and an emptied log of the store, also with a window open."""
    server = Server(program, tmp_path / "data").start()
    ada = server.sign_in("ada")
    with ada.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 20)) as stream:
        next(stream.iter_content(chunk_size=None))
        began = time.monotonic()
        assert server.stop() == 0, server.log.read_text()[-2000:]
        assert time.monotonic() - began < 10
    wal = server.folder / "callmatch.sqlite-wal"
    assert not wal.exists() or wal.stat().st_size == 0
