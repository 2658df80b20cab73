"""SIP messages (RFC 3261): read, and written as the answer to another one."""

import itertools
import re

numbers = itertools.count(1)


class Message:
    """One SIP message, as it came."""

    def __init__(self, text: str):
        head, _, self.body = text.partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.headers = [line.split(":", 1) for line in lines if ":" in line]

    def all(self, name: str) -> list[str]:
        return [value.strip() for key, value in self.headers if key.strip().lower() == name]

    def __getitem__(self, name: str) -> str:
        return (self.all(name) or [""])[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self["cseq"].split()[1]


ALLOW = "INVITE, ACK, CANCEL, BYE, REFER, NOTIFY, OPTIONS, UPDATE"

REASONS = {180: "Ringing", 200: "OK", 486: "Busy Here", 487: "Request Terminated", 603: "Decline"}


def uri(field: str) -> str:
    """`<sip:…>;x` is `sip:…`."""
    found = re.search(r"<([^>]+)>", field)
    return found.group(1) if found else field.split(";")[0].strip()


def tag_of(field: str) -> str:
    return field.split(";tag=")[1].split(";")[0]


def sdp(address: tuple[str, int], direction: str = "sendrecv") -> str:
    ip, port = address
    lines = [
        "v=0", f"o=- 1 {next(numbers)} IN IP4 {ip}", "s=-", f"c=IN IP4 {ip}", "t=0 0",
        f"m=audio {20_000 + port % 20_000} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", f"a={direction}",
    ]  # fmt: skip
    return "\r\n".join(lines) + "\r\n"


def reply(request: Message, status: int, contact: str = "", body: str = "", tag: str = "") -> str:
    to = request["to"]
    if tag and ";tag=" not in to:
        to += f";tag={tag}"
    lines = [
        f"SIP/2.0 {status} {REASONS.get(status, 'Refused')}",
        *(f"Via: {via}" for via in request.all("via")),
        *(f"Record-Route: {route}" for route in request.all("record-route")),
        f"From: {request['from']}",
        f"To: {to}",
        f"Call-ID: {request['call-id']}",
        f"CSeq: {request['cseq']}",
        *([f"Contact: {contact}"] if contact else []),
        f"Allow: {ALLOW}",
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body
