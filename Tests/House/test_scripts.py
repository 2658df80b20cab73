"""What the scripts promise, shown with a program that only pretends to be the server."""

import os
import signal
import subprocess

import pytest
from repository import TOP

FAKE_SERVER = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$0.calls"
case $1 in
serve)
    trap 'echo stopped; exit 7' TERM
    echo "CallMatch is ready at http://127.0.0.1:8080"
    while [ -e "$0.pipe" ]; do read -r -t 1 <>"$0.pipe" || true; done
    ;;
user) echo "http://127.0.0.1:8080/sign-in/link/once" ;;
esac
"""


@pytest.fixture
def fake(tmp_path):
    program = tmp_path / "callmatch"
    program.write_text(FAKE_SERVER)
    program.chmod(0o755)
    os.mkfifo(tmp_path / "callmatch.pipe")
    return program


def start(fake, *arguments, **more):
    return subprocess.Popen(
        [TOP / "script/server", *arguments],
        env=os.environ | {"CALLMATCH_BINARY": str(fake)},
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


def read_until(server, words):
    lines = []
    for line in server.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"never said {words!r}: {''.join(lines)}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_server_says_where_to_look_and_stops_as_told(fake, number):
    server = start(fake, "--port", "8080", "--data", "/tmp/a b")
    said = read_until(server, "Ctrl-C stops")
    server.send_signal(number)
    rest = server.stdout.read()
    assert said.startswith("CallMatch is ready at http://127.0.0.1:8080\n")
    assert "http://127.0.0.1:8080/sign-in/link/once\n" in said
    assert rest.endswith("stopped\n")
    assert server.wait() == 7
    calls = (fake.parent / "callmatch.calls").read_text().splitlines()
    assert calls == ["serve --port 8080 --data /tmp/a b --sample", "user link ada --data /tmp/a b"]


def test_server_leaves_an_empty_organisation_empty(fake):
    server = start(fake, "--empty")
    said = read_until(server, "Ctrl-C stops")
    server.terminate()
    server.wait()
    assert "Nobody can sign in yet" in said
    assert (fake.parent / "callmatch.calls").read_text() == "serve --empty\n"


def test_server_keeps_the_exit_status(fake):
    fake.write_text("#!/bin/sh\necho 'port 8080 is taken' >&2\nexit 3\n")
    server = start(fake, stderr=subprocess.PIPE)
    assert server.communicate()[1] == "port 8080 is taken\n"
    assert server.returncode == 3


SCRIPTS = sorted(path for path in (TOP / "script").iterdir() if os.access(path, os.X_OK))
IN_BASH = [path for path in SCRIPTS if "bash" in path.read_text().split("\n", 1)[0]]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_help(script):
    done = subprocess.run([script, "--help"], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0
    assert "example: script/" in done.stdout.lower()


@pytest.mark.parametrize(
    "command", ["test no-such-part", "build fast", "setup --no-such-option", "bench no-such-bench"]
)
def test_wrong_use_is_told_apart_from_failure(command):
    script, argument = command.split()
    done = subprocess.run([TOP / "script" / script, argument], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"script/{script}: ") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "script", [*IN_BASH, *sorted((TOP / "script").glob("*.sh"))], ids=lambda path: path.name
)
def test_shell_syntax(script):
    assert subprocess.run(["bash", "-n", script]).returncode == 0


def test_the_list_of_panel_files_is_up_to_date():
    assert subprocess.run([TOP / "script/panel-files", "--check"]).returncode == 0
