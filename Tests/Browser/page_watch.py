"""What must never happen on a page, whatever the test is about."""

import re

from playwright.sync_api import BrowserContext

# A page whose session is gone asks once who is signed in, and the browser writes the 401 down.
ALWAYS_EXPECTED = [re.compile(r"status of 401 .*/api/v1/session\b")]


class PageWatch:
    """Takes down what every page of a context does wrong: errors, reports of the content security
    policy, dialogs, and requests to anywhere but the server and what else is named."""

    def __init__(self, context: BrowserContext, *addresses: str):
        self._addresses = tuple(f"{address}/" for address in addresses)
        self._expected = list(ALWAYS_EXPECTED)
        self._found: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda event: self._found.append(f"uncaught: {event.error}"))
        context.on("dialog", self._dialog)
        context.on("request", self._request)

    def expect(self, pattern: str) -> None:
        """From now on, and for what was found already, this is no fault."""
        self._expected.append(re.compile(pattern))

    @property
    def faults(self) -> list[str]:
        return [
            text
            for text in self._found
            if not any(pattern.search(text) for pattern in self._expected)
        ]

    def _console(self, message) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            address = message.location.get("url", "")
            self._found.append(f"console: {message.text} {address}")

    def _dialog(self, dialog) -> None:
        self._found.append(f"dialog: {dialog.type} {dialog.message[:200]}")
        dialog.dismiss()

    def _request(self, request) -> None:
        if not request.url.startswith((*self._addresses, "data:", "blob:")):
            self._found.append(f"request to elsewhere: {request.url[:200]}")
