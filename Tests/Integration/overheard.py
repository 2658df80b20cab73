"""Everything that an agent's stream brings."""

import threading
from collections.abc import Callable

from program import Client, until


class Overheard:
    """Everything that a stream brings, kept by a thread of its own."""

    def __init__(self, client: Client):
        self._answer = client.request("GET", "/api/v1/desk/stream", stream=True, timeout=(5, 60))
        self.text = ""
        self._is_over = False
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Overheard":
        self._reader.start()
        self.until(lambda text: "event: desk" in text)
        return self

    def __exit__(self, *_) -> None:
        self._is_over = True

    def until(self, holds: Callable[[str], bool]) -> None:
        until(lambda: holds(self.text), 15, "the stream brings it")

    def _read(self) -> None:
        with self._answer:
            for part in self._answer.iter_content(chunk_size=None):
                if self._is_over:
                    return
                self.text += part.decode()
