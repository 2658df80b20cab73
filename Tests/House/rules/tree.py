"""The repository as a whole: what is tracked, pinned and left behind."""

import os
import re

from repository import TOP
from rule import matches, rule

# Written in halves, so that this file keeps its own rule.
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
OWN_MACHINE = re.compile(
    r"(?<![\w.$}~-])/(?:"
    + "|".join(["wo" + "rk", "ro" + "ot", "fa" + "rm"])
    + r")/|/tmp/(?:bash_"
    + r"jobs|brief)\b"
)
BUILD_PRODUCTS = (".build/", "Package.resolved")


def _texts(repository):
    return [file for file in repository.files.values() if not file.is_fixture]


@rule(
    "nothing is left to do in a comment",
    planted={"Sources/A/A.swift": "// TO" + "DO: later"},
    fine={"Sources/A/A.swift": "// every TO" + "DOS file"},
)
def unfinished(repository):
    return matches(_texts(repository), UNFINISHED, text=lambda file: file.text)


@rule(
    "no file knows a path of the machine it was written on",
    planted=[
        {"Docs/a.md": "see /wo" + "rk/shared/a.md"},
        {"script/a": "cd /ro" + "ot/a"},
        {"Tests/A/Fixtures/a.txt": "/tmp/bash_" + "jobs.0/1"},
    ],
    fine={"Docs/a.md": "see https://example.org/wo" + "rk/a and ./wo" + "rk/a"},
)
def own_machine(repository):
    # In an address the word stands behind a host or another folder, never first.
    return matches(repository.files.values(), OWN_MACHINE, text=lambda file: file.text)


@rule(
    "every version is pinned",
    planted=[
        {"Package.swift": '.package(url: "https://example.org/a", from: "1.0.0")'},
        {"Package.swift": '.package(url: "https://example.org/a", branch: "main")'},
        {"script/requirements.txt": "pytest>=8"},
        {"script/requirements.txt": "pytest"},
    ],
    fine={
        "Package.swift": '.package(\n  url: "https://example.org/a", exact: "1.0.0", traits: [])',
        "script/requirements.txt": "# tools\npytest==9.2.0\n",
    },
)
def loose_versions(repository):
    for file in repository.files.values():
        if os.path.basename(file.path) == "Package.swift":
            for match in re.finditer(r"\.package\(\s*url:[^)]*\)", file.text):
                if 'exact: "' not in match[0]:
                    yield f"{file.at(match.start())}: {' '.join(match[0].split())}"
        elif os.path.basename(file.path) == "requirements.txt":
            for line in file.text.splitlines():
                if line.strip() and not re.match(r"#|[\w.-]+==[\w.]+$", line.strip()):
                    yield f"{file.path}: {line}"


@rule(
    "build products are ignored and untracked",
    planted=[
        {".gitignore": "Package.resolved\n"},
        {".gitignore": ".build/\nPackage.resolved\n", "Package.resolved": "{}"},
        {".gitignore": ".build/\nPackage.resolved\n", "Benchmarks/.build/debug.yaml": ""},
    ],
    fine={".gitignore": ".build/\nPackage.resolved\n"},
)
def build_products(repository):
    ignored = repository.text(".gitignore").split("\n")
    for product in BUILD_PRODUCTS:
        if product not in ignored:
            yield f".gitignore: does not name {product}"
    for path in repository.files:
        if any(f"/{product}" in f"/{path}" for product in BUILD_PRODUCTS):
            yield f"{path}: is tracked"


@rule(
    "every script can be run and explains itself with an example",
    planted=[
        {"script/a": "#!/usr/bin/env bash\n# --help Example:"},
        {"script/a*": "#!/usr/bin/env bash\n# no words"},
        {"script/a*": "# --help Example: but no first line"},
        {".ci/run*": "#!/usr/bin/env bash\nswift test\n"},
        {".ci/run": "#!/usr/bin/env bash\nexec script/test\n"},
    ],
    fine={
        "script/a*": "#!/usr/bin/env bash\ncase $1 in --help) echo Example: script/a;; esac",
        "script/places.sh": "# sourced",
        ".ci/run*": "#!/usr/bin/env bash\nexec script/test\n",
    },
)
def silent_scripts(repository):
    for file in repository.files.values():
        if not re.match(r"script/[^/.]+$|\.ci/", file.path):
            continue
        if not file.executable:
            yield f"{file.path}: has no run bit"
        if not file.text.startswith("#!"):
            yield f"{file.path}: does not say what runs it"
        explained = re.search("example:", file.text, re.I) and re.search(
            "--help|argparse", file.text
        )
        if file.path.startswith("script/") and not explained:
            yield f"{file.path}: has no --help with an example"
        if file.path == ".ci/run" and "script/test" not in file.text:
            yield f"{file.path}: does not call script/test"


@rule(
    "links in Markdown lead somewhere",
    planted={"Docs/a.md": "see [b](b.md)"},
    fine={
        "Docs/a.md": "[a](../A/a.md#top) [b](../A) [web](https://example.org) [d](#d) [root](/)",
        "A/a.md": "",
    },
)
def dead_links(repository):
    folders = {os.path.dirname(path) for path in repository.files}
    places = set(repository.files) | {
        "/".join(folder.split("/")[:depth])
        for folder in folders
        for depth in range(1, folder.count("/") + 2)
    }
    for file in repository.files.values():
        if not file.path.endswith(".md") or file.is_fixture:
            continue
        for match in re.finditer(r"\]\((?![a-z]+:|#|/)([^)\s#]+)", file.text):
            target = os.path.normpath(os.path.join(os.path.dirname(file.path), match[1]))
            is_picture = target.endswith((".png", ".svg")) and (TOP / target).is_file()
            if target not in places and target != "." and not is_picture:
                yield f"{file.at(match.start())}: {match[1]} is not there"
