"""Mercado Pago: PIX payments under /v1/payments. Amounts are reais there, centavos here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from reserve_db.json_api import JsonApi
from reserve_db.pix.provider import Object, code, payment_intent, refund
from reserve_db.providers import ProviderError

URL = "https://api.mercadopago.com"
# Codes can be paid for half an hour at least. Ours ends sooner: calling the payment off cancels it there.
SHORTEST_SECONDS = 31 * 60
STATUSES: Mapping[str, str] = {
    "pending": "requires_action",
    "in_process": "processing",
    "authorized": "processing",
    "approved": "succeeded",
    "in_mediation": "succeeded",
    "refunded": "succeeded",
    "charged_back": "succeeded",
    "rejected": "canceled",
    "cancelled": "canceled",
}
REFUND_STATUSES: Mapping[str, str] = {
    "approved": "succeeded",
    "in_process": "pending",
    "authorized": "pending",
    "rejected": "failed",
    "cancelled": "failed",
}


class MercadoPago:
    """One account, known by its access token."""

    def __init__(self, access_token: str, url: str | None, timeout_seconds: float) -> None:
        headers = {"Authorization": f"Bearer {access_token}"}
        self._api = JsonApi("Mercado Pago", url or URL, headers, timeout_seconds, _refusal)

    async def close(self) -> None:
        await self._api.close()

    async def check(self) -> None:
        await self._api.request("GET", "/v1/payments/search?limit=1")

    async def create_pix_charge(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:
        ends = datetime.fromtimestamp(prepared["expires_at"] + SHORTEST_SECONDS, UTC)
        body = {
            "transaction_amount": float(Decimal(prepared["amount"]) / 100),
            "description": prepared["description"],
            "payment_method_id": "pix",
            "payer": prepared["payer"],
            "date_of_expiration": ends.isoformat(timespec="milliseconds"),
            "external_reference": prepared["payment_id"],
            "metadata": prepared["metadata"],
        }
        key = {"X-Idempotency-Key": idempotency_key}
        return self._intent(await self._api.request("POST", "/v1/payments", body, key))

    async def cancel_payment_intent(self, intent_id: str, idempotency_key: str) -> Object:
        try:
            key = {"X-Idempotency-Key": idempotency_key}
            body = {"status": "cancelled"}
            return self._intent(await self._api.request("PUT", f"/v1/payments/{intent_id}", body, key))
        except ProviderError as error:
            if error.retry:
                raise
            intent = await self.fetch("payment_intent", intent_id)
            if intent["status"] == "requires_action":
                raise
            return intent

    async def create_refund(self, refund: Mapping[str, Any], outbox_id: str, idempotency_key: str) -> Object:  # noqa: ARG002
        """Our refund's id is the key: the same one twice makes no second refund."""
        intent_id = refund["payment_intent_id"]
        body = {"amount": float(Decimal(refund["amount"]) / 100)}
        key = {"X-Idempotency-Key": refund["refund_id"]}
        answer = await self._api.request("POST", f"/v1/payments/{intent_id}/refunds", body, key)
        return self._refund(intent_id, answer, refund["refund_id"])

    async def fetch(self, kind: str, object_id: str) -> Object:  # noqa: ARG002 (there are only payments)
        return self._intent(await self._api.request("GET", f"/v1/payments/{object_id}"))

    def _intent(self, payment: Object) -> Object:
        try:
            intent_id, status = str(payment["id"]), STATUSES[payment["status"]]
            amount = _centavos(payment["transaction_amount"])
            expires_at = int(datetime.fromisoformat(payment["date_of_expiration"]).timestamp())
            shown = payment["point_of_interaction"]["transaction_data"]
            refunds = [self._refund(intent_id, one, None) for one in payment.get("refunds") or []]
            action = code(shown["qr_code"], expires_at) if status == "requires_action" else None
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise self._api.no_answer("answered with no payment.") from error
        if payment.get("currency_id") != "BRL":
            raise self._api.no_answer("answered with a payment in another currency.")
        reference = payment.get("external_reference")
        return payment_intent(
            "mercadopago",
            intent_id,
            status,
            amount,
            reference,
            next_action=action,
            refunds=refunds,
            qr_code_base64=shown.get("qr_code_base64"),
        )

    def _refund(self, intent_id: str, answer: Object, our_id: str | None) -> Object:
        try:
            status, amount = REFUND_STATUSES[answer["status"]], _centavos(answer["amount"])
            return refund("mercadopago", str(answer["id"]), intent_id, status, amount, our_id)
        except (KeyError, TypeError, ArithmeticError) as error:
            raise self._api.no_answer("answered with no refund.") from error


def _centavos(reais: Any) -> int:
    amount = Decimal(str(reais)) * 100
    if amount != int(amount):
        raise ValueError(f"{reais} has fractions of a centavo")
    return int(amount)


def _refusal(body: Object) -> tuple[Any, Any]:
    return body.get("error"), body.get("message")
