"""Stripe over HTTP, strict, in memory: ``python -m tests.standins.stripe_server --port 0``.

It speaks the v1 API of the installed SDK's version, delivers signed webhooks, and has controls for what
no API call can bring about. It prints its URL; product code is given that URL and nothing else.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal

import httpx
import stripe
from starlette.applications import Starlette

from tests.standins.controls import ControlError, refuse_control, shared_routes
from tests.standins.deliveries import Deliveries
from tests.standins.faults import Faults
from tests.standins.process import StandIn, serve
from tests.standins.stripe_api import StripeApi
from tests.standins.stripe_controls import stripe_routes
from tests.standins.stripe_model.store import Object, Store

SECRET_KEY = "sk_test_standin"
PUBLISHABLE_KEY = "pk_test_standin"
WEBHOOK_SECRET = "whsec_standin"
ACCOUNT = "acct_standin_owner"


def build_app(url: str, options: argparse.Namespace) -> Starlette:
    """The server as an ASGI application; ``url`` is where customers find its pages."""
    deliveries = Deliveries(
        "Stripe-Signature", options.webhook_url, options.webhook_secret or [WEBHOOK_SECRET]
    )

    def announce(event: Object) -> None:
        deliveries.add(event["id"], event["type"], json.dumps(event, indent=2).encode())

    faults = Faults()
    store = Store(url, options.account or [ACCOUNT], announce)
    api = StripeApi(store, faults, options.api_key, options.publishable_key)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(deliveries.run())
        yield
        delivering.cancel()

    routes = [*shared_routes(deliveries, faults, api.log, api.reset), *stripe_routes(api), *api.routes()]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={ControlError: refuse_control})


class StripeStandIn(StandIn):
    """The server as a process of its own, steered by methods; see ``stripe_controls`` for what they do.

    ``with StripeStandIn(webhook_url=...) as stripe_standin: stripe_standin.client()...``
    """

    module = "tests.standins.stripe_server"

    def __init__(
        self,
        webhook_url: str | None = None,
        webhook_secrets: Sequence[str] = (WEBHOOK_SECRET,),
        accounts: Sequence[str] = (ACCOUNT,),
    ) -> None:
        arguments = ["--webhook-url", webhook_url] if webhook_url else []
        arguments += [part for secret in webhook_secrets for part in ("--webhook-secret", secret)]
        arguments += [part for account in accounts for part in ("--account", account)]
        super().__init__(arguments)

    def client(self, api_key: str = SECRET_KEY, max_network_retries: int = 0) -> stripe.StripeClient:
        """The real SDK, pointed here."""
        return stripe.StripeClient(
            api_key, base_addresses={"api": self.url}, max_network_retries=max_network_retries
        )

    def confirm_in_browser(
        self, client_secret: str, payment_method: str = "pm_card_visa", **params: str
    ) -> httpx.Response:
        """Confirm as Stripe.js does, with the publishable key and the intent's client secret.

        ``payment_method="pix"`` chooses Pix instead of a card.
        """
        intent_id = client_secret.split("_secret_")[0]
        chosen = (
            {"payment_method_data[type]": "pix"}
            if payment_method == "pix"
            else {"payment_method": payment_method}
        )
        data = {"key": PUBLISHABLE_KEY, "client_secret": client_secret, **chosen, **params}
        return self.http.post(f"/v1/payment_intents/{intent_id}/confirm", data=data)

    def authenticate(self, intent_id: str, outcome: Literal["succeeds", "fails"] = "succeeds") -> Object:
        """The customer answers the bank's question."""
        return self._customer(f"authenticate/{intent_id}", outcome=outcome)

    def pay_pix(self, intent_id: str, outcome: Literal["pays", "expires"] = "pays") -> Object:
        """The customer pays the Pix code, or lets it lapse."""
        return self._customer(f"pix/{intent_id}", outcome=outcome)

    def pay_checkout(self, session_id: str, payment_method: str = "pm_card_visa") -> httpx.Response:
        """The customer pays on the hosted page: 303 to the success URL, 402 when declined."""
        return self.http.post(f"/customer/checkout/{session_id}", json={"payment_method": payment_method})

    def settle_intent(self, intent_id: str, outcome: Literal["succeeds", "fails"] = "succeeds") -> Object:
        return self._state("payment_intents", intent_id, "settle", outcome=outcome)

    def expire_authorisation(self, intent_id: str) -> Object:
        return self._state("payment_intents", intent_id, "expire")

    def expire_session(self, session_id: str) -> Object:
        return self._state("checkout_sessions", session_id, "expire")

    def succeed_refund(self, refund_id: str) -> Object:
        return self._state("refunds", refund_id, "succeed")

    def fail_refund(self, refund_id: str, reason: str = "expired_or_canceled_card") -> Object:
        return self._state("refunds", refund_id, "fail", reason=reason)

    def open_dispute(self, charge_id: str, **details: Any) -> Object:
        """``reason``, ``amount`` and ``fee`` (minor units) may be given."""
        return self._state("charges", charge_id, "dispute", **details)

    def close_dispute(
        self, dispute_id: str, status: Literal["won", "lost"], fee_returned: bool = False
    ) -> Object:
        return self._state("disputes", dispute_id, "close", status=status, fee_returned=fee_returned)

    def add_account(self, account_id: str) -> None:
        self.control("POST", f"accounts/{account_id}")

    def forget_idempotency_keys(self) -> None:
        """As if a day had passed."""
        self.control("DELETE", "idempotency_keys")

    def set_clock(self, now: datetime) -> None:
        """Start at another time; objects are stamped by it, and end by it."""
        self.control("POST", "clock", now=int(now.timestamp()))

    def events(self, event_type: str = "") -> list[Object]:
        """All events so far, oldest first, of one type if given."""
        every: list[Object] = self.control("GET", "events")
        return [event for event in every if event_type in ("", event["type"])]

    def _state(self, kind: str, object_id: str, change: str, **body: Any) -> Object:
        changed: Object = self.control("POST", f"{kind}/{object_id}/{change}", **body)
        return changed

    def _customer(self, path: str, **body: Any) -> Object:
        response = self.http.post(f"/customer/{path}", json=body)
        assert response.is_success, response.text
        changed: Object = response.json()
        return changed


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--api-key", default=SECRET_KEY)
    parser.add_argument("--publishable-key", default=PUBLISHABLE_KEY)
    parser.add_argument("--webhook-url", help="where events are posted; without it they are held")
    parser.add_argument(
        "--webhook-secret", action="append", help="signs the events; repeat it while rotating"
    )
    parser.add_argument("--account", action="append", help="a connected account that exists; repeatable")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    serve(lambda url: build_app(url, options), options.port, options.stop_with_stdin)


if __name__ == "__main__":
    main()
