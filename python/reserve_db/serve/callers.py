"""Who asks: the role and claims of a verified token, the address, and the headers that RPCs may read."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Sequence
from typing import Any

import jwt
from starlette.requests import Request

from reserve_db.database import Caller
from reserve_db.serve.errors import own
from reserve_db.settings import Network

ROLES = ("anon", "authenticated", "service_role")
CLOCK_SKEW_SECONDS = 30
CREDENTIALS = ("authorization", "apikey", "cookie")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(request: Request) -> str:
    """The caller's own id where it is a plain one, else a new one."""
    sent = request.headers.get("x-request-id", "")
    return sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex


def identify(request: Request, identifier: str, address: str, jwt_secret: str | None) -> Caller:
    """The caller as PostgREST would introduce it; without a token it is anon.

    Raises ApiError UNAUTHORIZED for a token that is expired, not ours, or for a role nobody has.
    """
    claims = _claims(request.headers.get("authorization"), jwt_secret)
    if claims["role"] not in ROLES:
        raise own("UNAUTHORIZED", reason="The token names an unknown role.")
    headers = {name: value for name, value in request.headers.items() if name not in CREDENTIALS}
    headers |= {"x-forwarded-for": address, "x-request-id": identifier}
    return Caller(claims["role"], claims, headers, request.method, request.url.path)


def client_address(request: Request, trusted: Sequence[Network]) -> str:
    """The address of the client: of the peer, or, behind proxies we trust, of the first hop before them."""
    hops = request.headers.get("x-forwarded-for", "").split(",")
    address = request.client.host if request.client else ""
    while hops and _is_within(address, trusted):
        before = hops.pop().strip()
        if _parsed(before) is None:
            break
        address = before
    return address


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 client has to itself."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _claims(authorization: str | None, secret: str | None) -> dict[str, Any]:
    if not authorization:
        return {"role": "anon"}
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or secret is None:
        raise own("UNAUTHORIZED", reason="No such token is accepted.")
    try:
        claims: dict[str, Any] = jwt.decode(
            token.strip(),
            secret,
            algorithms=["HS256"],
            leeway=CLOCK_SKEW_SECONDS,
            options={"verify_aud": False, "verify_iss": False, "verify_sub": False, "verify_jti": False},
        )
    except jwt.ExpiredSignatureError:
        raise own("UNAUTHORIZED", reason="The token has expired.") from None
    except jwt.InvalidTokenError:
        raise own("UNAUTHORIZED", reason="The token is not valid.") from None
    return {"role": "anon", **claims}


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)
