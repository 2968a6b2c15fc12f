"""What happens outside the API: the customer's pages, the banks, and the passing of time."""

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.standins.controls import ControlError, json_body
from tests.standins.stripe_api import StripeApi
from tests.standins.stripe_model import checkout, disputes, payments, refunds
from tests.standins.stripe_model.errors import StripeError
from tests.standins.stripe_model.store import Object


def stripe_routes(api: StripeApi) -> list[Route]:
    """``/customer/...`` is what a customer's browser or bank does; ``/_test/...`` what nobody can ask for."""
    store = api.store

    def find(name: str, request: Request, *states: str) -> Object:
        try:
            found = store.find(name, request.path_params["id"], "id")
        except StripeError as error:
            raise ControlError(str(error)) from error
        if states and found["status"] not in states:
            raise ControlError(f"{found['id']} is {found['status']}, not {' or '.join(states)}")
        return found

    async def authenticate(request: Request) -> Response:
        """The bank's page: ``{"outcome": "succeeds" | "fails"}``."""
        intent = find("payment_intent", request, "requires_action")
        if (await json_body(request)).get("outcome", "succeeds") == "succeeds":
            payments.pay(store, intent)
        else:
            payments.fail(
                store,
                intent,
                "payment_intent_authentication_failure",
                "We are unable to authenticate your payment method. Please choose a different payment "
                "method and try again.",
            )
        return JSONResponse(intent)

    async def pay_pix(request: Request) -> Response:
        """The banking app: ``{"outcome": "pays" | "expires"}``."""
        intent = find("payment_intent", request, "requires_action")
        if (await json_body(request)).get("outcome", "pays") == "pays":
            payments.pay(store, intent)
        else:
            payments.fail(
                store,
                intent,
                "payment_intent_payment_attempt_expired",
                "The Pix code expired before it was paid.",
            )
        return JSONResponse(intent)

    async def pay_session(request: Request) -> Response:
        """The hosted page: ``{"payment_method": "pm_card_visa"}``; goes on to the success URL."""
        session = find("checkout.session", request)
        try:
            checkout.complete(
                store, session, (await json_body(request)).get("payment_method", "pm_card_visa")
            )
        except StripeError as error:
            return JSONResponse({"error": error.error}, status_code=error.status)
        if session["status"] != "complete":
            return JSONResponse(store.objects[session["payment_intent"]], status_code=202)
        url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return RedirectResponse(url, status_code=303)

    async def settle_intent(request: Request) -> Response:
        """A payment of the slow kind arrives, or does not: ``{"outcome": "succeeds" | "fails"}``."""
        intent = find("payment_intent", request, "processing")
        if (await json_body(request)).get("outcome", "succeeds") == "succeeds":
            payments.pay(store, intent)
        else:
            payments.fail(store, intent, "payment_intent_payment_attempt_failed", "The payment failed.")
        checkout.settle(store, intent)
        return JSONResponse(intent)

    async def expire_intent(request: Request) -> Response:
        """An authorisation lapses."""
        return JSONResponse(
            payments.expire_authorisation(store, find("payment_intent", request, "requires_capture"))
        )

    async def expire_session(request: Request) -> Response:
        """A hosted page reaches its end."""
        return JSONResponse(checkout.expire(store, {}, find("checkout.session", request, "open")["id"]))

    async def succeed_refund(request: Request) -> Response:
        return JSONResponse(refunds.succeed(store, find("refund", request, "pending")))

    async def fail_refund(request: Request) -> Response:
        reason = (await json_body(request)).get("reason", "expired_or_canceled_card")
        return JSONResponse(refunds.fail(store, find("refund", request, "pending", "succeeded"), reason))

    async def open_dispute(request: Request) -> Response:
        """``{"reason", "amount", "fee"}``, all optional."""
        charge = find("charge", request, "succeeded")
        body = {"reason": "fraudulent"} | await json_body(request)
        return JSONResponse(disputes.open_dispute(store, charge, **body))

    async def close_dispute(request: Request) -> Response:
        """``{"status": "won" | "lost", "fee_returned": false}``"""
        dispute = find("dispute", request, "needs_response", "under_review")
        body = await json_body(request)
        if body.get("status") not in ("won", "lost"):
            raise ControlError("a dispute is closed as won or lost")
        return JSONResponse(disputes.close(store, dispute, **body))

    async def add_account(request: Request) -> Response:
        store.accounts.add(request.path_params["id"])
        return JSONResponse({})

    async def forget_keys(_: Request) -> Response:
        """As if a day had passed since every idempotency key."""
        api.answers.clear()
        return JSONResponse({})

    async def set_clock(request: Request) -> Response:
        """``{"now": 1893456000}``: from here on it goes on as usual."""
        store.seconds_ahead = 0
        store.seconds_ahead = (await json_body(request))["now"] - store.now()
        return JSONResponse({})

    async def events(_: Request) -> Response:
        return JSONResponse(store.every("event"))

    return [
        Route("/customer/authenticate/{id}", authenticate, methods=["POST"]),
        Route("/customer/pix/{id}", pay_pix, methods=["POST"]),
        Route("/customer/checkout/{id}", pay_session, methods=["POST"]),
        Route("/_test/payment_intents/{id}/settle", settle_intent, methods=["POST"]),
        Route("/_test/payment_intents/{id}/expire", expire_intent, methods=["POST"]),
        Route("/_test/checkout_sessions/{id}/expire", expire_session, methods=["POST"]),
        Route("/_test/refunds/{id}/succeed", succeed_refund, methods=["POST"]),
        Route("/_test/refunds/{id}/fail", fail_refund, methods=["POST"]),
        Route("/_test/charges/{id}/dispute", open_dispute, methods=["POST"]),
        Route("/_test/disputes/{id}/close", close_dispute, methods=["POST"]),
        Route("/_test/accounts/{id}", add_account, methods=["POST"]),
        Route("/_test/idempotency_keys", forget_keys, methods=["DELETE"]),
        Route("/_test/clock", set_clock, methods=["POST"]),
        Route("/_test/events", events, methods=["GET"]),
    ]
