"""The v1 API over HTTP: keys, parameters, idempotency, then the model."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.faults import Fault, Faults, stay_silent
from tests.standins.stripe_endpoints import ENDPOINTS, Endpoint
from tests.standins.stripe_model import payments
from tests.standins.stripe_model.errors import StripeError, not_modelled
from tests.standins.stripe_model.params import Params, parse_form, validate
from tests.standins.stripe_model.store import API_VERSION, Object, Store, expand

DAY_SECONDS = 86_400
_KEY_LENGTH = 255
_FROM_STRIPE_JS = {"key", "client_secret", "expected_payment_method_type", "use_stripe_sdk"}
_HIDDEN_FROM_CUSTOMERS = {
    "amount_capturable",
    "amount_received",
    "customer",
    "latest_charge",
    "metadata",
    "on_behalf_of",
    "transfer_data",
    "transfer_group",
}


@dataclass
class Answer:
    """What a request came to, remembered for its idempotency key; no status while it is under way."""

    path: str
    params: Params
    request_id: str
    at: float = field(default_factory=time.time)
    status: int | None = None
    body: Object = field(default_factory=dict)


@dataclass
class Call:
    """One request on its way through the API."""

    request: Request
    id: str
    key: str | None
    headers: dict[str, str]
    fault: Fault | None
    params: Params = field(default_factory=dict)
    by_customer: bool = False
    """Whether a browser asks, with the publishable key."""

    @property
    def path(self) -> str:
        return self.request.url.path


class StripeApi:
    """The API's face: one store, its keys, its remembered answers."""

    def __init__(self, store: Store, faults: Faults, secret_key: str, publishable_key: str) -> None:
        self.store = store
        self.faults = faults
        self.secret_key = secret_key
        self.publishable_key = publishable_key
        self.answers: dict[str, Answer] = {}
        self.log: list[dict[str, Any]] = []

    def reset(self) -> None:
        """A fresh account."""
        self.store.reset()
        self.answers.clear()

    def routes(self) -> list[Route]:
        known = [Route(e.path, partial(self.serve, e), methods=[e.method]) for e in ENDPOINTS]
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [*known, Route("/v1/{rest:path}", partial(self.serve, None), methods=methods)]

    async def serve(self, endpoint: Endpoint | None, request: Request) -> Response:
        """Answer one request and log it."""
        request_id = self.store.new_id("req")
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        if key:
            headers["Idempotency-Key"] = key
        call = Call(request, request_id, key, headers, self.faults.take(request))
        entry: dict[str, Any] = {
            "id": call.id,
            "method": request.method,
            "path": call.path,
            "idempotency_key": key,
        }
        self.log.append(entry)
        try:
            encoded = request.url.query if request.method == "GET" else (await request.body()).decode()
            call.params = entry["params"] = parse_form(encoded)
            call.by_customer = self._authenticate(call)
            self._check_envelope(endpoint, call)
            if call.fault and call.fault.is_silent and not call.fault.executes:
                return await stay_silent(call.fault, request)
            assert endpoint is not None
            status, body = await self._answer(endpoint, call)
        except StripeError as error:
            status, body = error.status, {"error": error.error}
        entry |= {"status": status, "replayed": "Idempotent-Replayed" in headers}
        if call.fault and call.fault.is_silent:
            return await stay_silent(call.fault, request)
        if status >= 500:
            headers["Stripe-Should-Retry"] = "false"
        if "error" in body:
            body["error"]["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return JSONResponse(body, status_code=status, headers=headers)

    def _authenticate(self, call: Call) -> bool:
        """Whether a customer's browser is asking."""
        scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else call.params.get("key", "")
        if not given:
            raise StripeError(
                "You did not provide an API key. You need to provide it in the Authorization header, using "
                "Bearer auth.",
                status=401,
            )
        if given not in (self.secret_key, self.publishable_key):
            raise StripeError(f"Invalid API Key provided: {given[:8]}{'*' * 8}{given[-4:]}", status=401)
        return bool(given == self.publishable_key)

    def _check_envelope(self, endpoint: Endpoint | None, call: Call) -> None:
        """What is wrong before any parameter is looked at."""
        headers = call.request.headers
        if headers.get("stripe-version", API_VERSION) != API_VERSION:
            raise StripeError(f"Invalid Stripe API version. The stand-in speaks {API_VERSION}.")
        if "stripe-account" in headers:
            raise StripeError(
                f"The provided key does not have access to account '{headers['stripe-account']}' (or it does "
                "not exist).",
                code="account_invalid",
                status=403,
            )
        if call.fault and call.fault.kind == "rate_limit":
            raise StripeError("Request rate limit exceeded.", code="rate_limit", status=429)
        if endpoint is None:
            raise StripeError(f"Unrecognized request URL ({call.request.method}: {call.path}).", status=404)
        if "json" in headers.get("content-type", ""):
            raise StripeError("The v1 API takes form-encoded parameters, not JSON.")
        if call.by_customer and endpoint.by_customer is None:
            raise StripeError(
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
                code="secret_key_required",
                status=401,
            )

    async def _answer(self, endpoint: Endpoint, call: Call) -> tuple[int, Object]:
        """Repeat what is remembered for the key; else check the parameters, do the work and remember it."""
        answer = self._remembered(call)
        if answer:
            call.headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request_id}
        else:
            params = self._checked(endpoint, call)
            answer = Answer(call.path, call.params, call.id)
            if call.key:
                self.answers[call.key] = answer
            await asyncio.sleep(self.faults.latency_seconds)
            self.store.request = {"id": call.id, "idempotency_key": call.key}
            answer.status, answer.body = self._execute(endpoint, params, call)
            self.store.request = {"id": None, "idempotency_key": None}
        assert answer.status is not None
        return answer.status, json.loads(json.dumps(answer.body))

    def _remembered(self, call: Call) -> Answer | None:
        """The answer an earlier request with this key got, if this one is the same request."""
        if call.key is None:
            return None
        if len(call.key) > _KEY_LENGTH:
            raise StripeError(f"Idempotency keys can have up to {_KEY_LENGTH} characters.")
        answer = self.answers.get(call.key)
        if answer is None or answer.at < time.time() - DAY_SECONDS:
            return None
        if answer.path != call.path:
            raise StripeError(
                "Keys for idempotent requests can only be used for the same endpoint they were first used "
                f"for ('{call.path}' vs '{answer.path}'). Try using a key other than '{call.key}' if you "
                "meant to execute a different request.",
                type="idempotency_error",
            )
        if answer.params != call.params:
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{call.key}' if you meant to execute a different request.",
                type="idempotency_error",
            )
        if answer.status is None:
            call.headers["Stripe-Should-Retry"] = "true"
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably "
                "means you submitted twice, and the other request is still going through): "
                f"{call.key}. Please try again later.",
                code="idempotency_key_in_use",
                type="idempotency_error",
                status=409,
            )
        return answer

    def _checked(self, endpoint: Endpoint, call: Call) -> Params:
        """The parameters with their types; what is refused here is not remembered for the key."""
        given = call.params
        if call.by_customer:
            if "client_secret" not in given:
                raise StripeError(
                    "Missing required param: client_secret.", code="parameter_missing", param="client_secret"
                )
            given = {name: value for name, value in given.items() if name not in _FROM_STRIPE_JS}
        if "payment_method_types" in given and call.path.startswith("/v1/payment_intents"):
            raise StripeError(
                "payment_method_types is no longer supported. Use dynamic payment methods, or "
                "allowed_payment_method_types to limit them.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        params = validate(given, endpoint.schema)
        unknown = [] if endpoint.modelled is None else sorted(params.keys() - endpoint.modelled)
        if unknown:
            raise not_modelled(f"the parameter {', '.join(unknown)}")
        return params

    def _execute(self, endpoint: Endpoint, params: Params, call: Call) -> tuple[int, Object]:
        """Do the work; whatever comes of it, an error included, is the answer to remember."""
        ids = call.request.path_params.values()
        breakdown = call.fault if call.fault and call.fault.kind == "error" else None
        if breakdown and not breakdown.executes:
            return _broken(breakdown)
        try:
            handler = endpoint.handler
            if "client_secret" in call.params:
                self._check_client_secret(call.params["client_secret"], *ids)
            if call.by_customer and endpoint.by_customer:
                handler = endpoint.by_customer
            body = expand(self.store, handler(self.store, params, *ids), params.get("expand", []))
        except StripeError as error:
            return error.status, {"error": error.error}
        if breakdown:
            return _broken(breakdown)
        hidden = _HIDDEN_FROM_CUSTOMERS if call.by_customer else set()
        return 200, {name: value for name, value in body.items() if name not in hidden}

    def _check_client_secret(self, client_secret: str, intent_id: str) -> None:
        intent = payments.retrieve(self.store, {}, intent_id)
        if client_secret != intent["client_secret"]:
            raise StripeError(
                "The client_secret provided does not match the one associated with the PaymentIntent.",
                code="payment_intent_invalid_parameter",
                param="client_secret",
            )


def _broken(fault: Fault) -> tuple[int, Object]:
    error = StripeError("An unknown error occurred.", type="api_error", code=fault.code or None)
    return fault.status, {"error": error.error}
