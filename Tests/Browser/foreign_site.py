"""A page of another site, and a server that has no defence: what the page does to it works."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!doctype html><link rel=icon href=data:,><title>foreign</title><body>open"


class ForeignSite:
    """To a browser `page` is of another site than the panel, and `target` is of the panel's host."""

    def __init__(self):
        self.posted: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.page = f"http://localhost:{self._server.server_port}"
        self.target = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        posted, page = self.posted, self.page_of

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/stream":
                    self._give(b"event: desk\ndata: open\n\n", "text/event-stream")
                else:
                    self._give(PAGE, "text/html")

            def do_POST(self) -> None:
                posted.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self._give(PAGE, "text/html")

            def _give(self, body: bytes, media: str) -> None:
                self.send_response(200)
                self.send_header("content-type", media)
                self.send_header("access-control-allow-origin", page())
                self.send_header("access-control-allow-credentials", "true")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *about) -> None:
                pass

        return Handler

    def page_of(self) -> str:
        return self.page
