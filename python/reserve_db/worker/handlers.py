"""Topic by topic, how a command is carried out. A handler answers with the provider's object."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reserve_db.host_client import HostClient
from reserve_db.stripe_gateway import StripeGateway

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

    async def fetch_stripe_object(command: Command) -> Object:
        return _stored(await stripe.fetch(command.payload["object"], command.payload["id"]))

    return {
        "payments.create_refund": create_refund,
        "payments.cancel_payment_intent": cancel_payment_intent,
        "payments.fetch_stripe_object": fetch_stripe_object,
    }


def host_handlers(host: HostClient) -> dict[str, Handler]:
    async def commit_booking(command: Command) -> Object:
        return await host.book(command.payload)

    async def cancel_booking(command: Command) -> Object:
        return await host.cancel(command.payload["reservation_id"], command.payload.get("host_booking_id"))

    return {"lodging.commit_booking": commit_booking, "lodging.cancel_booking": cancel_booking}


def _stored(found: Object) -> Object:
    """A client secret can pay or change an intent; it stays out of the database."""
    return {name: value for name, value in found.items() if name != "client_secret"}
