"""The signature scheme Stripe uses, and the Host with it: ``t=<unix>,v1=<hex>[,v1=<hex>]``.

``v1`` is the HMAC-SHA256 of ``<t>.<raw body>``; while a secret is rotated there is one per secret.
"""

import hashlib
import hmac
from collections.abc import Iterable

TOLERANCE_SECONDS = 300


def sign(body: bytes, secrets: Iterable[str], timestamp: int) -> str:
    """The header for ``body``, signed with each of ``secrets``."""
    parts = [f"t={timestamp}"] + [f"v1={_digest(body, secret, timestamp)}" for secret in secrets]
    return ",".join(parts)


def is_signed(header: str, body: bytes, secret: str, now: float) -> bool:
    """Whether ``header`` signs ``body`` with ``secret``, not longer ago (or ahead) than the tolerance."""
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not times[0].isdecimal() or abs(now - int(times[0])) > TOLERANCE_SECONDS:
        return False
    expected = _digest(body, secret, int(times[0]))
    return any(name == "v1" and hmac.compare_digest(expected, value) for name, _, value in parts)


def _digest(body: bytes, secret: str, timestamp: int) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
