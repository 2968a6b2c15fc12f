"""A provider's JSON over HTTP: bounded in time and size, and what its errors mean."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from reserve_db.providers import LONGEST_MESSAGE, ProviderError

Object = dict[str, Any]

PASSING = (401, 403, 408, 425, 429)
LONGEST_ANSWER = 1024 * 1024


class JsonApi:
    """Requests to one provider; errors are ProviderError.

    `refusal` reads code and message from the body of an error.
    """

    def __init__(
        self,
        name: str,
        url: str,
        headers: Mapping[str, str],
        timeout_seconds: float,
        refusal: Callable[[Object], tuple[Any, Any]],
    ) -> None:
        self._name = name
        self._refusal = refusal
        self._timeout_seconds = timeout_seconds
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, headers=headers)

    async def close(self) -> None:
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Object:
        """The object that is answered; a list is the `items` of one."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {**({"Content-Type": "application/json"} if content else {}), **(headers or {})}
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                self._http.stream(method, path, content=content, headers=sent) as response,
            ):
                answer = _parsed(await self._read(response))
        except (httpx.HTTPError, TimeoutError) as error:
            raise self.no_answer("did not answer.") from error
        if response.is_success and answer is not None:
            return answer
        if response.status_code < 400:
            raise self.no_answer("answered with something else than JSON.")
        code, message = self._refusal(answer or {})
        raise ProviderError(
            str(code or f"http_{response.status_code}")[:LONGEST_MESSAGE],
            str(message or f"{self._name} refused the request.")[:LONGEST_MESSAGE],
            answered=True,
            retry=response.status_code >= 500 or response.status_code in PASSING,
            details={"http_status": response.status_code},
        )

    def no_answer(self, what: str) -> ProviderError:
        """What the provider did is not known: nothing came, or nothing that it would say."""
        return ProviderError("NO_ANSWER", f"{self._name} {what}", answered=False, retry=True)

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > LONGEST_ANSWER:
                raise self.no_answer("answered without end.")
        return bytes(body)


def _parsed(text: bytes) -> Object | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, list):
        return {"items": answer}
    return answer if isinstance(answer, dict) else None
