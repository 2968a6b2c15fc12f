"""What the tests do at each provider, in the same words for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from tests.refunds.stay import Town


class Side(ABC):
    """One provider's side of payments by PIX."""

    name: ClassVar[str]
    method: ClassVar[str]

    def __init__(self, town: Town) -> None:
        self.town, self.market = town, town.market

    def charge_id(self, charge: dict[str, Any]) -> str:
        """What the provider calls a charge."""
        query = "select provider_charge_id from payments.pix_charges where id = %s"
        known_by: str = self.market.value(query, charge["pix_charge_id"])
        return known_by

    @abstractmethod
    def pay(self, charge: dict[str, Any]) -> None:
        """The customer's bank pays the code. We have not heard of it yet."""

    @abstractmethod
    def hear(self) -> None:
        """The provider's webhooks arrive."""

    @abstractmethod
    def lose_webhooks(self) -> None:
        """The provider's webhooks do not arrive."""

    def finish_refunds(self) -> None:  # noqa: B027 (most providers need no time for it)
        """Refunds that wait at the provider arrive."""


class StripeSide(Side):
    name, method = "stripe", "stripe_pix"

    def pay(self, charge: dict[str, Any]) -> None:
        self.market.stripe.pay_pix(self.charge_id(charge))

    def hear(self) -> None:
        self.market.stripe.release_webhooks()
        self.market.stripe.settle()
        self.market.stripe.hold_webhooks()

    def lose_webhooks(self) -> None:
        stripe = self.market.stripe
        stripe.drop_webhooks([each["id"] for each in stripe.deliveries() if each["state"] == "held"])


class PixSide(Side):
    """A provider that does nothing but PIX."""

    @property
    def standin(self) -> Any:
        return getattr(self.market, self.name)

    def pay(self, charge: dict[str, Any]) -> None:
        self.standin.pay(self.charge_id(charge))

    def hear(self) -> None:
        self.standin.release_webhooks()
        self.standin.settle()
        self.standin.hold_webhooks()

    def lose_webhooks(self) -> None:
        held = [each["id"] for each in self.standin.deliveries() if each["state"] == "held"]
        self.standin.drop_webhooks(held)


class MercadoPagoSide(PixSide):
    name, method = "mercadopago", "mercadopago_pix"


class OpenPixSide(PixSide):
    name, method = "openpix", "openpix"

    def finish_refunds(self) -> None:
        query = "select id from payments.refunds where status = 'pending' and gateway_refund_id is not null"
        for (refund_id,) in self.market.rows(query):
            self.standin.decide_refund(str(refund_id), confirmed=True)
