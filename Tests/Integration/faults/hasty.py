"""A server in front of the server that answers 200 before anything is stored: what the checker must catch."""

import http.client
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from webhooks import PhoneSystem


class HastyProxy:
    """Accepts events in the server's name, and passes them on when it comes to it."""

    def __init__(self, phones: PhoneSystem):
        self._server = urlsplit(phones.address)
        self._waiting: queue.Queue = queue.Queue()
        proxy = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                proxy._waiting.put((self.path, body, dict(self.headers)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *about):
                pass

        self._front = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._front.daemon_threads = True
        for work in (self._front.serve_forever, self._pass_on):
            threading.Thread(target=work, daemon=True).start()
        address = f"http://127.0.0.1:{self._front.server_port}{self._server.path}"
        self.phones = PhoneSystem(address, phones.secret)

    def close(self) -> None:
        self._front.shutdown()
        self._front.server_close()

    def _pass_on(self) -> None:
        while True:
            path, body, headers = self._waiting.get()
            onward = http.client.HTTPConnection(self._server.hostname, self._server.port, timeout=10)
            try:
                onward.request("POST", path, body, headers)
                onward.getresponse().read()
            except (OSError, http.client.HTTPException):
                pass  # It has said 200 already.
            finally:
                onward.close()
