"""Tells code from comments and strings, and finds functions, well enough for rules about text.

Not a parser: it knows just enough to keep a brace or a word in a comment from misleading a rule.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass

# Nothing begins or ends at these characters.
PLAIN = re.compile(r"[^/\"'`#(){}]*")
# Before these a slash begins a regular expression, elsewhere it divides.
BEFORE_REGEX = set("(,=:[!&|?{};+-*%<>~^\n")
WORDS_BEFORE_REGEX = ("return", "typeof", "case", "in", "of", "await")
NO_FUNCTION = {"if", "for", "while", "switch", "catch", "with", "await"}


@dataclass
class Function:
    name: str
    start: int  # position in the text
    lines: int


def blanked(text: str, language: str | None, kinds: tuple[str, ...]) -> str:
    """`text` with all characters of these kinds but line ends turned into spaces."""
    if language in ("shell", "html", None):
        return text
    characters = list(text)
    spans = _python_spans(text) if language == "python" else Scan(text, language).spans
    for start, end, kind in spans:
        if kind in kinds:
            for position in range(start, end):
                if characters[position] != "\n":
                    characters[position] = " "
    return "".join(characters)


class Scan:
    """Collects `spans` of comments and string contents: (start, end, kind)."""

    def __init__(self, text: str, language: str):
        self.text, self.language = text, language
        self.spans: list[tuple[int, int, str]] = []
        self.code(0, None)

    def code(self, at: int, closing: str | None) -> int:
        """Reads code from `at` to the bracket that closes an interpolation, or to the end."""
        depth = 0
        while at < len(self.text):
            at = PLAIN.match(self.text, at).end()
            if at == len(self.text):
                break
            after = self.literal(at)
            if after is not None:
                at = after
                continue
            character = self.text[at]
            if closing and character in "({":
                depth += 1
            elif closing and character in ")}":
                if depth == 0:
                    return at + 1
                depth -= 1
            at += 1
        return at

    def literal(self, at: int) -> int | None:
        """The position after the comment, string or regular expression that begins at `at`."""
        text, swift, js = self.text, self.language == "swift", self.language == "js"
        if text.startswith("//", at) and self.language != "css":
            return self.span(at, self.find("\n", at), "comment")
        if text.startswith("/*", at):
            return self.block_comment(at)
        if swift and (match := re.compile(r'(#*)("""|")').match(text, at)):
            return self.swift_string(match.end(), match[1], match[2])
        if swift and (match := re.compile(r"(#+)/").match(text, at)):
            end = self.find("/" + match[1], match.end())
            return self.span(match.end(), end, "string") + 1 + len(match[1])
        if not swift and text[at] in "\"'":
            return self.plain_string(at + 1, text[at])
        if js and text[at] == "`":
            return self.template(at + 1)
        if (swift or js) and text[at] == "/" and (match := self.regex(at)):
            return self.span(at + 1, match.end() - 1, "string") + 1
        return None

    def span(self, start: int, end: int, kind: str) -> int:
        self.spans.append((start, end, kind))
        return end

    def find(self, what: str, at: int) -> int:
        found = self.text.find(what, at)
        return len(self.text) if found < 0 else found

    def block_comment(self, start: int) -> int:
        at, depth = start + 2, 1
        while at < len(self.text) and depth:
            if self.text.startswith("*/", at):
                at, depth = at + 2, depth - 1
            elif self.language == "swift" and self.text.startswith("/*", at):
                at, depth = at + 2, depth + 1  # only Swift nests them
            else:
                at += 1
        return self.span(start, at, "comment")

    def swift_string(self, at: int, hashes: str, quote: str) -> int:
        escape, closing, start = "\\" + hashes, quote + hashes, at
        while at < len(self.text):
            if self.text.startswith(closing, at):
                return self.span(start, at, "string") + len(closing)
            if self.text.startswith(escape + "(", at):
                self.span(start, at, "string")
                start = at = self.code(at + len(escape) + 1, ")")
            elif self.text.startswith(escape, at):
                at += len(escape) + 1
            else:
                at += 1
        return self.span(start, at, "string")

    def plain_string(self, start: int, quote: str) -> int:
        at = start
        while at < len(self.text) and self.text[at] not in quote + "\n":
            at += 2 if self.text[at] == "\\" else 1
        return self.span(start, min(at, len(self.text)), "string") + 1

    def template(self, at: int) -> int:
        start = at
        while at < len(self.text) and self.text[at] != "`":
            if self.text.startswith("${", at):
                self.span(start, at, "string")
                start = at = self.code(at + 2, "}")
            else:
                at += 2 if self.text[at] == "\\" else 1
        return self.span(start, min(at, len(self.text)), "string") + 1

    def regex(self, at: int) -> re.Match | None:
        before = self.text[max(0, at - 200) : at].rstrip(" \t")
        word = re.search(r"(\w+)$", before)
        if before and before[-1] not in BEFORE_REGEX:
            if not (word and word[1] in WORDS_BEFORE_REGEX):
                return None
        return re.compile(r"/(?![*/ ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/").match(
            self.text, at
        )


def functions(text: str, code: str, language: str) -> list[Function]:
    """Every function of a file; `code` is its text with comments and strings blanked."""
    if language == "python":
        return _python_functions(text)
    if language == "shell":
        found = re.finditer(r"^(\w+)\(\) \{\n(?:.*\n)*?\}$", text, re.MULTILINE)
        return [Function(match[1], match.start(), match[0].count("\n") + 1) for match in found]
    bodies = _swift_bodies(code) if language == "swift" else _js_bodies(code)
    return [
        Function(name, start, code.count("\n", start, _closing(code, brace)) + 1)
        for name, start, brace in bodies
    ]


def _line_starts(text: str) -> list[int]:
    return [0] + [match.end() for match in re.finditer("\n", text)]


def _python_spans(text: str):
    starts = _line_starts(text)
    kinds = {tokenize.STRING: "string", tokenize.COMMENT: "comment"}
    if hasattr(tokenize, "FSTRING_MIDDLE"):  # from Python 3.12 on
        kinds[tokenize.FSTRING_MIDDLE] = "string"
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in kinds:
            (row, column), (end_row, end_column) = token.start, token.end
            yield starts[row - 1] + column, starts[end_row - 1] + end_column, kinds[token.type]


def _python_functions(text: str) -> list[Function]:
    starts = _line_starts(text)
    return [
        Function(node.name, starts[node.lineno - 1], node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def _swift_bodies(code: str):
    for match in re.finditer(r"(?<![.\w])(?:func\s+([^\s(<]+)|(init)\b[?!]?\s*(?=[(<]))", code):
        brace = _swift_brace(code, match.end())
        if brace is not None:
            yield match[1] or "init", match.start(), brace


def _swift_brace(code: str, at: int) -> int | None:
    """The brace that opens the body of a declaration; None where it is a protocol's requirement."""
    depth = 0
    while at < len(code):
        character = code[at]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and character == "{":
            return at
        elif depth < 0 or depth == 0 and character in "};":
            return None
        elif depth == 0 and character == "\n":
            following = code[at:].lstrip()
            goes_on = re.match(r"\{|\(|->|where\b|async\b|throws\b|rethrows\b", following)
            if not goes_on and not code[:at].rstrip().endswith(("->", ",", "where", "&", ":")):
                return None
        at += 1
    return None


def _js_bodies(code: str):
    for match in re.finditer(r"\{", code):
        before = code[: match.start()].rstrip()
        if before.endswith("=>"):
            yield "=>", match.start(), match.start()
        elif before.endswith(")"):
            opening = _opening(code, len(before) - 1)
            word = re.search(r"([\w$#]+)\s*$", code[:opening])
            if word and word[1] not in NO_FUNCTION:
                yield word[1], word.start(), match.start()


def _closing(code: str, brace: int) -> int:
    depth = 0
    for at in range(brace, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return len(code)


def _opening(code: str, parenthesis: int) -> int:
    depth = 0
    for at in range(parenthesis, -1, -1):
        depth += {")": 1, "(": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return 0
