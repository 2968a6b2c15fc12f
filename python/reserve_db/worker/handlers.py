"""Topic by topic, how a command is carried out. A handler answers with the provider's object."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reserve_db.host_client import HostClient
from reserve_db.logs import facts
from reserve_db.pix.provider import PaymentProvider
from reserve_db.stripe_gateway import StripeGateway

log = logging.getLogger("reserve_db.worker")

Object = dict[str, Any]
Handler = Callable[["Command"], Awaitable[Object]]


@dataclass(frozen=True)
class Command:
    """A leased command. The key stays the same until the provider has answered with an error."""

    id: str
    topic: str
    payload: Mapping[str, Any]
    attempt: int
    generation: int
    claim_token: str
    idempotency_key: str
    look_up_first: bool

    @classmethod
    def from_json(cls, claimed: Mapping[str, Any]) -> Command:
        return cls(**{name: claimed[name] for name in cls.__dataclass_fields__})


def stripe_handlers(stripe: StripeGateway) -> dict[str, Handler]:
    async def create_refund(command: Command) -> Object:
        refund = command.payload
        if command.look_up_first or command.generation > 0:
            earlier = await stripe.find_refund(refund["payment_intent_id"], command.id)
            if earlier is not None:
                return earlier
        return await stripe.create_refund(refund, command.id, command.idempotency_key)

    async def cancel_payment_intent(command: Command) -> Object:
        intent_id = command.payload["payment_intent_id"]
        return _stored(await stripe.cancel_payment_intent(intent_id, command.idempotency_key))

    async def expire_checkout_session(command: Command) -> Object:
        session_id = command.payload["checkout_session_id"]
        return await stripe.expire_checkout_session(session_id, command.idempotency_key)

    async def create_transfer(command: Command) -> Object:
        transfer = command.payload
        if command.look_up_first or command.generation > 0:
            earlier = await stripe.find_transfer(transfer["payout_id"], command.id)
            if earlier is not None:
                return earlier
        return await stripe.create_transfer(transfer, command.id, command.idempotency_key)

    async def fetch_stripe_object(command: Command) -> Object:
        return _stored(await stripe.fetch(command.payload["object"], command.payload["id"]))

    return {
        "payments.create_refund": create_refund,
        "payments.cancel_payment_intent": cancel_payment_intent,
        "payments.expire_checkout_session": expire_checkout_session,
        "payments.create_transfer": create_transfer,
        "payments.fetch_stripe_object": fetch_stripe_object,
    }


def provider_handlers(name: str, provider: PaymentProvider) -> dict[str, Handler]:
    """What is done at a provider of PIX."""

    async def create_refund(command: Command) -> Object:
        return await provider.create_refund(command.payload, command.id, command.idempotency_key)

    async def cancel_payment_intent(command: Command) -> Object:
        intent_id = command.payload["payment_intent_id"]
        return await provider.cancel_payment_intent(intent_id, command.idempotency_key)

    async def fetch_payment(command: Command) -> Object:
        return await provider.fetch(command.payload["object"], command.payload["id"])

    return {
        f"payments.create_refund.{name}": create_refund,
        f"payments.cancel_payment_intent.{name}": cancel_payment_intent,
        f"payments.fetch_payment.{name}": fetch_payment,
    }


def host_handlers(host: HostClient) -> dict[str, Handler]:
    async def commit_booking(command: Command) -> Object:
        return await host.book(command.payload)

    async def cancel_booking(command: Command) -> Object:
        return await host.cancel(command.payload["reservation_id"], command.payload.get("host_booking_id"))

    async def fetch_host_page(command: Command) -> Object:
        asked = command.payload
        return await host.list_page(asked["kind"], asked["cursor"], asked["limit"])

    async def look_up_booking(command: Command) -> Object:
        return await host.look_up(command.payload["host_booking_id"])

    return {
        "lodging.commit_booking": commit_booking,
        "lodging.cancel_booking": cancel_booking,
        "integrations.fetch_host_page": fetch_host_page,
        "lodging.look_up_booking": look_up_booking,
    }


def audit_handlers(file: Path | None) -> dict[str, Handler]:
    """Heads go where nobody who can change the database can take them back: to the log, and to a file."""

    async def publish_heads(command: Command) -> Object:
        sealed_at, heads = command.payload["sealed_at"], command.payload["heads"]
        for head in heads:
            log.info("audit head", extra=facts(sealed_at=sealed_at, **head))
        if file is not None:
            await asyncio.to_thread(_append, file, [{"sealed_at": sealed_at, **head} for head in heads])
        return {}

    return {"audit.publish_heads": publish_heads}


def _append(file: Path, objects: Sequence[Object]) -> None:
    """JSON lines, in one write, on disk when it returns."""
    with file.open("a") as lines:
        lines.write("".join(f"{json.dumps(one)}\n" for one in objects))
        lines.flush()
        os.fsync(lines.fileno())


def _stored(found: Object) -> Object:
    """A client secret can pay or change an intent; it stays out of the database."""
    return {name: value for name, value in found.items() if name != "client_secret"}
