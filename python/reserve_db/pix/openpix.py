"""OpenPix (Woovi): charges under /api/v1, known by our payment's id as their correlationID."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reserve_db.json_api import JsonApi
from reserve_db.pix.provider import Object, code, payment_intent, refund
from reserve_db.providers import ProviderError

URL = "https://api.openpix.com.br"
LONGEST_COMMENT = 140
SHORTEST_SECONDS = 60
STATUSES: Mapping[str, str] = {"ACTIVE": "requires_action", "COMPLETED": "succeeded", "EXPIRED": "canceled"}
REFUND_STATUSES: Mapping[str, str] = {
    "IN_PROCESSING": "pending",
    "CONFIRMED": "succeeded",
    "REJECTED": "failed",
}


class OpenPix:
    """One account, known by its AppID. Amounts are centavos, there and here."""

    def __init__(self, app_id: str, url: str | None, timeout_seconds: float) -> None:
        headers = {"Authorization": app_id}
        self._api = JsonApi("OpenPix", url or URL, headers, timeout_seconds, _refusal)

    async def close(self) -> None:
        await self._api.close()

    async def check(self) -> None:
        await self._api.request("GET", "/api/v1/charge?limit=1")

    async def create_pix_charge(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:  # noqa: ARG002 (the correlationID is the key)
        body = {
            "correlationID": prepared["payment_id"],
            "value": prepared["amount"],
            "comment": prepared["description"][:LONGEST_COMMENT],
            "expiresIn": max(SHORTEST_SECONDS, prepared["expires_at"] - int(time.time())),
        }
        answer = await self._api.request("POST", "/api/v1/charge?return_existing=true", body)
        return self._intent(answer, [])

    async def cancel_payment_intent(self, intent_id: str, idempotency_key: str) -> Object:  # noqa: ARG002
        intent = await self.fetch("payment_intent", intent_id)
        if intent["status"] != "requires_action":
            return intent
        try:
            await self._api.request("DELETE", f"/api/v1/charge/{intent_id}")
        except ProviderError as error:
            if error.retry:
                raise
        return await self.fetch("payment_intent", intent_id)

    async def create_refund(self, refund: Mapping[str, Any], outbox_id: str, idempotency_key: str) -> Object:  # noqa: ARG002
        """Our refund's id is the correlationID: the same one twice makes no second refund."""
        intent_id = refund["payment_intent_id"]
        for earlier in await self._refunds(intent_id):
            if earlier["id"] == refund["refund_id"]:
                return earlier
        body = {"correlationID": refund["refund_id"], "value": refund["amount"]}
        answer = await self._api.request("POST", f"/api/v1/charge/{intent_id}/refund", body)
        return self._refund(intent_id, answer.get("refund"))

    async def fetch(self, kind: str, object_id: str) -> Object:  # noqa: ARG002 (there are only charges)
        """A charge that was deleted has been cancelled."""
        try:
            answer = await self._api.request("GET", f"/api/v1/charge/{object_id}")
        except ProviderError as error:
            if error.details.get("http_status") != 404:
                raise
            return payment_intent("openpix", object_id, "canceled", None, object_id)
        completed = _status(answer) == "COMPLETED"
        return self._intent(answer, await self._refunds(object_id) if completed else [])

    async def _refunds(self, intent_id: str) -> list[Object]:
        answer = await self._api.request("GET", f"/api/v1/charge/{intent_id}/refund")
        listed = answer.get("refunds")
        if not isinstance(listed, list):
            raise self._api.no_answer("answered with no list of refunds.")
        return [self._refund(intent_id, one) for one in listed]

    def _intent(self, answer: Object, refunds: list[Object]) -> Object:
        charge = answer.get("charge")
        try:
            intent_id, status = charge["correlationID"], STATUSES[charge["status"]]  # type: ignore[index]
            expires_at = int(datetime.fromisoformat(charge["expiresDate"]).timestamp())  # type: ignore[index]
            text, amount = charge.get("brCode"), charge["value"]  # type: ignore[union-attr, index]
        except (KeyError, TypeError, ValueError) as error:
            raise self._api.no_answer("answered with no charge.") from error
        if not isinstance(intent_id, str) or not isinstance(amount, int):
            raise self._api.no_answer("answered with no charge.")
        waiting = status == "requires_action"
        action = code(text, expires_at, charge.get("transactionID")) if waiting else None  # type: ignore[union-attr]
        return payment_intent(
            "openpix", intent_id, status, amount, intent_id, next_action=action, refunds=refunds
        )

    def _refund(self, intent_id: str, answer: Any) -> Object:
        try:
            refund_id, status = answer["correlationID"], REFUND_STATUSES[answer["status"]]
            return refund("openpix", refund_id, intent_id, status, answer["value"], refund_id)
        except (KeyError, TypeError) as error:
            raise self._api.no_answer("answered with no refund.") from error


def _status(answer: Object) -> Any:
    charge = answer.get("charge")
    return charge.get("status") if isinstance(charge, dict) else None


def _refusal(body: Object) -> tuple[Any, Any]:
    """OpenPix tells in a sentence, or in a list of them, and has no codes."""
    if isinstance(body.get("error"), str):
        return None, body["error"]
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return None, first.get("message") if isinstance(first, dict) else None
