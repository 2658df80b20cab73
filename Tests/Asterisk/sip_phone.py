"""Telephones on loopback that do what a test tells them: SIP over UDP (RFC 3261), no sound.

A phone registers with the phone system, rings, answers, declines, holds, transfers and dials; one that need not
register stands for the telephone company. What they send is judged by the phone system, which is not ours.
"""

import hashlib
import re
import secrets
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable

from sip_message import ALLOW, Message, numbers, reply, sdp, tag_of, uri

# Longer than anything should take.
WITHIN = 15

# The phone system remembers ids of an earlier run.
RUN = secrets.token_hex(4)


class Telephone:
    """A user agent at one address; its calls in the order in which they came."""

    def __init__(self, address: tuple[str, int], pbx: tuple[str, int], user: str, secret: str = ""):
        self.address, self.pbx, self.user, self.secret = address, pbx, user, secret
        self.calls: list[PhoneCall] = []
        # What happens to a call as soon as it comes: nothing, so it is not even rung.
        self.on_call: Callable[[PhoneCall], None] = lambda call: call.begin()
        self.changed = threading.Condition()
        self._answers: dict[tuple[str, str], Message] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(address)
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.address[0]}:{self.address[1]}>"

    def close(self) -> None:
        self._socket.close()

    def wait(self, holds: Callable[[], object], what: str = ""):
        """Until something holds."""
        with self.changed:
            assert self.changed.wait_for(holds, WITHIN), f"{self.user}: {what or 'it did not happen'}"
        return holds()

    def rings(self, count: int = 1) -> "PhoneCall":
        """Waits for its next call, the `count`th since the start."""
        self.wait(lambda: len(self.calls) >= count, "it did not ring")
        return self.calls[count - 1]

    def register(self) -> "Telephone":
        dialog = Dialog(self, f"sip:{self.pbx[0]}:{self.pbx[1]}", f"<sip:{self.user}@{self.pbx[0]}>")
        answer = dialog.ask("REGISTER", {"Contact": self.contact, "Expires": "600"})
        assert answer.status == 200, answer.start
        return self

    def dial(self, number: str, sender: str = "", privacy: bool = False) -> "PhoneCall":
        """Begins a call. `sender`: how the caller is presented, `"Name" <sip:number@host>`."""
        target = f"sip:{number}@{self.pbx[0]}:{self.pbx[1]}"
        sender = sender or f"<sip:{self.user}@{self.pbx[0]}>"
        call = PhoneCall(self, Dialog(self, target, f"<{target}>", sender=sender))
        more = {"Privacy": "id", "P-Asserted-Identity": sender} if privacy else {}
        if privacy:
            call.dialog.local = f'"Anonymous" <sip:anonymous@anonymous.invalid>;tag={call.dialog.tag}'
        self.calls.append(call)
        call.invite(more)
        return call

    def send(self, text: str) -> None:
        self._socket.sendto(text.encode(), self.pbx)

    def answer_to(self, key: tuple[str, str], final: bool = True, request: str = "") -> Message:
        """`request` is sent again until there is an answer, after 0.5, 1, 2 and then each 4 s (RFC 3261, 17.1.2.2)."""

        def came():
            answer = self._answers.get(key)
            return answer if answer and (not final or answer.status >= 200) else None

        for pause in (0.5, 1, 2, 4, 4) if request else ():
            with self.changed:
                if self.changed.wait_for(came, pause):
                    break
            self.send(request)
        return self.wait(came, f"no answer to {key[1]}")

    # What arrives -------------------------------------------------------------------------------

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(65_536)
            except OSError:
                return
            message = Message(data.decode(errors="replace"))
            with self.changed:
                if message.status:
                    self._answered(message)
                else:
                    self._asked(message)
                self.changed.notify_all()

    def _answered(self, message: Message) -> None:
        self._answers[message["call-id"], message["cseq"]] = message
        call = self._call(message["call-id"])
        if call and message.method == "INVITE":
            call.invited(message)

    def _asked(self, request: Message) -> None:
        method = request.start.split()[0]
        call = self._call(request["call-id"])
        if method == "INVITE" and call is None:
            call = PhoneCall(self, Dialog.of(self, request), request)
            self.calls.append(call)
            self.on_call(call)
        elif call is None:
            if method != "ACK":
                self.send(reply(request, 200 if method in ("OPTIONS", "NOTIFY") else 481))
        else:
            call.asked(method, request)

    def _call(self, call_id: str) -> "PhoneCall | None":
        return next((call for call in self.calls if call.dialog.call_id == call_id), None)


class Dialog:
    """What two sides of a call know of each other."""

    def __init__(self, phone: Telephone, target: str, remote: str, sender: str = ""):
        self.phone, self.target, self.remote = phone, target, remote
        self.tag = f"{RUN}{next(numbers)}"
        self.local = f"{sender or remote};tag={self.tag}"
        self.call_id = f"{RUN}-{next(numbers)}-{phone.address[1]}@{phone.address[0]}"
        self.sequence = 0
        # Of the newest request: a CANCEL has that of its INVITE.
        self.branch = ""
        self.routes: list[str] = []

    @classmethod
    def of(cls, phone: Telephone, request: Message) -> "Dialog":
        """That of a call which comes in."""
        dialog = cls(phone, uri(request["contact"]), request["from"])
        dialog.local = f"{request['to']};tag={dialog.tag}"
        dialog.call_id = request["call-id"]
        dialog.routes = request.all("record-route")
        return dialog

    def request(self, method: str, more: dict[str, str], body: str = "", sequence: int = 0) -> str:
        address = f"{self.phone.address[0]}:{self.phone.address[1]}"
        if method != "CANCEL":
            self.branch = f"z9hG4bK{RUN}{next(numbers)}"
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {address};rport;branch={self.branch}",
            *(f"Route: {route}" for route in self.routes),
            f"From: {self.local}",
            f"To: {self.remote}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {sequence or self.sequence} {method}",
            "Max-Forwards: 70",
            *(f"{name}: {value}" for name, value in more.items()),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def begin(self, method: str, more: dict[str, str] | None = None, body: str = "") -> tuple[str, str]:
        """Sends a request; the key under which its answer will be found."""
        return self._send(method, more, body)[0]

    def _send(self, method: str, more: dict[str, str] | None, body: str) -> tuple[tuple[str, str], str]:
        self.sequence += 1
        request = self.request(method, more or {}, body)
        self.phone.send(request)
        return (self.call_id, f"{self.sequence} {method}"), request

    def ask(self, method: str, more: dict[str, str] | None = None, body: str = "") -> Message:
        """Sends a request, proves who we are where that is asked for, and waits for the answer."""
        key, request = self._send(method, more, body)
        answer = self.phone.answer_to(key, request=request)
        if answer.status in (401, 407):
            proof = self.proof(answer, method)
            key, request = self._send(method, {**(more or {}), **proof}, body)
            answer = self.phone.answer_to(key, request=request)
        return answer

    def proof(self, answer: Message, method: str) -> dict[str, str]:
        """Digest access authentication (RFC 2617) with `qop=auth`."""
        challenge = answer["www-authenticate"] or answer["proxy-authenticate"]
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
        user, secret, realm, nonce = self.phone.user, self.phone.secret, given["realm"], given["nonce"]

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        first, second = md5(f"{user}:{realm}:{secret}"), md5(f"{method}:{self.target}")
        response = md5(f"{first}:{nonce}:00000001:c1:auth:{second}")
        name = "Authorization" if answer.status == 401 else "Proxy-Authorization"
        return {
            name: f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{self.target}", '
            f'qop=auth, nc=00000001, cnonce="c1", response="{response}", algorithm=MD5'
        }


class PhoneCall:
    """One call at one telephone."""

    def __init__(self, phone: Telephone, dialog: Dialog, invite: Message | None = None):
        self.phone, self.dialog, self.offer = phone, dialog, invite
        # When each state began.
        self.times: dict[str, float] = {}
        self.state = "new"
        self.status = 0
        # Seconds until the other side said anything; a real telephone asks again after half a second.
        self.began = time.monotonic()
        self.heard_after: float | None = None
        self._last = ""
        self._more: dict[str, str] = {}

    @property
    def state(self) -> str:
        """`new`, `ringing`, `talking` or `ended`."""
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        self.times.setdefault(state, time.monotonic())

    @property
    def talk(self) -> float:
        """Seconds of talk by this telephone's own clock; 0 when there was none."""
        until = self.times.get("ended", time.monotonic())
        return until - self.times.get("talking", until)

    def until(self, state: str) -> "PhoneCall":
        self.phone.wait(lambda: self.state == state, f"the call is {self.state}, not {state}")
        return self

    # A call that came in

    def begin(self) -> None:
        """It rings, or is answered at once where the caller asks for that."""
        self.ring()
        if "answer-after=0" in self.offer["call-info"]:
            self.answer()

    def ring(self) -> None:
        self.state = "ringing"
        self._reply(180)

    def answer(self) -> None:
        with self.phone.changed:
            self.state = "talking"
            self._reply(200, sdp(self.phone.address))

    def decline(self, status: int = 486) -> None:
        with self.phone.changed:
            self.state = "ended"
            self._reply(status)

    # A call that we began

    def invite(self, more: dict[str, str]) -> None:
        self._more = {"Contact": self.phone.contact, "Allow": ALLOW, **more}
        self.dialog.begin("INVITE", self._more, sdp(self.phone.address))

    def invited(self, answer: Message) -> None:
        """The answer to our INVITE, the first one or one within the call."""
        sequence = int(answer["cseq"].split()[0])
        if self.heard_after is None:
            self.heard_after = time.monotonic() - self.began
        if answer.status < 200:
            if answer.status >= 180:
                self.state = "ringing" if self.state == "new" else self.state
            return
        if answer.status < 300:
            self.dialog.remote = answer["to"]
            self.dialog.target = uri(answer["contact"])
            self.state = "talking"
        self.phone.send(self.dialog.request("ACK", {}, sequence=sequence))
        if answer.status in (401, 407):
            self.dialog.begin(
                "INVITE", {**self._more, **self.dialog.proof(answer, "INVITE")}, sdp(self.phone.address)
            )
        elif answer.status >= 300:
            self.state, self.status = "ended", answer.status

    def give_up(self) -> None:
        """The caller hangs up before somebody answers."""
        text = self.dialog.request("CANCEL", {})
        self.phone.send(text)

    # Within a call

    def hang_up(self) -> None:
        self.dialog.ask("BYE")
        with self.phone.changed:
            self.state = "ended"

    def hold(self) -> None:
        self._offer("sendonly")

    def resume(self) -> None:
        self._offer("sendrecv")

    def transfer(self, number: str) -> None:
        """Blind: the other side is sent to a number (REFER, RFC 3515)."""
        host = f"{self.phone.pbx[0]}:{self.phone.pbx[1]}"
        answer = self.dialog.ask(
            "REFER", {"Contact": self.phone.contact, "Refer-To": f"<sip:{number}@{host}>"}
        )
        assert answer.status == 202, answer.start

    def join(self, other: "PhoneCall") -> None:
        """Attended: the other side of this call takes our place in the other one (Replaces, RFC 3891)."""
        there = other.dialog
        tags = f";to-tag={tag_of(there.remote)};from-tag={tag_of(there.local)}"
        replaces = urllib.parse.quote(there.call_id + tags, safe="")
        answer = self.dialog.ask(
            "REFER",
            {"Contact": self.phone.contact, "Refer-To": f"<{there.target}?Replaces={replaces}>"},
        )
        assert answer.status == 202, answer.start

    def _offer(self, direction: str) -> None:
        key = self.dialog.begin("INVITE", {"Contact": self.phone.contact}, sdp(self.phone.address, direction))
        assert self.phone.answer_to(key).status == 200

    def asked(self, method: str, request: Message) -> None:
        """A request of the other side."""
        if method == "CANCEL":
            self.phone.send(reply(request, 200))
            if self.state in ("new", "ringing"):
                self.state = "ended"
                self._reply(487)
        elif method == "BYE":
            self.state = "ended"
            self.phone.send(reply(request, 200))
        elif method == "INVITE" and request["cseq"] == (self.offer or request)["cseq"] and self._last:
            self.phone.send(self._last)
        elif method == "NOTIFY":
            self.phone.send(reply(request, 200))
            self._obey(request["event"], request.body)
        elif method in ("INVITE", "UPDATE"):
            self.phone.send(reply(request, 200, self.phone.contact, sdp(self.phone.address)))
        elif method != "ACK":
            self.phone.send(reply(request, 200))

    def _obey(self, event: str, body: str) -> None:
        """What desk phones do that can be told from outside; and whoever has transferred the other side leaves."""
        if event == "talk" and self.state == "ringing":
            self.answer()
            return
        is_there = event == "refer" and body.startswith("SIP/2.0 200")
        obey = {"hold": self.hold, "talk": self.resume, "refer": self.hang_up if is_there else None}.get(event)
        if obey and self.state == "talking":
            # It waits for an answer, which this thread has to hear.
            threading.Thread(target=obey, daemon=True).start()

    def _reply(self, status: int, body: str = "") -> None:
        self._last = reply(self.offer, status, self.phone.contact, body, tag=self.dialog.tag)
        self.phone.send(self._last)
