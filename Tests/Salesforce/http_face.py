"""The org on a socket: HTTP/1.1 with threads, with or without TLS, and with all that can go wrong on the way."""

import gzip
import http.server
import json
import socket
import ssl
import sys
import threading
import traceback
from http import HTTPStatus

from faults import instead, spoiled
from traffic import Reply, Request

CONTROL = "/__fake/"
SMALLEST_GZIP = 1_000
PIECES_OF_DRIP = 10
PATIENCE = 600


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, org, port: int, certificate: str | None, key: str | None):
        self.org = org
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate, key)
        self.open: set[socket.socket] = set()
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)

    def stop(self) -> None:
        """Connections end, too; whoever waits is woken."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self.cut_connections()

    def cut_connections(self) -> None:
        for connection in list(self.open):
            _cut(connection)

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is no news; a mistake of the fake is."""
        if not isinstance(sys.exception(), OSError):
            self.org.mistakes.append(traceback.format_exc())


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        # The handshake here, in the connection's own thread.
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.open.add(self.request)
        super().setup()

    def finish(self) -> None:
        self.server.open.discard(self.request)
        super().finish()

    def log_message(self, format: str, *arguments) -> None:
        pass

    def do_GET(self) -> None:
        request = Request(self.command, self.path, self.headers, self._body())
        if request.path.startswith(CONTROL):
            self._send(self._controlled(request), request)
        else:
            self._serve(request)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_GET

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def _serve(self, request: Request) -> None:
        org = self.server.org
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = org.oauth.tokens.get(token)
        request.user = grant and grant.user
        faults = org.faults.take(request)
        entry = {"method": request.method, "target": request.target, "user": request.user, "status": None}
        entry["faults"] = [fault.kind for fault in faults]
        entry["body"] = request.body[:100_000].decode(errors="replace")
        org.seen.append(entry)
        reply = self._answered_instead(faults)
        if reply is None and not self.close_connection:
            reply = org.api.handle(request)
            for fault in faults:
                reply = spoiled(fault, reply)
        if reply is None:
            return
        entry["status"] = reply.status
        kinds = {fault.kind: fault for fault in faults}
        if "late_reply" in kinds:
            self.server.stopping.wait(kinds["late_reply"].seconds)
        if "lost_reply" in kinds:
            self._hang_up()
            return
        self._send(reply, request, kinds.get("truncate"), kinds.get("drip"))

    def _answered_instead(self, faults: list) -> Reply | None:
        for fault in faults:
            if fault.kind in ("latency", "hang"):
                self.server.stopping.wait(fault.seconds or (PATIENCE if fault.kind == "hang" else 0))
            if fault.kind in ("hang", "lost_request"):
                self._hang_up()
                return None
            reply = instead(fault)
            if reply is not None:
                if fault.kind == "error":
                    reply.headers.setdefault("Sforce-Limit-Info", self.server.org.api.usage())
                return reply
        return None

    def _hang_up(self) -> None:
        self.close_connection = True
        _cut(self.request)

    def _controlled(self, request: Request) -> Reply:
        name = request.path.removeprefix(CONTROL)
        try:
            return Reply(200, self.server.org.command(name, json.loads(request.body or b"{}")))
        except Exception as error:
            return Reply(400, {"error": f"{type(error).__name__}: {error}"})

    def _send(self, reply: Reply, request: Request, truncated=None, dripping=None) -> None:
        content, headers = reply.content(), dict(reply.headers)
        if reply.type:
            headers.setdefault("Content-Type", reply.type)
        accepted = request.headers.get("Accept-Encoding") or ""
        if "gzip" in accepted and len(content) > SMALLEST_GZIP and self.server.org.settings.gzip:
            content = gzip.compress(content, 1)
            headers["Content-Encoding"] = "gzip"
        if reply.status not in (204, 304):
            headers["Content-Length"] = str(len(content))
        if request.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
            headers["Connection"] = "close"
        phrase = HTTPStatus(reply.status).phrase if reply.status in list(HTTPStatus) else "Unknown"
        head = f"HTTP/1.1 {reply.status} {phrase}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers.items()
        )
        if reply.status in (204, 304) or request.method == "HEAD":
            content = b""
        whole = head.encode("latin-1") + b"\r\n" + content
        if truncated:
            self.wfile.write(whole[: len(whole) - max(1, len(content) // 2)])
            self._hang_up()
        elif dripping:
            starts = range(0, len(whole), max(1, -(-len(whole) // PIECES_OF_DRIP)))
            for start in starts:
                self.server.stopping.wait(dripping.seconds / len(starts))
                self.wfile.write(whole[start : start + starts.step])
        else:
            self.wfile.write(whole)
