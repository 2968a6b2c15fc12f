"""OpenPix over HTTP, strict, in memory: ``python -m tests.standins.openpix_server``.

Charges are known by the caller's correlationID; amounts are centavos. Webhooks carry the whole charge, signed
with the HMAC-SHA1 of the body.
"""

import argparse
import base64
import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from tests.standins.br_codes import br_code
from tests.standins.deliveries import Deliveries, Delivery
from tests.standins.pix_api import Json, PixApi, PixStandIn, RefusalError, main

APP_ID = "openpix_app_id_standin"
WEBHOOK_SECRET = "openpix_secret_standin"
CHARGE_FIELDS = {"correlationID", "value", "comment", "expiresIn", "customer", "additionalInfo", "type"}
REFUND_FIELDS = {"correlationID", "value", "comment"}


def dress(delivery: Delivery, secrets: list[str], _: int) -> tuple[dict[str, str], dict[str, str]]:
    digest = hmac.new(secrets[0].encode(), delivery.body, hashlib.sha1).digest()
    return {"X-OpenPix-Signature": base64.b64encode(digest).decode()}, {}


class OpenPixApi(PixApi):
    """One account."""

    def reset(self) -> None:
        self.charges: dict[str, Json] = {}
        self.refunds: dict[str, list[Json]] = {}

    def routes(self) -> list[Route]:
        at = "/api/v1/charge"
        return [
            Route(at, partial(self.serve, self._create), methods=["POST"]),
            Route(at, partial(self.serve, self._list), methods=["GET"]),
            Route(f"{at}/{{id}}", partial(self.serve, self._show), methods=["GET"]),
            Route(f"{at}/{{id}}", partial(self.serve, self._delete), methods=["DELETE"]),
            Route(f"{at}/{{id}}/refund", partial(self.serve, self._refund), methods=["POST"]),
            Route(f"{at}/{{id}}/refund", partial(self.serve, self._list_refunds), methods=["GET"]),
        ]

    def authenticate(self, request: Request) -> None:
        if request.headers.get("authorization") != APP_ID:
            raise RefusalError(401, {"data": None, "errors": [{"message": "appID inválido"}]})

    def error(self, status: int, message: str) -> RefusalError:
        return RefusalError(status, {"error": message})

    def _create(self, request: Request, body: Json) -> tuple[int, Any]:
        known_by, value = body.get("correlationID"), body.get("value")
        if unknown := body.keys() - CHARGE_FIELDS:
            raise self.error(400, f"Unknown fields: {', '.join(sorted(unknown))}")
        if not isinstance(known_by, str) or not known_by:
            raise self.error(400, "correlationID is required")
        if type(value) is not int or value < 1:
            raise self.error(400, "value is required, in cents")
        if len(body.get("comment", "")) > 140:
            raise self.error(400, "comment has more than 140 characters")
        seconds = body.get("expiresIn", 86_400 * 30)
        if type(seconds) is not int or seconds < 1:
            raise self.error(400, "expiresIn is a number of seconds")
        existing = self.charges.get(known_by)
        if existing and request.query_params.get("return_existing") != "true":
            raise self.error(400, "There is a charge with this correlationID already")
        if existing is None:
            transaction = uuid.uuid4().hex
            self.charges[known_by] = {
                "correlationID": known_by,
                "value": value,
                "comment": body.get("comment", ""),
                "status": "ACTIVE",
                "transactionID": transaction,
                "brCode": br_code(transaction, value),
                "expiresIn": seconds,
                "expiresDate": _iso(self.now() + seconds),
                "createdAt": _iso(self.now()),
            }
            self._tell("OPENPIX:CHARGE_CREATED", self.charges[known_by])
        charge = self._find(known_by)
        return 200, {"charge": charge, "correlationID": known_by, "brCode": charge["brCode"]}

    def _list(self, _: Request, __: Json) -> tuple[int, Any]:
        return 200, {"status": "OK", "charges": list(self.charges.values())}

    def _show(self, request: Request, _: Json) -> tuple[int, Any]:
        return 200, {"charge": self._find(request.path_params["id"])}

    def _delete(self, request: Request, _: Json) -> tuple[int, Any]:
        charge = self._find(request.path_params["id"])
        if charge["status"] != "ACTIVE":
            raise self.error(400, f"A charge that is {charge['status']} cannot be deleted")
        del self.charges[charge["correlationID"]]
        return 200, {"status": "OK", "id": charge["correlationID"]}

    def _refund(self, request: Request, body: Json) -> tuple[int, Any]:
        charge = self._find(request.path_params["id"])
        made = self.refunds.setdefault(charge["correlationID"], [])
        left = charge["value"] - sum(one["value"] for one in made if one["status"] != "REJECTED")
        value = body.get("value", left)
        if unknown := body.keys() - REFUND_FIELDS:
            raise self.error(400, f"Unknown fields: {', '.join(sorted(unknown))}")
        if not isinstance(body.get("correlationID"), str):
            raise self.error(400, "correlationID is required")
        if charge["status"] != "COMPLETED":
            raise self.error(400, "The charge is not paid")
        if any(one["correlationID"] == body["correlationID"] for one in made):
            raise self.error(400, "There is a refund with this correlationID already")
        if type(value) is not int or not 1 <= value <= left:
            raise self.error(400, f"Between 1 and {left} cents can be refunded")
        refund = {
            "correlationID": body["correlationID"],
            "value": value,
            "status": "IN_PROCESSING",
            "comment": body.get("comment", ""),
            "time": _iso(self.now()),
        }
        made.append(refund)
        return 200, {"refund": refund}

    def _list_refunds(self, request: Request, _: Json) -> tuple[int, Any]:
        return 200, {"refunds": self.refunds.get(self._find(request.path_params["id"])["correlationID"], [])}

    def pay(self, charge_id: str) -> Json:
        charge = self._find(charge_id)
        if charge["status"] != "ACTIVE":
            raise self.error(400, f"the charge is {charge['status']}")
        charge |= {"status": "COMPLETED", "paidAt": _iso(self.now())}
        self._tell("OPENPIX:CHARGE_COMPLETED", charge)
        return charge

    def decide_refund(self, refund_id: str, confirmed: bool) -> Json:
        for charge_id, made in self.refunds.items():
            for refund in made:
                if refund["correlationID"] == refund_id and refund["status"] == "IN_PROCESSING":
                    refund["status"] = "CONFIRMED" if confirmed else "REJECTED"
                    self._tell("OPENPIX:TRANSACTION_REFUND_RECEIVED", self.charges[charge_id])
                    return refund
        raise self.error(404, "no such refund waits")

    def _find(self, charge_id: str) -> Json:
        charge = self.charges.get(charge_id)
        if charge is None:
            raise self.error(404, "Charge not found")
        if charge["status"] == "ACTIVE" and charge["expiresDate"] <= _iso(self.now()):
            charge["status"] = "EXPIRED"
            self._tell("OPENPIX:CHARGE_EXPIRED", charge)
        return charge

    def _tell(self, event: str, charge: Json) -> None:
        webhook_id = f"{event}/{charge['correlationID']}/{len(self.deliveries.all)}"
        body = {"event": event, "charge": charge, "pix": {"charge": charge["correlationID"]}}
        self.deliveries.add(webhook_id, event, json.dumps(body).encode())


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class OpenPixStandIn(PixStandIn):
    """OpenPix as a process of its own."""

    module = "tests.standins.openpix_server"
    secret = WEBHOOK_SECRET


def build(options: argparse.Namespace) -> PixApi:
    return OpenPixApi(Deliveries(dress, options.webhook_url, options.secret or [WEBHOOK_SECRET]))


if __name__ == "__main__":
    main(__doc__ or "", build)
