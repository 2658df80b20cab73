"""Sign-in, as far as it is documented: a vector of the RFC, assertions signed by PyJWT, the errors."""

import base64
import hashlib
import hmac
import time
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sample import CALLBACK

# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ADA = "ada@callmatch.example"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def authorize(org, method: str = "GET", **more: str) -> requests.Response:
    asked = {
        "response_type": "code", "client_id": "callmatch", "redirect_uri": CALLBACK, "state": "s&1",
        "scope": "api refresh_token id", "code_challenge": CHALLENGE, **more,
    }  # fmt: skip
    about = {"params": asked} if method == "GET" else {"data": asked}
    return requests.request(method, f"{org.url}/services/oauth2/authorize", allow_redirects=False, timeout=10, **about)


def answer_of(reply: requests.Response) -> dict[str, str]:
    assert reply.status_code == 302, reply.text
    assert reply.headers["Location"].startswith(CALLBACK + "?")
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


def code(org) -> str:
    org.consent(ADA)
    answer = answer_of(authorize(org))
    assert answer["state"] == "s&1"
    return answer["code"]


def ask(org, path: str = "token", **form: str) -> requests.Response:
    return requests.post(f"{org.url}/services/oauth2/{path}", data=form, timeout=10)


def exchange(org, **more: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code", "client_id": "callmatch", "client_secret": "callmatch-secret",
        "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
    }  # fmt: skip
    return ask(org, **{name: value for name, value in (form | more).items() if value is not None})


def refresh(org, token: str) -> requests.Response:
    about = {"client_id": "callmatch", "client_secret": "callmatch-secret"}
    return ask(org, grant_type="refresh_token", refresh_token=token, **about)


def failure(reply: requests.Response) -> str:
    assert reply.status_code == 400 and reply.headers["Cache-Control"] == "no-store"
    assert set(reply.json()) == {"error", "error_description"}
    return reply.json()["error"]


def status(org, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{org.url}/services/data/v67.0/limits", headers=headers, timeout=10).status_code


def test_web_server_flow(org):
    reply = exchange(org, code=code(org)).json()
    assert "expires_in" not in reply and reply["token_type"] == "Bearer" and reply["instance_url"] == org.url
    assert isinstance(reply["issued_at"], str) and int(reply["issued_at"]) > 1_700_000_000_000
    signed = hmac.digest(b"callmatch-secret", (reply["id"] + reply["issued_at"]).encode(), "sha256")
    assert base64.b64decode(reply["signature"]) == signed
    headers = {"Authorization": f"Bearer {reply['access_token']}"}
    assert requests.get(reply["id"], headers=headers, timeout=10).json()["username"] == ADA
    told = requests.get(f"{org.url}/services/oauth2/userinfo", headers=headers, timeout=10).json()
    assert told["user_id"] == org.people["ada"]


def test_the_page_asks_the_user(org):
    page = authorize(org)
    assert page.status_code == 200 and 'value="allow"' in page.text and CHALLENGE in page.text
    assert "code" in answer_of(authorize(org, "POST", username=ADA, decision="allow"))
    assert answer_of(authorize(org, "POST", username=ADA, decision="deny"))["error"] == "access_denied"


def test_what_the_authorize_page_refuses(org):
    org.consent(ADA)
    assert "redirect_uri_mismatch" in authorize(org, redirect_uri="https://evil.example/").text
    assert "invalid_client_id" in authorize(org, client_id="nobody").text
    assert answer_of(authorize(org, response_type="token"))["error"] == "unsupported_response_type"
    assert answer_of(authorize(org, code_challenge=""))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "more, error",
    [
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:-1] + "x"}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_uri_mismatch"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_what_the_token_endpoint_refuses(org, more, error):
    assert failure(exchange(org, **({"code": code(org)} | more))) == error


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(org):
    once = code(org)
    assert exchange(org, code=once).status_code == 200
    assert failure(exchange(org, code=once)) == "invalid_grant"
    late = code(org)
    org.set_clock(advance=901)
    assert failure(exchange(org, code=late)) == "invalid_grant"


def test_refresh_rotation_and_revocation(org):
    first = exchange(org, code=code(org)).json()
    org.expire_tokens()
    assert status(org, first["access_token"]) == 401
    again = refresh(org, first["refresh_token"]).json()
    assert "refresh_token" not in again and status(org, again["access_token"]) == 200
    org.oauth.apps["callmatch"].rotates_refresh = True
    rotated = refresh(org, first["refresh_token"]).json()
    assert failure(refresh(org, first["refresh_token"])) == "invalid_grant"
    assert ask(org, "revoke", token=rotated["refresh_token"]).status_code == 200
    assert failure(refresh(org, rotated["refresh_token"])) == "invalid_grant"
    assert status(org, rotated["access_token"]) == 401
    assert failure(ask(org, "revoke", token="unknown")) == "unsupported_token_type"


def test_a_user_who_is_switched_off(org):
    first = exchange(org, code=code(org)).json()
    org.change(org.people["ada"], IsActive=False)
    assert status(org, first["access_token"]) == 401
    assert failure(refresh(org, first["refresh_token"])) == "inactive_user"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def assertion(key, algorithm: str = "RS256", **more) -> str:
    claims = {"iss": "server", "sub": ADA, "aud": "https://login.salesforce.com", "exp": int(time.time()) + 180}
    return jwt.encode(claims | more, key, algorithm=algorithm)


def by_another_name(key, algorithm: str) -> str:
    """Signed as RS256 is, but the header says something else."""
    body = assertion(key).split(".")[1]
    head = base64.urlsafe_b64encode(f'{{"alg":"{algorithm}"}}'.encode()).decode().rstrip("=")
    signature = key.sign(f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{body}." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def test_what_the_forger_signs_is_signed_well(org, key):
    org.add_app("server", public_key=public(key))
    assert ask(org, grant_type=GRANT, assertion=by_another_name(key, "RS256")).status_code == 200


def test_jwt_bearer(org, key):
    org.add_app("server", public_key=public(key))
    reply = ask(org, grant_type=GRANT, assertion=assertion(key)).json()
    assert "refresh_token" not in reply and reply["id"].endswith(org.people["ada"])
    assert status(org, reply["access_token"]) == 200
    assert org.requests()[-1]["user"] == org.people["ada"]


@pytest.mark.parametrize(
    "more",
    [
        {"exp": 1_700_000_000},
        {"aud": "https://evil.example"},
        {"sub": "nobody@callmatch.example"},
        {"iss": "callmatch"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_jwt_bearer_refuses_wrong_claims(org, key, more):
    org.add_app("server", public_key=public(key))
    assert failure(ask(org, grant_type=GRANT, assertion=assertion(key, **more))) == "invalid_grant"


def test_jwt_bearer_refuses_what_the_key_did_not_sign(org, key):
    org.add_app("server", public_key=public(key), approved=["ben@callmatch.example"])
    good = assertion(key)
    head, body, signature = good.split(".")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    flipped = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
    forged = [
        assertion(other), f"{head}.{body}.{flipped}", f"{head}.{body}.", f"{head}.{body}", "x",
        by_another_name(key, "none"), by_another_name(key, "HS256"), assertion("s" * 32, "HS256"), assertion(None, "none"), assertion(key, "RS384"),
    ]  # fmt: skip
    for text in forged:
        assert ask(org, grant_type=GRANT, assertion=text).json()["error_description"] == "invalid assertion"
    refused = ask(org, grant_type=GRANT, assertion=good).json()
    assert refused["error_description"] == "user hasn't approved this consumer"


def test_a_session_that_is_not_for_rest(org):
    token = org.token(scope="id")
    headers = {"Authorization": f"Bearer {token}"}
    reply = requests.get(f"{org.url}/services/data/v67.0/limits", headers=headers, timeout=10)
    assert reply.json()[0]["message"] == "This session is not valid for use with the REST API"
    assert requests.get(f"{org.url}/services/data/v67.0/limits", timeout=10).status_code == 401


def test_the_verifier_of_the_rfc():
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == CHALLENGE
