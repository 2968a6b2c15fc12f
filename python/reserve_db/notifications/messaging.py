"""WhatsApp and SMS through a messaging provider over HTTP.

`POST /messages` with `{"channel", "to", "body", "idempotency_key"}` and a bearer key; any 2xx means that the
message was taken, now or, the key being known, before. Errors are `{"error": {"code", "message"}}`.
"""

from __future__ import annotations

import httpx

from reserve_db.notifications.message import Letter
from reserve_db.providers import ProviderError

PASSING = (401, 403, 408, 425, 429)


class MessagingSender:
    """The letter's id is the idempotency key: a try whose answer was lost sends nothing twice."""

    def __init__(self, url: str, api_key: str, timeout_seconds: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, timeout=timeout_seconds, headers={"Authorization": f"Bearer {api_key}"}
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, letter: Letter) -> None:
        message = {
            "channel": letter.channel,
            "to": letter.recipient,
            "body": letter.body,
            "idempotency_key": letter.id,
        }
        try:
            response = await self._http.post("/messages", json=message)
        except httpx.HTTPError as error:
            raise ProviderError(
                "NO_ANSWER", "The messaging provider did not answer.", answered=False, retry=True
            ) from error
        if response.is_success:
            return
        told = _error(response)
        raise ProviderError(
            str(told.get("code") or f"http_{response.status_code}"),
            str(told.get("message") or "The messaging provider refused the request."),
            answered=True,
            retry=response.status_code >= 500 or response.status_code in PASSING,
        )


def _error(response: httpx.Response) -> dict[str, object]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    error = answer.get("error") if isinstance(answer, dict) else None
    return error if isinstance(error, dict) else {}
