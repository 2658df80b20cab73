"""What CumulusCI (BSD-3) has recorded of real orgs, read out of its wheel; nothing of it is kept here."""

import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import yaml

VERSION = "4.10.1"
FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callmatch" / "cumulusci"
SHARED = "cumulusci/tests/shared_cassettes"


@cache
def wheel() -> zipfile.ZipFile:
    """Fetched once."""
    file = FOLDER / f"cumulusci-{VERSION}-py3-none-any.whl"
    if not file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"cumulusci=={VERSION}", "-d", FOLDER],
            check=True,
        )  # fmt: skip
    return zipfile.ZipFile(file)


@cache
def cassette(path: str) -> dict:
    """A recording, without the anchors that only its own reader understands."""
    return yaml.load(wheel().read(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def described(name: str) -> dict:
    """The recorded description of a kind, or of all of them (`Global`)."""
    return json.loads(cassette(f"{SHARED}/GET_sobjects_{name}_describe.yaml")["response"]["body"]["string"])


def described_with_person_accounts() -> dict:
    recorded = cassette("cumulusci/tests/cassettes/GET_sobjects_Account_PersonAccount_describe.yaml")
    return json.loads(recorded["response"]["body"]["string"])


def recorded_names() -> set[str]:
    """The kinds of which there is a description."""
    ends = ("GET_sobjects_", "_describe.yaml")
    names = (Path(name).name for name in wheel().namelist() if name.startswith(SHARED))
    return {name.removeprefix(ends[0]).removesuffix(ends[1]) for name in names if name.endswith(ends[1])}


def exchanges(path: str) -> list[dict]:
    """Requests and replies in order."""
    return cassette(path)["interactions"]
