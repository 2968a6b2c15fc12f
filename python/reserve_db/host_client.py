"""The Host's API: bookings made, found and cancelled there for reservations of ours, and what it lists."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from reserve_db.providers import LONGEST_MESSAGE, ProviderError
from reserve_db.signatures import sign

Object = dict[str, Any]

PASSING = (401, 403, 408, 425, 429)
LONGEST_ANSWER = 1024 * 1024
LISTS = {"properties": "/properties", "room_types": "/room-types", "availability": "/availability"}


class HostClient:
    """Requests carry the bearer key and a signature over the body; errors are ProviderError."""

    def __init__(self, url: str, api_key: str, secret: str, timeout_seconds: float) -> None:
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._http = httpx.AsyncClient(
            base_url=url, timeout=timeout_seconds, headers={"Authorization": f"Bearer {api_key}"}
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def book(self, booking: Mapping[str, Any]) -> Object:
        """Books a reservation there, once however often it is asked: the reservation's id is the key.

        Without a clear answer the Host is asked whether the booking exists before this counts as failed.
        """
        reservation_id = booking["reservation_id"]
        try:
            key = {"Idempotency-Key": reservation_id}
            return _booking(await self._request("POST", "/bookings", booking, key))
        except ProviderError as error:
            if error.answered and not error.retry:
                raise
            found = await self.find(reservation_id)
            if found is None or found["status"] == "cancelled":
                raise
            return found

    async def cancel(self, reservation_id: str, host_booking_id: str | None) -> Object:
        """Cancels the reservation's booking; where the Host has none there is nothing to do."""
        if host_booking_id is None:
            found = await self.find(reservation_id)
            if found is None:
                return {"reservation_id": reservation_id, "status": "not_found"}
            host_booking_id = found["host_booking_id"]
        return _booking(await self._request("POST", f"/bookings/{host_booking_id}/cancel", {}))

    async def look_up(self, host_booking_id: str) -> Object:
        """How a booking stands there."""
        return _booking(await self._request("GET", f"/bookings/{host_booking_id}"))

    async def find(self, reservation_id: str) -> Object | None:
        """The Host's booking with our reservation id as its reference."""
        answer = await self._request("GET", f"/bookings?reference={reservation_id}")
        bookings = answer.get("bookings")
        if not isinstance(bookings, list):
            raise _no_answer("The Host's answer is no list of bookings.")
        return _booking(bookings[0]) if bookings else None

    async def list_page(self, kind: str, cursor: str | None, limit: int) -> Object:
        """At most `limit` items behind the cursor: `{"items", "has_more", "next_cursor"}`.

        Properties and room types are listed whole; availability is a list of changes that goes on for ever,
        and its last cursor is where the next reading begins.
        """
        query = httpx.QueryParams({"limit": limit} | ({"cursor": cursor} if cursor is not None else {}))
        page = await self._request("GET", f"{LISTS[kind]}?{query}")
        items, next_cursor = page.get("items"), page.get("next_cursor")
        if not isinstance(items, list) or len(items) > limit or not isinstance(page.get("has_more"), bool):
            raise _no_answer("The Host's answer is no page of a list.")
        if not (
            (isinstance(next_cursor, str) and next_cursor) or (next_cursor is None and not page["has_more"])
        ):
            raise _no_answer("The Host's page has no end.")
        if page["has_more"] and next_cursor == cursor:
            raise _no_answer("The Host's list does not go on.")
        return {"items": items, "has_more": page["has_more"], "next_cursor": next_cursor}

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Object:
        content = b"" if body is None else json.dumps(body).encode()
        signed = {"Reserve-Signature": sign(content, self._secret), **(headers or {})}
        if body is not None:
            signed["Content-Type"] = "application/json"
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                self._http.stream(method, path, content=content, headers=signed) as response,
            ):
                answer = _json_object(await _read(response))
        except (httpx.HTTPError, TimeoutError) as error:
            raise _no_answer("The Host did not answer.") from error
        if response.is_success and answer is not None:
            return answer
        if response.status_code < 400:
            raise _no_answer("The Host's answer is not JSON.")
        error_body = (answer or {}).get("error")
        told = error_body if isinstance(error_body, dict) else {}
        raise ProviderError(
            str(told.get("code") or f"http_{response.status_code}")[:LONGEST_MESSAGE],
            str(told.get("message") or "The Host refused the request.")[:LONGEST_MESSAGE],
            answered=True,
            retry=response.status_code >= 500 or response.status_code in PASSING,
            details={"http_status": response.status_code},
        )


def _no_answer(message: str) -> ProviderError:
    """What the Host did is not known: nothing came, or nothing that the Host would say."""
    return ProviderError("NO_ANSWER", message, answered=False, retry=True)


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LONGEST_ANSWER:
            raise _no_answer("The Host's answer does not end.")
    return bytes(body)


def _json_object(text: bytes) -> Object | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _booking(answer: Any) -> Object:
    if isinstance(answer, dict) and isinstance(answer.get("host_booking_id"), str) and "status" in answer:
        return answer
    raise _no_answer("The Host's answer is no booking.")
