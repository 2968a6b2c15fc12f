"""The v1 API over HTTP: keys, parameters, idempotency, then the model."""

import asyncio
import json
import time
from collections.abc import Mapping
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
_FROM_STRIPE_JS = (
    "key",
    "client_secret",
    "expected_payment_method_type",
    "use_stripe_sdk",
    "_stripe_version",
)
_SHOWN_TO_CUSTOMERS = [
    "id",
    "object",
    "amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "status",
]


@dataclass
class Answer:
    """A stored result of a request with an idempotency key; no status while it is under way."""

    path: str
    params: Params
    request_id: str
    at: float = field(default_factory=time.time)
    status: int | None = None
    body: Object = field(default_factory=dict)


class StripeApi:
    """The API's face: one store, its keys, its remembered answers."""

    def __init__(self, store: Store, faults: Faults, secret_key: str, publishable_key: str) -> None:
        self.store = store
        self.faults = faults
        self.secret_key = secret_key
        self.publishable_key = publishable_key
        self.answers: dict[str, Answer] = {}
        self.log: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        known = [Route(e.path, partial(self.serve, e), methods=[e.method]) for e in ENDPOINTS]
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [*known, Route("/v1/{rest:path}", partial(self.serve, None), methods=methods)]

    async def serve(self, endpoint: Endpoint | None, request: Request) -> Response:
        """Answer one request and log it."""
        request_id = self.store.new_id("req")
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        encoded = (
            request.url.query if request.method in ("GET", "DELETE") else (await request.body()).decode()
        )
        entry: dict[str, Any] = {"id": request_id, "method": request.method, "path": request.url.path}
        entry |= {"idempotency_key": key, "params": {}, "status": None, "replayed": False}
        self.log.append(entry)
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        if key:
            headers["Idempotency-Key"] = key
        fault = self.faults.take(request)
        try:
            raw = parse_form(encoded)
            entry["params"] = raw
            by_customer = self._authenticate(request, raw)
            if fault and fault.kind == "rate_limit":
                raise StripeError(
                    "Request rate limit exceeded.",
                    code="rate_limit",
                    type="invalid_request_error",
                    status=429,
                )
            if fault and fault.is_silent and not fault.executes:
                return await stay_silent(fault, request)
            status, body = await self._answer(
                endpoint, request, raw, key, request_id, by_customer, fault, headers
            )
        except StripeError as error:
            status, body = error.status, {"error": error.error}
        entry |= {"status": status, "replayed": "Idempotent-Replayed" in headers}
        if fault and fault.is_silent:
            return await stay_silent(fault, request)
        if "error" in body:
            body["error"]["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return JSONResponse(body, status_code=status, headers=headers)

    def _authenticate(self, request: Request, raw: Params) -> bool:
        """Whether a customer's browser is asking, by the publishable key."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else raw.get("key", "")
        if not given:
            raise StripeError(
                "You did not provide an API key. You need to provide it in the Authorization header, "
                "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
                status=401,
            )
        if given not in (self.secret_key, self.publishable_key):
            raise StripeError(f"Invalid API Key provided: {given[:8]}{'*' * 8}{given[-4:]}", status=401)
        version = request.headers.get("stripe-version", API_VERSION)
        if version != API_VERSION:
            raise StripeError(f"Invalid Stripe API version: {version}. The stand-in speaks {API_VERSION}.")
        account = request.headers.get("stripe-account")
        if account and given == self.secret_key:
            raise StripeError(
                f"The provided key does not have access to account '{account}' (or it does not exist).",
                code="account_invalid",
                status=403,
            )
        return bool(given == self.publishable_key)

    async def _answer(
        self,
        endpoint: Endpoint | None,
        request: Request,
        raw: Params,
        key: str | None,
        request_id: str,
        by_customer: bool,
        fault: Fault | None,
        headers: dict[str, str],
    ) -> tuple[int, Object]:
        """Replay what is remembered for the key, or check the parameters, do the work and remember it."""
        if endpoint is None:
            raise StripeError(
                f"Unrecognized request URL ({request.method}: {request.url.path}). Please see "
                "https://stripe.com/docs or we can help at https://support.stripe.com/.",
                status=404,
            )
        if request.method == "POST" and "json" in request.headers.get("content-type", ""):
            raise StripeError("The v1 API takes form-encoded parameters, not JSON.")
        remembered = self._remembered(key, request.url.path, raw, headers)
        if remembered:
            headers |= {"Idempotent-Replayed": "true", "Original-Request": remembered.request_id}
            assert remembered.status is not None
            if remembered.status >= 500:
                headers["Stripe-Should-Retry"] = "false"
            return remembered.status, json.loads(json.dumps(remembered.body))
        params = self._checked(endpoint, raw, by_customer)
        answer = Answer(request.url.path, raw, request_id)
        if key:
            self.answers[key] = answer
        await asyncio.sleep(self.faults.latency_seconds)
        self.store.request = {"id": request_id, "idempotency_key": key}
        try:
            answer.status, answer.body = self._execute(
                endpoint, params, request.path_params, by_customer, fault
            )
        finally:
            self.store.request = {"id": None, "idempotency_key": None}
            if answer.status is None and key:
                del self.answers[key]
        if answer.status >= 500:
            headers["Stripe-Should-Retry"] = "false"
        return answer.status, json.loads(json.dumps(answer.body))

    def _remembered(self, key: str | None, path: str, raw: Params, headers: dict[str, str]) -> Answer | None:
        if key is None:
            return None
        if len(key) > _KEY_LENGTH:
            raise StripeError(f"Idempotency keys can have up to {_KEY_LENGTH} characters.")
        answer = self.answers.get(key)
        if answer is None or answer.at < time.time() - DAY_SECONDS:
            return None
        if answer.path != path:
            raise StripeError(
                "Keys for idempotent requests can only be used for the same endpoint they were first used "
                f"for ('{path}' vs '{answer.path}'). Try using a key other than '{key}' if you meant to "
                "execute a different request.",
                type="idempotency_error",
            )
        if answer.params != raw:
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
            )
        if answer.status is None:
            headers["Stripe-Should-Retry"] = "true"
            raise StripeError(
                "There is currently another in-progress request using this Idempotent Key (that probably "
                "means you submitted twice, and the other request is still going through): "
                f"{key}. Please try again later.",
                code="idempotency_key_in_use",
                type="idempotency_error",
                status=409,
            )
        return answer

    def _checked(self, endpoint: Endpoint, raw: Params, by_customer: bool) -> Params:
        if by_customer and not endpoint.by_customer:
            raise StripeError(
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
                code="secret_key_required",
                status=401,
            )
        if by_customer and "client_secret" not in raw:
            raise StripeError(
                "Missing required param: client_secret.", code="parameter_missing", param="client_secret"
            )
        if "payment_method_types" in raw and "/payment_intents" in endpoint.path:
            raise StripeError(
                "payment_method_types is no longer supported. Use dynamic payment methods, or "
                "allowed_payment_method_types to limit them.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        known = {name: value for name, value in raw.items() if not by_customer or name not in _FROM_STRIPE_JS}
        params = validate(known, endpoint.schema)
        unknown = [] if endpoint.modelled is None else sorted(params.keys() - endpoint.modelled)
        if unknown:
            raise not_modelled(f"the parameter {', '.join(unknown)}")
        return params | {name: raw[name] for name in ("client_secret",) if by_customer}

    def _execute(
        self,
        endpoint: Endpoint,
        params: Params,
        ids: Mapping[str, str],
        by_customer: bool,
        fault: Fault | None,
    ) -> tuple[int, Object]:
        """Do the work; whatever comes of it, an error included, is the answer to remember."""
        failed = StripeError(
            "An unknown error occurred.", type="api_error", status=fault.status if fault else 500
        )
        if fault and fault.kind == "error" and not fault.executes:
            return failed.status, {"error": failed.error}
        try:
            client_secret = params.pop("client_secret", None)
            if client_secret is not None:
                self._check_client_secret(client_secret, ids["intent"])
            handler = (
                partial(payments.confirm, by_customer=True)
                if _confirms(endpoint, by_customer)
                else endpoint.handler
            )
            result = handler(self.store, params, *ids.values())
            body = expand(self.store, result, params.get("expand", []))
        except StripeError as error:
            return error.status, {"error": error.error}
        if fault and fault.kind == "error":
            return failed.status, {"error": failed.error}
        return 200, {name: body[name] for name in _SHOWN_TO_CUSTOMERS} if by_customer else body

    def _check_client_secret(self, client_secret: str, intent_id: str) -> None:
        intent = payments.retrieve(self.store, {}, intent_id)
        if client_secret != intent["client_secret"]:
            raise StripeError(
                "The client_secret provided does not match the one associated with the PaymentIntent.",
                code="payment_intent_invalid_parameter",
                param="client_secret",
            )


def _confirms(endpoint: Endpoint, by_customer: bool) -> bool:
    return by_customer and endpoint.handler is payments.confirm
