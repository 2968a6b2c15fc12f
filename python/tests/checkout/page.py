"""Stripe's page for an order: what our side answers of it, and what a customer does there."""

from __future__ import annotations

from typing import Any

import httpx
import stripe

from tests.refunds.stay import Stay, Town

SUCCESS_URL = "https://stays.example/paid?session={CHECKOUT_SESSION_ID}"


class Page:
    """The page on which an order is paid."""

    def __init__(self, town: Town, booking_id: str, session_id: str) -> None:
        self.town, self._stripe = town, town.market.stripe
        self._mine = {"booking_id": booking_id, "session_id": session_id}
        self.opened: dict[str, Any] = {}

    @classmethod
    def of(cls, stay: Stay) -> Page:
        return cls(stay.town, stay.id, stay.guest.session_id)

    def ask(self, **more: Any) -> httpx.Response:
        """Asks for the page, as the customer's browser does."""
        return self.town.market.post(
            "create_checkout_session", {**self._mine, "success_url": SUCCESS_URL, **more}
        )

    def open(self, **more: Any) -> dict[str, Any]:
        """Asks for the page, which must be given."""
        answer = self.ask(**more)
        assert answer.status_code == 200, answer.text
        self.opened = answer.json()["data"]
        return self.opened

    def error(self, **more: Any) -> tuple[int, str]:
        answer = self.ask(**more)
        return answer.status_code, answer.json()["error"]["code"]

    def pay(self, payment_method: str = "pm_card_visa") -> int:
        """The HTTP status with which the page answers: 303 when the customer is sent on."""
        return self._stripe.pay_checkout(self.opened["checkout_session_id"], payment_method).status_code

    def expire(self) -> None:
        """Its time is over."""
        self._stripe.expire_session(self.opened["checkout_session_id"])

    @property
    def at_stripe(self) -> stripe.checkout.Session:
        return self._stripe.client().v1.checkout.sessions.retrieve(self.opened["checkout_session_id"])
