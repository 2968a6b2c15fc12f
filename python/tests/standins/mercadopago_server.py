"""Mercado Pago's payments over HTTP, strict, in memory: ``python -m tests.standins.mercadopago_server``.

Amounts are reais with two decimals. A repeated X-Idempotency-Key is answered as the first time. Webhooks
name a payment and nothing more; what they sign is the name and the request's id.
"""

import argparse
import hashlib
import hmac
import itertools
import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from tests.standins.br_codes import br_code
from tests.standins.deliveries import Deliveries, Delivery
from tests.standins.pix_api import Json, PixApi, PixStandIn, RefusalError, main

ACCESS_TOKEN = "APP_USR-standin"
WEBHOOK_SECRET = "mercadopago_secret_standin"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SHORTEST_SECONDS, LONGEST_SECONDS = 30 * 60, 30 * 86_400
FIELDS = {
    "transaction_amount",
    "description",
    "payment_method_id",
    "payer",
    "date_of_expiration",
    "external_reference",
    "metadata",
    "notification_url",
}
PAYER_FIELDS = {"email", "first_name", "last_name", "identification", "type", "id"}


def dress(delivery: Delivery, secrets: list[str], at: int) -> tuple[dict[str, str], dict[str, str]]:
    payment_id = json.loads(delivery.body)["data"]["id"]
    manifest = f"id:{payment_id};request-id:{delivery.id};ts:{at};"
    digest = hmac.new(secrets[0].encode(), manifest.encode(), hashlib.sha256).hexdigest()
    headers = {"x-signature": f"ts={at},v1={digest}", "x-request-id": delivery.id}
    return headers, {"data.id": payment_id, "type": "payment"}


class MercadoPagoApi(PixApi):
    """One account."""

    def reset(self) -> None:
        self.payments: dict[str, Json] = {}
        self.answers: dict[tuple[str, str], tuple[Json, tuple[int, Any]]] = {}
        self.ids = itertools.count(1_300_000_001)

    def routes(self) -> list[Route]:
        at = "/v1/payments"
        return [
            Route(at, partial(self.serve, partial(self._once, self._create)), methods=["POST"]),
            Route(f"{at}/search", partial(self.serve, self._search), methods=["GET"]),
            Route(f"{at}/{{id}}", partial(self.serve, self._show), methods=["GET"]),
            Route(f"{at}/{{id}}", partial(self.serve, partial(self._once, self._change)), methods=["PUT"]),
            Route(
                f"{at}/{{id}}/refunds",
                partial(self.serve, partial(self._once, self._refund)),
                methods=["POST"],
            ),
        ]

    def authenticate(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            raise self.error(401, "invalid access token", "unauthorized")

    def error(self, status: int, message: str, code: str = "bad_request") -> RefusalError:
        return RefusalError(status, {"message": message, "error": code, "status": status, "cause": []})

    def _once(self, handler: Any, request: Request, body: Json) -> tuple[int, Any]:
        """Only answers that did something are kept for their key."""
        key = request.headers.get("x-idempotency-key")
        if not key:
            raise self.error(400, "Header X-Idempotency-Key can't be null")
        sent = (request.url.path, key)
        if sent in self.answers:
            first, answer = self.answers[sent]
            if first != body:
                raise self.error(409, "The key was used for another request", "idempotency_conflict")
            return answer
        answer = handler(request, body)
        self.answers[sent] = body, (answer[0], json.loads(json.dumps(answer[1])))
        return answer

    def _create(self, _: Request, body: Json) -> tuple[int, Any]:
        if unknown := body.keys() - FIELDS:
            raise self.error(400, f"The name of the following parameters is wrong : {sorted(unknown)}")
        amount = body.get("transaction_amount")
        if type(amount) not in (int, float) or amount <= 0 or Decimal(str(amount)) * 100 % 1:
            raise self.error(400, "transaction_amount attribute must be positive, with two decimals")
        if body.get("payment_method_id") != "pix":
            raise self.error(400, "Only pix is modelled")
        payer = body.get("payer")
        if not isinstance(payer, dict) or "@" not in payer.get("email", "") or payer.keys() - PAYER_FIELDS:
            raise self.error(400, "payer.email must be a valid email")
        expires_at = self._expiry(body.get("date_of_expiration"))
        payment_id = str(next(self.ids))
        payment: Json = {
            "id": int(payment_id),
            "status": "pending",
            "status_detail": "pending_waiting_transfer",
            "currency_id": "BRL",
            "payment_method_id": "pix",
            "payment_type_id": "bank_transfer",
            "transaction_amount": amount,
            "transaction_amount_refunded": 0,
            "description": body.get("description"),
            "external_reference": body.get("external_reference"),
            "metadata": body.get("metadata", {}),
            "date_created": _iso(self.now()),
            "date_of_expiration": _iso(expires_at),
            "date_approved": None,
            "live_mode": True,
            "refunds": [],
            "point_of_interaction": {
                "type": "PIX",
                "transaction_data": {
                    "qr_code": br_code(uuid.uuid4().hex, int(Decimal(str(amount)) * 100)),
                    "qr_code_base64": PNG,
                    "ticket_url": f"https://mercadopago.example/payments/{payment_id}/ticket",
                },
            },
        }
        self.payments[payment_id] = payment
        self._tell("payment.created", payment)
        return 201, payment

    def _expiry(self, text: Any) -> float:
        if text is None:
            return self.now() + 86_400
        try:
            at = datetime.fromisoformat(text)
        except (TypeError, ValueError) as error:
            raise self.error(400, "date_of_expiration must be yyyy-MM-dd'T'HH:mm:ssz") from error
        if at.tzinfo is None or not SHORTEST_SECONDS <= at.timestamp() - self.now() <= LONGEST_SECONDS:
            raise self.error(400, "Date of expiration must be between 30 minutes and 30 days ahead")
        return at.timestamp()

    def _search(self, _: Request, __: Json) -> tuple[int, Any]:
        return 200, {"paging": {"total": len(self.payments)}, "results": list(self.payments.values())}

    def _show(self, request: Request, _: Json) -> tuple[int, Any]:
        return 200, self._find(request.path_params["id"])

    def _change(self, request: Request, body: Json) -> tuple[int, Any]:
        payment = self._find(request.path_params["id"])
        if body != {"status": "cancelled"}:
            raise self.error(400, "Only cancelling is modelled")
        if payment["status"] not in ("pending", "in_process"):
            raise self.error(400, "The action requested is not valid for the current payment state")
        self._end(payment, "by_collector")
        return 200, payment

    def _refund(self, request: Request, body: Json) -> tuple[int, Any]:
        payment = self._find(request.path_params["id"])
        if body.keys() - {"amount"}:
            raise self.error(400, "The only parameter is amount")
        counted = [Decimal(str(one["amount"])) for one in payment["refunds"] if one["status"] != "rejected"]
        left = Decimal(str(payment["transaction_amount"])) - sum(counted)
        amount = body.get("amount", float(left))
        if payment["status"] != "approved":
            raise self.error(400, "The action requested is not valid for the current payment state")
        if type(amount) not in (int, float) or not 0 < Decimal(str(amount)) <= left:
            raise self.error(400, "Invalid refund amount")
        refund = {
            "id": next(self.ids),
            "payment_id": payment["id"],
            "amount": amount,
            "status": "approved",
            "date_created": _iso(self.now()),
        }
        payment["refunds"].append(refund)
        payment["transaction_amount_refunded"] = float(sum(counted) + Decimal(str(amount)))
        if Decimal(str(amount)) == left:
            payment["status"] = "refunded"
        self._tell("payment.updated", payment)
        return 201, refund

    def pay(self, charge_id: str) -> Json:
        payment = self._find(charge_id)
        if payment["status"] != "pending":
            raise self.error(400, f"the payment is {payment['status']}")
        payment |= {"status": "approved", "status_detail": "accredited", "date_approved": _iso(self.now())}
        self._tell("payment.updated", payment)
        return payment

    def _find(self, payment_id: str) -> Json:
        payment = self.payments.get(payment_id)
        if payment is None:
            raise self.error(404, "Payment not found", "not_found")
        if payment["status"] == "pending" and payment["date_of_expiration"] <= _iso(self.now()):
            self._end(payment, "expired")
        return payment

    def _end(self, payment: Json, why: str) -> None:
        payment |= {"status": "cancelled", "status_detail": why}
        self._tell("payment.updated", payment)

    def _tell(self, action: str, payment: Json) -> None:
        body = {
            "id": next(self.ids),
            "live_mode": True,
            "type": "payment",
            "api_version": "v1",
            "action": action,
            "date_created": _iso(self.now()),
            "data": {"id": str(payment["id"])},
        }
        self.deliveries.add(str(uuid.uuid4()), action, json.dumps(body).encode())


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


class MercadoPagoStandIn(PixStandIn):
    """Mercado Pago as a process of its own."""

    module = "tests.standins.mercadopago_server"
    secret = WEBHOOK_SECRET


def build(options: argparse.Namespace) -> PixApi:
    return MercadoPagoApi(Deliveries(dress, options.webhook_url, options.secret or [WEBHOOK_SECRET]))


if __name__ == "__main__":
    main(__doc__ or "", build)
