"""A server that takes down the cookies which reach it: what a browser says it sends is not always what it sends."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class CookieEcho:
    """On the panel's host and another port: cookies are the same for both."""

    def __init__(self):
        self.cookies: dict[str, str] = {}  # by path
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cookies = self.cookies

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cookies[self.path] = self.headers.get("cookie", "")
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><link rel=icon href=data:,>seen")

            def log_message(self, *about) -> None:
                pass

        return Handler
