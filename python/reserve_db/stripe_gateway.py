"""Stripe through its official SDK: every call of ours, its idempotency key, and what its errors mean."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar

import stripe
from stripe.params import PaymentIntentCreateParams, RefundCreateParams, TransferCreateParams
from stripe.params.checkout import SessionCreateParams

from reserve_db.providers import LONGEST_MESSAGE, ProviderError

Object = dict[str, Any]
Listed = TypeVar("Listed", bound=stripe.StripeObject)

REFUND_REASONS: Mapping[str, Literal["requested_by_customer", "fraudulent"]] = {
    "customer_request": "requested_by_customer",
    "fraud": "fraudulent",
}
# Answers Stripe gives without having looked at the request: they are not kept for its idempotency key.
NOT_EXECUTED = (401, 403, 409, 429)
MAY_PASS_LATER = ("balance_insufficient",)


class StripeGateway:
    """Calls answer with the object as plain JSON, and raise ProviderError. Amounts are minor units."""

    def __init__(self, api_key: str, url: str | None, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._http = stripe.HTTPXClient(timeout=timeout_seconds)
        self._stripe = stripe.StripeClient(
            api_key,
            base_addresses={"api": url} if url else None,
            http_client=self._http,
            max_network_retries=0,
        ).v1

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def check(self) -> None:
        """Whether the key is good: reads at most one payment intent."""
        async with self._asking():
            await self._stripe.payment_intents.list_async({"limit": 1})

    async def create_payment_intent(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:
        """Opens the intent of a prepared card payment; it takes no money before it is confirmed."""
        params: PaymentIntentCreateParams = {
            "amount": prepared["amount"],
            "currency": prepared["currency"],
            "capture_method": prepared["capture_method"],
            "allowed_payment_method_types": ["card"],
            "metadata": prepared["metadata"],
        }
        if prepared.get("description"):
            params["description"] = prepared["description"]
        if prepared.get("customer_email"):
            params["receipt_email"] = prepared["customer_email"]
        async with self._asking():
            return _as_json(
                await self._stripe.payment_intents.create_async(params, {"idempotency_key": idempotency_key})
            )

    async def create_pix_charge(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:
        """Opens the intent of a prepared payment by PIX and confirms it, which shows the code to pay."""
        params: PaymentIntentCreateParams = {
            "amount": prepared["amount"],
            "currency": prepared["currency"],
            "allowed_payment_method_types": ["pix"],
            "payment_method_data": {"type": "pix"},
            "payment_method_options": {"pix": {"expires_at": prepared["expires_at"]}},
            "confirm": True,
            "description": prepared["description"],
            "metadata": prepared["metadata"],
        }
        async with self._asking():
            return _as_json(
                await self._stripe.payment_intents.create_async(params, {"idempotency_key": idempotency_key})
            )

    async def confirm_payment_intent(
        self, intent_id: str, payment_method_id: str, idempotency_key: str
    ) -> Object:
        """Tries to pay with a payment method that the browser made."""
        confirming = self._stripe.payment_intents.confirm_async(
            intent_id, {"payment_method": payment_method_id}, {"idempotency_key": idempotency_key}
        )
        return await self._move(intent_id, confirming)

    async def cancel_payment_intent(self, intent_id: str, idempotency_key: str) -> Object:
        """Cancels an intent that is not paid yet."""
        cancelling = self._stripe.payment_intents.cancel_async(
            intent_id, {}, {"idempotency_key": idempotency_key}
        )
        return await self._move(intent_id, cancelling)

    async def _move(self, intent_id: str, change: Awaitable[stripe.PaymentIntent]) -> Object:
        """An intent that was moved on by somebody else is answered as it stands."""
        try:
            async with self._asking():
                return _as_json(await change)
        except ProviderError as error:
            if error.code != "payment_intent_unexpected_state":
                raise
        return await self.fetch("payment_intent", intent_id)

    async def create_checkout_session(self, prepared: Mapping[str, Any], idempotency_key: str) -> Object:
        """Opens the page on which a prepared payment is made; it closes at `expires_at`."""
        params: SessionCreateParams = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": prepared["currency"],
                        "unit_amount": prepared["amount"],
                        "product_data": {"name": prepared["description"]},
                    },
                }
            ],
            "success_url": prepared["success_url"],
            "expires_at": prepared["expires_at"],
            "client_reference_id": prepared["booking_id"],
            "metadata": prepared["metadata"],
            "payment_intent_data": {
                "capture_method": prepared["capture_method"],
                "description": prepared["description"],
                "metadata": prepared["metadata"],
            },
        }
        if prepared["cancel_url"]:
            params["cancel_url"] = prepared["cancel_url"]
        async with self._asking():
            return _as_json(
                await self._stripe.checkout.sessions.create_async(
                    params, {"idempotency_key": idempotency_key}
                )
            )

    async def expire_checkout_session(self, session_id: str, idempotency_key: str) -> Object:
        """Closes a page. One that was closed already, or paid on, is answered as it stands."""
        try:
            async with self._asking():
                return _as_json(
                    await self._stripe.checkout.sessions.expire_async(
                        session_id, {}, {"idempotency_key": idempotency_key}
                    )
                )
        except ProviderError as error:
            if error.retry:
                raise
            session = await self.fetch("checkout.session", session_id)
            if session["status"] == "open":
                raise
            return session

    async def create_refund(self, refund: Mapping[str, Any], outbox_id: str, idempotency_key: str) -> Object:
        """Refunds a payment, in part or in full."""
        params: RefundCreateParams = {
            "payment_intent": refund["payment_intent_id"],
            "amount": refund["amount"],
            "metadata": {
                "refund_id": refund["refund_id"],
                "payment_id": refund["payment_id"],
                "booking_id": refund["booking_id"],
                "outbox_id": outbox_id,
            },
        }
        if reason := REFUND_REASONS.get(refund.get("reason", "")):
            params["reason"] = reason
        async with self._asking():
            return _as_json(
                await self._stripe.refunds.create_async(params, {"idempotency_key": idempotency_key})
            )

    async def find_refund(self, intent_id: str, outbox_id: str) -> Object | None:
        """The refund that an earlier try of the same command made."""
        async with self._asking():
            page = await self._stripe.refunds.list_async({"payment_intent": intent_id, "limit": 100})
            async for refund in _every(page):
                found = _as_json(refund)
                if (found.get("metadata") or {}).get("outbox_id") == outbox_id:
                    return found
        return None

    async def create_transfer(
        self, transfer: Mapping[str, Any], outbox_id: str, idempotency_key: str
    ) -> Object:
        """Sends money of ours to a connected account; the transfers of one payout are a group."""
        params: TransferCreateParams = {
            "amount": transfer["amount"],
            "currency": transfer["currency"],
            "destination": transfer["destination"],
            "transfer_group": transfer["payout_id"],
            "metadata": {
                "payout_id": transfer["payout_id"],
                "booking_id": transfer["booking_id"],
                "outbox_id": outbox_id,
            },
        }
        async with self._asking():
            return _as_json(
                await self._stripe.transfers.create_async(params, {"idempotency_key": idempotency_key})
            )

    async def find_transfer(self, payout_id: str, outbox_id: str) -> Object | None:
        """The transfer that an earlier try of the same command made."""
        async with self._asking():
            page = await self._stripe.transfers.list_async({"transfer_group": payout_id, "limit": 100})
            async for transfer in _every(page):
                found = _as_json(transfer)
                if (found.get("metadata") or {}).get("outbox_id") == outbox_id:
                    return found
        return None

    async def fetch(self, kind: str, object_id: str) -> Object:
        """Reads an object as it is now."""
        async with self._asking():
            match kind:
                case "payment_intent":
                    return _as_json(await self._stripe.payment_intents.retrieve_async(object_id))
                case "checkout.session":
                    return _as_json(await self._stripe.checkout.sessions.retrieve_async(object_id))
                case "charge":
                    return _as_json(await self._stripe.charges.retrieve_async(object_id))
                case "refund":
                    return _as_json(await self._stripe.refunds.retrieve_async(object_id))
                case "account":
                    return _as_json(await self._stripe.accounts.retrieve_async(object_id))
                case "balance_transaction":
                    return _as_json(await self._stripe.balance_transactions.retrieve_async(object_id))
        raise ProviderError("UNKNOWN_OBJECT", f"{kind} objects are not fetched", answered=False, retry=False)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        """Bounds all of a call, however slowly the answer drips in, and says in our terms how it failed."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                yield
        except (stripe.APIConnectionError, TimeoutError, UnicodeDecodeError) as error:
            raise ProviderError("NO_ANSWER", "Stripe did not answer.", answered=False, retry=True) from error
        except stripe.StripeError as error:
            raise _translated(error) from error


def _as_json(found: stripe.StripeObject) -> Object:
    """Whatever answers with something else, such as a proxy, has not told what Stripe did."""
    answer = found.to_dict(for_json=True) if isinstance(found, stripe.StripeObject) else {}
    if not isinstance(answer.get("id"), str):
        raise ProviderError("NO_ANSWER", "Stripe's answer is no object.", answered=False, retry=True)
    return answer


def _every(page: stripe.ListObject[Listed]) -> AsyncIterator[Listed]:
    if not isinstance(page, stripe.ListObject):
        raise ProviderError("NO_ANSWER", "Stripe's answer is no list.", answered=False, retry=True)
    return page.auto_paging_iter()


def _translated(error: stripe.StripeError) -> ProviderError:
    """An error without an error's status is an answer that could not be read."""
    status = error.http_status or 500
    if status < 400:
        return ProviderError("NO_ANSWER", "Stripe's answer is not JSON.", answered=False, retry=True)
    code = error.code or (error.error.type if error.error else None) or "api_error"
    return ProviderError(
        code,
        (error.user_message or "Stripe refused the request.")[:LONGEST_MESSAGE],
        answered=status not in NOT_EXECUTED,
        retry=status >= 500 or status in NOT_EXECUTED or code in MAY_PASS_LATER,
        details={
            "http_status": status,
            "decline_code": error.error.decline_code if error.error else None,
            "param": error.error.param if error.error else None,
            "request_id": error.request_id,
        },
    )
