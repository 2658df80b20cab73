"""Sign-in: the web-server flow with PKCE, refresh, JWT bearer, revocation, and who a token belongs to."""

import base64
import hashlib
import hmac
import html
import re
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import rs256
from refusal import Refusal
from traffic import Reply, Request

CODE_SECONDS = 15 * 60
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
AUDIENCES = {"https://login.salesforce.com", "https://test.salesforce.com"}

PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Allow Access?</title><link rel="icon" href="data:,">
<h1>{app} is asking to:</h1><p>{scope}</p>
<form method="post" action="/services/oauth2/authorize">{kept}
<label>Username <select name="username">{users}</select></label>
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>
"""


@dataclass
class App:
    """An external client app, as an administrator has set it up."""

    client_id: str
    secret: str | None = None
    redirects: list[str] = field(default_factory=list)
    public_key: str | None = None
    needs_pkce: bool = True
    rotates_refresh: bool = False
    # User names that need no consent for a JWT; `None` is everybody.
    approved: list[str] | None = None
    label: str = "CallMatch"


@dataclass
class Grant:
    """What a code or a token stands for."""

    client_id: str
    user: str
    scope: str
    redirect: str = ""
    challenge: str | None = None
    until: float = 0


class Failure(Exception):
    def __init__(self, error: str, description: str):
        super().__init__(error, description)
        self.reply = Reply(400, {"error": error, "error_description": description}, {"Cache-Control": "no-store"})


class OAuth:
    def __init__(self, org):
        self.org = org
        self.apps: dict[str, App] = {}
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        # Who consents at once, without the page: a user name, or `None` for nobody.
        self.consents: str | None = None
        self.refuses = False

    def handle(self, request: Request) -> Reply:
        answer = {
            "authorize": self._authorize, "token": self._token, "revoke": self._revoke,
            "userinfo": self._user_info, "introspect": self._introspect,
        }.get(request.path.removeprefix("/services/oauth2/"))  # fmt: skip
        if answer is None:
            return Reply(404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}])
        try:
            with self.org.store.lock:
                return answer(request)
        except Failure as failure:
            return failure.reply

    def user_of(self, request: Request) -> str:
        """Whose token the request has."""
        sort, _, token = request.headers.get("Authorization", "").partition(" ")
        if sort.lower() not in ("bearer", "oauth") or not token:
            raise Refusal("INVALID_SESSION_ID") if not token else Refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        grant = self.tokens.get(token)
        if grant is None or not (self.org.store.alive(grant.user) or {}).get("IsActive"):
            raise Refusal("INVALID_SESSION_ID", self.org.settings.bad_session_says)
        if "api" not in grant.scope.split() and "full" not in grant.scope.split():
            raise Refusal("INVALID_SESSION_ID", "This session is not valid for use with the REST API")
        return grant.user

    def issue(self, user: str, client_id: str = "test", scope: str = "api refresh_token id") -> str:
        """A token without any flow."""
        token = f"{self.org.id[:15]}!{secrets.token_urlsafe(72)}"
        with self.org.store.lock:
            self.tokens[token] = Grant(client_id, user, scope)
        return token

    def expire(self, user: str | None = None, refresh: bool = False) -> None:
        """Access tokens end, of one user or of all; refresh tokens only if told."""
        with self.org.store.lock:
            for kept in (self.tokens, self.refresh_tokens)[: 2 if refresh else 1]:
                for token in [token for token, grant in kept.items() if user in (None, grant.user)]:
                    del kept[token]

    def _authorize(self, request: Request) -> Reply:
        asked = request.query | request.form
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            return self._broken("invalid_client_id", "client identifier invalid")
        if asked.get("redirect_uri") not in app.redirects:
            return self._broken("redirect_uri_mismatch", "redirect_uri must match configuration")
        if asked.get("response_type") != "code":
            return self._back(asked, error="unsupported_response_type", error_description="response type not supported")
        if app.needs_pkce and not asked.get("code_challenge"):
            return self._back(asked, error="invalid_request", error_description="missing required code challenge")
        if self.refuses or asked.get("decision") == "deny":
            return self._back(asked, error="access_denied", error_description="end-user denied authorization")
        name = self.consents if request.method == "GET" else asked.get("username")
        user = self.org.user_named(name) if name else None
        if user is None or not user.get("IsActive"):
            return Reply(200, self._page(app, asked).encode(), {"Content-Type": "text/html; charset=UTF-8"})
        code = "aPrx" + secrets.token_urlsafe(48)
        scope = asked.get("scope") or "api refresh_token id"
        challenge = asked.get("code_challenge")
        self.codes[code] = Grant(
            app.client_id, user["Id"], scope, asked["redirect_uri"], challenge, self._now() + CODE_SECONDS
        )
        return self._back(asked, code=code)

    @staticmethod
    def _broken(error: str, description: str) -> Reply:
        text = f"<html><body>error={error}&amp;error_description={html.escape(description)}</body></html>"
        return Reply(400, text.encode(), {"Content-Type": "text/html; charset=UTF-8"})

    @staticmethod
    def _back(asked: dict, **answer: str) -> Reply:
        if "state" in asked:
            answer["state"] = asked["state"]
        sign = "&" if "?" in asked["redirect_uri"] else "?"
        return Reply(302, b"", {"Location": asked["redirect_uri"] + sign + urlencode(answer)})

    def _page(self, app: App, asked: dict) -> str:
        """Where a user says yes or no; `login_hint` is who is proposed."""
        kept = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in asked.items() if name not in ("username", "decision")
        )  # fmt: skip
        hint = asked.get("login_hint", "").casefold()
        users = [user for user in self.org.store.tables["User"].values() if user.get("IsActive")]
        names = sorted(user["Username"] for user in users)
        options = "".join(
            f"<option{' selected' if name.casefold() == hint else ''}>{html.escape(name)}</option>" for name in names
        )
        scope = html.escape(asked.get("scope", ""))
        return PAGE.format(app=html.escape(app.label), scope=scope, kept=kept, users=options)

    def _token(self, request: Request) -> Reply:
        if request.method != "POST":
            raise Failure("invalid_request", "must use HTTP POST")
        form = request.form
        kinds = {
            "authorization_code": self._by_code, "refresh_token": self._by_refresh_token,
            "urn:ietf:params:oauth:grant-type:jwt-bearer": self._by_jwt,
        }  # fmt: skip
        if form.get("grant_type") not in kinds:
            raise Failure("unsupported_grant_type", "grant type not supported")
        grant, with_refresh = kinds[form["grant_type"]](form)
        user = self.org.store.alive(grant.user)
        if not user or not user.get("IsActive"):
            raise Failure("inactive_user", "user is inactive")
        return Reply(200, self._answer(grant, with_refresh), {"Cache-Control": "no-store"})

    def _answer(self, grant: Grant, with_refresh: bool) -> dict:
        issued = str(int(time.time() * 1000))
        identity = f"{self.org.url}/id/{self.org.id}/{grant.user}"
        secret = (self.apps[grant.client_id].secret or "").encode()
        signature = hmac.digest(secret, (identity + issued).encode(), "sha256")
        answer = {
            "access_token": self.issue(grant.user, grant.client_id, grant.scope), "scope": grant.scope,
            "signature": base64.b64encode(signature).decode(), "instance_url": self.org.instance_url,
            "id": identity, "token_type": "Bearer", "issued_at": issued,
        }  # fmt: skip
        if with_refresh and "refresh_token" in grant.scope.split():
            answer["refresh_token"] = "5Aep" + secrets.token_urlsafe(60)
            self.refresh_tokens[answer["refresh_token"]] = grant
        return answer

    def _app(self, form: dict) -> App:
        app = self.apps.get(form.get("client_id", ""))
        if app is None:
            raise Failure("invalid_client_id", "client identifier invalid")
        if app.secret is not None and form.get("client_secret") != app.secret:
            raise Failure("invalid_client", "invalid client credentials")
        return app

    def _by_code(self, form: dict) -> tuple[Grant, bool]:
        app = self._app(form)
        grant = self.codes.pop(form.get("code", ""), None)
        if grant is None or grant.client_id != app.client_id:
            raise Failure("invalid_grant", "invalid authorization code")
        if grant.until < self._now():
            raise Failure("invalid_grant", "expired authorization code")
        if form.get("redirect_uri") != grant.redirect:
            raise Failure("redirect_uri_mismatch", "redirect_uri must match configuration")
        if grant.challenge:
            verifier = form.get("code_verifier")
            if not verifier:
                raise Failure("invalid_grant", "code verifier is missing")
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
            if not VERIFIER.fullmatch(verifier) or digest != grant.challenge:
                raise Failure("invalid_request", "invalid code verifier")
        return grant, True

    def _by_refresh_token(self, form: dict) -> tuple[Grant, bool]:
        app = self._app(form)
        grant = self.refresh_tokens.get(form.get("refresh_token", ""))
        if grant is None or grant.client_id != app.client_id:
            raise Failure("invalid_grant", "expired access/refresh token")
        if app.rotates_refresh:
            del self.refresh_tokens[form["refresh_token"]]
        return grant, app.rotates_refresh

    def _by_jwt(self, form: dict) -> tuple[Grant, bool]:
        assertion = form.get("assertion", "")
        for app in self.apps.values():
            claims = rs256.claims(assertion, app.public_key) if app.public_key else None
            if claims is not None and claims.get("iss") == app.client_id:
                break
        else:
            raise Failure("invalid_grant", "invalid assertion")
        if claims.get("aud") not in AUDIENCES | {self.org.url}:
            raise Failure("invalid_grant", "audience is invalid")
        if float(claims.get("exp") or 0) < self._now():
            raise Failure("invalid_grant", "expired assertion")
        user = self.org.user_named(claims.get("sub", ""))
        if user is None or (app.approved is not None and user["Username"] not in app.approved):
            raise Failure("invalid_grant", "user hasn't approved this consumer")
        return Grant(app.client_id, user["Id"], "id api"), False

    def _revoke(self, request: Request) -> Reply:
        token = request.form.get("token") or request.query.get("token", "")
        if token in self.refresh_tokens:
            grant = self.refresh_tokens.pop(token)
            self.tokens = {
                key: each
                for key, each in self.tokens.items()
                if (each.user, each.client_id) != (grant.user, grant.client_id)
            }
        elif self.tokens.pop(token, None) is None:
            raise Failure("unsupported_token_type", "this token type is not supported")
        return Reply(200, b"")

    def identity(self, user_id: str) -> dict:
        user = self.org.store.alive(user_id)
        return {
            "id": f"{self.org.url}/id/{self.org.id}/{user_id}", "user_id": user_id, "organization_id": self.org.id,
            "username": user["Username"], "display_name": user["Name"], "email": user.get("Email"), "active": True,
            "urls": {"rest": self.org.instance_url + "/services/data/v{version}/"}, "is_app_installed": True,
        }  # fmt: skip

    def _user_info(self, request: Request) -> Reply:
        try:
            user = self.org.store.alive(self.user_of(request))
        except Refusal:
            return Reply(403, b"Bad_OAuth_Token", {"Content-Type": "text/html"})
        told = self.identity(user["Id"])
        return Reply(200, told | {"sub": told["id"], "name": user["Name"], "preferred_username": user["Username"]})

    def _introspect(self, request: Request) -> Reply:
        app = self._app(request.form)
        grant = self.tokens.get(request.form.get("token", ""))
        if grant is None or grant.client_id != app.client_id:
            return Reply(200, {"active": False})
        username = self.org.store.alive(grant.user)["Username"]
        return Reply(200, {"active": True, "scope": grant.scope, "client_id": app.client_id, "username": username})

    def _now(self) -> float:
        return self.org.clock.now() / 1000
