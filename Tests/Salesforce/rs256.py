"""RS256 verified with nothing but arithmetic, so that the fake needs no package."""

import base64
import hashlib
import hmac
import json
import re

# In front of a SHA-256 in a PKCS #1 signature.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def decoded(text: str) -> bytes:
    """base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(assertion: str, public_key: str) -> dict | None:
    """What a JWT claims, if the key's owner has signed it with RS256."""
    try:
        head, body, signature = assertion.split(".")
        if json.loads(decoded(head)).get("alg") != "RS256":
            return None
        modulus, exponent = _numbers(public_key)
        length = (modulus.bit_length() + 7) // 8
        signed = pow(int.from_bytes(decoded(signature)), exponent, modulus).to_bytes(length)
        digest = DIGEST_INFO + hashlib.sha256(f"{head}.{body}".encode()).digest()
        expected = b"\x00\x01" + b"\xff" * (length - len(digest) - 3) + b"\x00" + digest
        return json.loads(decoded(body)) if hmac.compare_digest(signed, expected) else None
    except (ValueError, OverflowError):
        return None


def _numbers(pem: str) -> tuple[int, int]:
    """Modulus and exponent of a PEM public key (SubjectPublicKeyInfo)."""
    data = base64.b64decode(re.sub(r"-----[^-]+-----|\s", "", pem))
    whole = _value(data, 0)[0]
    _, after_algorithm = _value(whole, 0)
    bits = _value(whole, after_algorithm)[0]
    pair = _value(bits, 1)[0]
    modulus, after = _value(pair, 0)
    return int.from_bytes(modulus), int.from_bytes(_value(pair, after)[0])


def _value(data: bytes, at: int) -> tuple[bytes, int]:
    """The content of the DER element there, and where the next one starts."""
    length, at = data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at : at + count]), at + count
    return data[at : at + length], at + length
