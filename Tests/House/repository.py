"""The files of the repository, as the rules of the house see them."""

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import source_text

TOP = Path(__file__).resolve().parents[2]

LANGUAGES = {
    ".swift": "swift",
    ".js": "js",
    ".css": "css",
    ".html": "html",
    ".py": "python",
    ".sh": "shell",
    ".c": "c",
    ".h": "c",
    ".cpp": "c",
}


@dataclass
class File:
    path: str
    text: str
    executable: bool = False
    tracked: bool = True

    @cached_property
    def language(self) -> str | None:
        if "." not in os.path.basename(self.path) and self.text.startswith("#!"):
            first = self.text.split("\n", 1)[0]
            return "python" if "python" in first else "shell"
        return LANGUAGES.get(os.path.splitext(self.path)[1])

    @cached_property
    def code(self) -> str:
        """The text with comments and the content of strings blanked; every position stays."""
        return source_text.blanked(self.text, self.language, ("comment", "string"))

    @cached_property
    def uncommented(self) -> str:
        return source_text.blanked(self.text, self.language, ("comment",))

    @property
    def is_fixture(self) -> bool:
        return "/Fixtures/" in self.path

    def at(self, position: int) -> str:
        """Where a finding is, as compilers write it."""
        return f"{self.path}:{self.text.count(chr(10), 0, position) + 1}"


class Repository:
    def __init__(self, files: list[File]):
        self.files = {file.path: file for file in sorted(files, key=lambda file: file.path)}

    @classmethod
    def planted(cls, texts: dict[str, str]) -> "Repository":
        """A made-up repository for a rule's own test; a path that ends in `*` is executable."""
        return cls(
            [File(path.rstrip("*"), text, path.endswith("*")) for path, text in texts.items()]
        )

    @classmethod
    def here(cls) -> "Repository":
        """What is tracked, and what is neither tracked nor ignored."""
        tracked = set(_git("ls-files", "--cached"))
        files = []
        for path in tracked | set(_git("ls-files", "--others", "--exclude-standard")):
            content = _content(TOP / path)
            if content is not None:
                files.append(File(path, content, os.access(TOP / path, os.X_OK), path in tracked))
        return cls(files)

    def written_in(self, *languages: str, under: str = "") -> list[File]:
        return [
            file
            for file in self.files.values()
            if file.language in languages and file.path.startswith(under) and not file.is_fixture
        ]

    def text(self, path: str) -> str:
        return self.files[path].text if path in self.files else ""


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(
        ["git", *arguments, "-z"], cwd=TOP, check=True, capture_output=True, text=True
    )
    return [path for path in done.stdout.split("\0") if path]


def _content(path: Path) -> str | None:
    """None for what is no text: pictures, recordings, and files deleted but not yet committed."""
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return None
