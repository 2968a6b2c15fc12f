"""What a provider of PIX payments can do for us, and the one form in which all of them answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Object = dict[str, Any]


class PaymentProvider(Protocol):
    """Answers are payment intents and refunds as Stripe would tell of them; errors are ProviderError.

    Amounts are minor units.
    """

    async def check(self) -> None:
        """Whether the key is good."""

    async def close(self) -> None: ...

    async def create_pix_charge(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:
        """Makes the charge of a prepared payment; its code is in `next_action`."""

    async def cancel_payment_intent(self, intent_id: str, idempotency_key: str) -> Object:
        """Cancels a payment; one that cannot be cancelled any more is answered as it stands."""

    async def create_refund(self, refund: Mapping[str, Any], outbox_id: str, idempotency_key: str) -> Object:
        """Refunds a payment, in part or in full."""

    async def fetch(self, kind: str, object_id: str) -> Object:
        """Reads a payment as it is now."""


def payment_intent(
    provider: str, intent_id: str, status: str, amount: int | None, payment_id: str | None, **more: Any
) -> Object:
    """A payment in the words of Stripe. An amount of None is that of a payment which is gone there."""
    intent: Object = {"id": intent_id, "object": "payment_intent", "provider": provider, "status": status}
    if amount is not None:
        received = amount if status == "succeeded" else 0
        intent |= {"amount": amount, "amount_received": received, "currency": "brl"}
    metadata = {"payment_id": payment_id} if payment_id else {}
    return {**intent, "metadata": metadata, **more}


def refund(
    provider: str, refund_id: str, intent_id: str, status: str, amount: int, our_id: str | None
) -> Object:
    """A refund in the words of Stripe."""
    return {
        "id": refund_id,
        "object": "refund",
        "provider": provider,
        "payment_intent": intent_id,
        "status": status,
        "amount": amount,
        "currency": "brl",
        "metadata": {"refund_id": our_id} if our_id else {},
    }


def code(text: Any, expires_at: int, txid: Any = None) -> Object:
    """The `next_action` of a payment that waits for its code to be paid; `expires_at` as Unix time."""
    shown = {"data": text, "expires_at": expires_at, **({"txid": txid} if isinstance(txid, str) else {})}
    return {"type": "pix_display_qr_code", "pix_display_qr_code": shown}
