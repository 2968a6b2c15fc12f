"""Webhook signatures: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`, as of Stripe and the Host.

Those of Mercado Pago and OpenPix say no time that could be relied on: what they sign must do no harm when it
is repeated.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence

TOLERANCE_SECONDS = 300


def sign(body: bytes, secret: str, at: int | None = None) -> str:
    """The header for a body that we send."""
    moment = int(time.time()) if at is None else at
    return f"t={moment},v1={_digest(body, secret, moment)}"


def is_genuine(body: bytes, header: str | None, secrets: Sequence[str], now: float | None = None) -> bool:
    """Whether one of the secrets signed exactly these bytes within the last, or next, 300 seconds.

    Several secrets are valid at once while one is being replaced.
    """
    fields = [part.strip().partition("=") for part in (header or "").split(",")]
    times = [value for name, _, value in fields if name == "t"]
    signatures = [value for name, _, value in fields if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 12):
        return False
    moment = int(times[0])
    if abs((time.time() if now is None else now) - moment) > TOLERANCE_SECONDS:
        return False
    expected = [_digest(body, secret, moment) for secret in secrets]
    return any(hmac.compare_digest(a.encode(), b.encode()) for a in expected for b in signatures)


def is_from_mercadopago(
    resource_id: str, request_id: str, header: str | None, secrets: Sequence[str]
) -> bool:
    """Whether `ts=…,v1=…` signs the notice of a resource: its id and the request's, but not the body."""
    fields = dict(part.strip().partition("=")[::2] for part in (header or "").split(","))
    manifest = f"id:{resource_id.lower()};request-id:{request_id};ts:{fields.get('ts', '')};".encode()
    expected = [hmac.new(secret.encode(), manifest, hashlib.sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(each.encode(), fields.get("v1", "").encode()) for each in expected)


def is_from_openpix(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether the header is the HMAC-SHA1 of the body, in base64."""
    digests = [hmac.new(secret.encode(), body, hashlib.sha1).digest() for secret in secrets]
    return any(hmac.compare_digest(base64.b64encode(each), (header or "").encode()) for each in digests)


def _digest(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
