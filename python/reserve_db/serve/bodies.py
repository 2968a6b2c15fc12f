"""Request bodies: bounded, and strictly JSON."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from reserve_db.serve.errors import own

MAX_BYTES = 1024 * 1024


async def read_body(request: Request) -> bytes:
    """The raw body. Raises ApiError INVALID_REQUEST (413) when it is too long."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                raise own("INVALID_REQUEST", 413, reason=f"The body has more than {MAX_BYTES} bytes.")
    except ClientDisconnect:
        raise own("INVALID_REQUEST", reason="The body is incomplete.") from None
    return bytes(body)


def json_object(body: bytes) -> dict[str, Any]:
    """The body as a JSON object; an empty one means {}. Raises ApiError INVALID_REQUEST."""
    try:
        parsed = json.loads(body or b"{}", parse_constant=_refuse)
        if b"\\ud" in body.lower():
            json.dumps(parsed, ensure_ascii=False).encode()  # raises where half a character was escaped
    except (ValueError, RecursionError):
        raise own("INVALID_REQUEST", reason="The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise own("INVALID_REQUEST", reason="The body is not a JSON object.")
    return parsed


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
