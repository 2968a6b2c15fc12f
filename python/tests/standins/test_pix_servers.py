"""The stand-ins of PIX providers refuse what the providers refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.standins.mercadopago_server import ACCESS_TOKEN, MercadoPagoStandIn
from tests.standins.openpix_server import APP_ID, OpenPixStandIn

PAYMENTS, CHARGES = "/v1/payments", "/api/v1/charge"
PAYMENT = {"transaction_amount": 100.5, "payment_method_id": "pix", "payer": {"email": "ana@guest.example"}}


@pytest.fixture(scope="module")
def mercadopago() -> Iterator[MercadoPagoStandIn]:
    with MercadoPagoStandIn() as standin:
        standin.http.headers["Authorization"] = f"Bearer {ACCESS_TOKEN}"
        yield standin


@pytest.fixture(scope="module")
def openpix() -> Iterator[OpenPixStandIn]:
    with OpenPixStandIn() as standin:
        standin.http.headers["Authorization"] = APP_ID
        yield standin


def once(standin: MercadoPagoStandIn, path: str, body: Any, key: str | None = None) -> httpx.Response:
    return standin.http.post(path, json=body, headers={"X-Idempotency-Key": key or str(uuid4())})


def charge(standin: OpenPixStandIn, **more: Any) -> httpx.Response:
    return standin.http.post(CHARGES, json={"correlationID": str(uuid4()), "value": 10_050, **more})


def test_strangers_are_refused(mercadopago: MercadoPagoStandIn, openpix: OpenPixStandIn) -> None:
    for standin, path in ((mercadopago, f"{PAYMENTS}/search"), (openpix, CHARGES)):
        assert standin.http.get(path, headers={"Authorization": "of somebody else"}).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 100},
        {"transaction_amount": 0},
        {"transaction_amount": 1.005},
        {"transaction_amount": "100"},
        {"payment_method_id": "visa"},
        {"payer": {"email": "nobody"}},
        {"payer": {"email": "ana@guest.example", "age": 30}},
        {"date_of_expiration": "tomorrow"},
        {"date_of_expiration": "2020-01-01T00:00:00.000-03:00"},
    ],
    ids=str,
)
def test_mercadopago_checks_a_payment(mercadopago: MercadoPagoStandIn, change: dict[str, Any]) -> None:
    assert once(mercadopago, PAYMENTS, {**PAYMENT, **change}).status_code == 400


def test_mercadopago_wants_a_key_for_each_write(mercadopago: MercadoPagoStandIn) -> None:
    assert mercadopago.http.post(PAYMENTS, json=PAYMENT).status_code == 400
    first = once(mercadopago, PAYMENTS, PAYMENT, "the same")
    assert first.status_code == 201
    assert once(mercadopago, PAYMENTS, PAYMENT, "the same").json()["id"] == first.json()["id"]
    assert once(mercadopago, PAYMENTS, {**PAYMENT, "transaction_amount": 1}, "the same").status_code == 409


def test_mercadopago_follows_a_payment(mercadopago: MercadoPagoStandIn) -> None:
    assert mercadopago.http.get(f"{PAYMENTS}/1").status_code == 404
    payment = once(mercadopago, PAYMENTS, PAYMENT).json()
    here, refunds = f"{PAYMENTS}/{payment['id']}", f"{PAYMENTS}/{payment['id']}/refunds"
    assert once(mercadopago, refunds, {}).status_code == 400
    mercadopago.pay(str(payment["id"]))
    cancelled = mercadopago.http.put(
        here, json={"status": "cancelled"}, headers={"X-Idempotency-Key": str(uuid4())}
    )
    assert cancelled.status_code == 400
    assert once(mercadopago, refunds, {"amount": 100.51}).status_code == 400
    assert once(mercadopago, refunds, {"amount": 100}).status_code == 201
    assert once(mercadopago, refunds, {"amount": 1}).status_code == 400
    assert mercadopago.http.get(here).json()["status"] == "approved"
    assert once(mercadopago, refunds, {"amount": 0.5}).status_code == 201
    assert mercadopago.http.get(here).json()["status"] == "refunded"


@pytest.mark.parametrize(
    "change",
    [
        {"correlationID": None},
        {"value": 0},
        {"value": 100.5},
        {"comment": "x" * 141},
        {"expiresIn": 0},
        {"amount": 5},
    ],
    ids=str,
)
def test_openpix_checks_a_charge(openpix: OpenPixStandIn, change: dict[str, Any]) -> None:
    assert charge(openpix, **change).status_code == 400


def test_openpix_makes_one_charge_of_an_id(openpix: OpenPixStandIn) -> None:
    assert charge(openpix, correlationID="one").status_code == 200
    assert charge(openpix, correlationID="one").status_code == 400
    again = openpix.http.post(
        CHARGES, params={"return_existing": "true"}, json={"correlationID": "one", "value": 1}
    )
    assert again.json()["charge"]["value"] == 10_050


def test_openpix_follows_a_charge(openpix: OpenPixStandIn) -> None:
    assert openpix.http.get(f"{CHARGES}/nothing").status_code == 404
    assert charge(openpix, correlationID="stay").status_code == 200
    refunds = f"{CHARGES}/stay/refund"
    assert openpix.http.post(refunds, json={"correlationID": "r1"}).status_code == 400
    openpix.pay("stay")
    assert openpix.http.delete(f"{CHARGES}/stay").status_code == 400
    assert openpix.http.post(refunds, json={"correlationID": "r1", "value": 10_051}).status_code == 400
    assert openpix.http.post(refunds, json={"correlationID": "r1", "value": 10_000}).status_code == 200
    assert openpix.http.post(refunds, json={"correlationID": "r1", "value": 50}).status_code == 400
    assert openpix.http.post(refunds, json={"correlationID": "r2", "value": 51}).status_code == 400
    openpix.decide_refund("r1", confirmed=False)
    assert openpix.http.post(refunds, json={"correlationID": "r2"}).json()["refund"]["value"] == 10_050


def test_a_code_that_ran_out_cannot_be_paid(mercadopago: MercadoPagoStandIn, openpix: OpenPixStandIn) -> None:
    assert charge(openpix, correlationID="late", expiresIn=60).status_code == 200
    openpix.pass_time(61)
    assert openpix.http.get(f"{CHARGES}/late").json()["charge"]["status"] == "EXPIRED"
    payment = once(mercadopago, PAYMENTS, PAYMENT).json()
    mercadopago.pass_time(86_401)
    ended = mercadopago.http.get(f"{PAYMENTS}/{payment['id']}").json()
    assert (ended["status"], ended["status_detail"]) == ("cancelled", "expired")
    for standin, charge_id in ((openpix, "late"), (mercadopago, payment["id"])):
        assert standin.http.post(f"/customer/pay/{charge_id}").status_code >= 400
