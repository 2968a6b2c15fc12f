"""Starting card payments: the database, Stripe and the mishaps between them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from reserve_db.sqltest.bench import Bench, Clone
from tests.serve.conftest import Api, serving
from tests.standins.stripe_server import SECRET_KEY, StripeStandIn
from tests.story import DEMO_CITY

INTENTS = "/v1/payment_intents"


@pytest.fixture(scope="module")
def city_db(bench: Bench) -> Iterator[Clone]:
    with bench.cloned() as clone:
        with clone.connect() as connection:
            connection.execute(DEMO_CITY.read_bytes())
            connection.execute("update lodging.availability_calendar set allotment = 100")
            connection.execute(
                'update core.settings set value = \'{"per_session": 100, "per_address": 1000}\' '
                "where key = 'lodging.open_holds'"
            )
        yield clone


@pytest.fixture(scope="module")
def stripe_process() -> Iterator[StripeStandIn]:
    with StripeStandIn() as running:
        yield running


@pytest.fixture
def stripe(stripe_process: StripeStandIn) -> StripeStandIn:
    stripe_process.clear_faults()
    return stripe_process


@pytest.fixture(scope="module")
def api(city_db: Clone, stripe_process: StripeStandIn) -> Iterator[Api]:
    with serving(city_db.dsn, stripe_api_key=SECRET_KEY, stripe_url=stripe_process.url) as served:
        yield served


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reserve_db.serve.stripe_requests.RETRY_WAITS_SECONDS", (0.05, 0.05, 0.05))


@dataclass
class Booking:
    """A guest's open booking."""

    api: Api
    db: Clone
    intent_id: str
    session_id: str

    def start(self, **more: Any) -> Any:
        return self.api.post("create_payment_intent_stripe", self.body(**more))

    def body(self, **more: Any) -> dict[str, Any]:
        return {"booking_intent_id": self.intent_id, "session_id": self.session_id, **more}

    def payments(self) -> list[Any]:
        with self.db.connect() as connection:
            return connection.execute(
                "select stripe_payment_intent_id, status::text from payments.payments where booking_id = %s",
                [self.intent_id],
            ).fetchall()


@pytest.fixture
def booking(api: Api, city_db: Clone) -> Booking:
    with city_db.connect() as connection:
        row = connection.execute(
            "select property_id, id, core.today('URB') + 20, core.today('URB') + 22 "
            "from lodging.unit_map order by id limit 1"
        ).fetchone()
    assert row is not None
    session_id = uuid.uuid4().hex
    traveler = {"email": "guest@mail.example"}
    wish = {"session_id": session_id, "city_code": "URB", "guests": {"adults": 1}, "traveler": traveler}
    names = ("property_id", "unit_id", "check_in", "check_out")
    intent = api.data("create_booking_intent", {**wish, **dict(zip(names, map(str, row), strict=True))})
    return Booking(api, city_db, intent["booking_intent_id"], session_id)


def test_the_browser_gets_what_it_needs_to_pay(booking: Booking, stripe: StripeStandIn) -> None:
    data = booking.start(customer_email="ana@guest.example").json()["data"]
    assert set(data) == {"payment_intent_id", "client_secret", "status"}
    assert data["status"] == "requires_payment_method"
    intent = stripe.client().v1.payment_intents.retrieve(data["payment_intent_id"]).to_dict()
    assert intent["metadata"]["booking_id"] == booking.intent_id
    assert intent["metadata"]["payment_id"]
    assert intent["receipt_email"] == "ana@guest.example"
    assert booking.payments() == [(data["payment_intent_id"], "pending")]


def test_asking_again_finds_the_same_payment(booking: Booking) -> None:
    first = booking.start().json()["data"]
    assert booking.start(customer_email="other@guest.example").json()["data"] == first
    assert len(booking.payments()) == 1


def test_many_tabs_open_one_payment(booking: Booking) -> None:
    with ThreadPoolExecutor(6) as pool:
        emails = [f"tab{number % 3}@guest.example" for number in range(6)]
        answers = list(pool.map(lambda email: booking.start(customer_email=email), emails))
    assert {answer.status_code for answer in answers} == {200}
    ids = {answer.json()["data"]["payment_intent_id"] for answer in answers}
    assert booking.payments() == [(ids.pop(), "pending")]
    assert ids == set()
    with booking.db.connect() as connection:
        exceptions = connection.execute("select kind, detail from core.exceptions").fetchall()
    assert exceptions == []


@pytest.mark.parametrize("kind", ["close", "error", "rate_limit"])
@pytest.mark.parametrize("executes", [True, False])
def test_a_mishap_at_stripe_is_tried_again(
    booking: Booking, stripe: StripeStandIn, kind: Any, executes: bool
) -> None:
    stripe.inject(kind, method="POST", path=INTENTS, executes=executes)
    answer = booking.start()
    assert answer.status_code == 200
    assert booking.payments() == [(answer.json()["data"]["payment_intent_id"], "pending")]


def test_a_stripe_that_stays_away_is_told_as_unavailable(booking: Booking, stripe: StripeStandIn) -> None:
    stripe.inject("close", path=INTENTS, times=4)
    answer = booking.start()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["retry-after"]) > 0
    assert booking.payments() == [(None, "pending")]
    assert booking.start().status_code == 200


def test_a_payment_method_is_charged_at_once(booking: Booking) -> None:
    data = booking.start(payment_method_id="pm_card_visa").json()["data"]
    assert data["status"] == "processing"
    assert booking.payments() == [(data["payment_intent_id"], "succeeded")]
    error = booking.start().json()["error"]
    assert error["code"] == "PAYMENT_ALREADY_PROCESSED"


def test_a_bank_that_asks_shows_its_question(booking: Booking) -> None:
    data = booking.start(payment_method_id="pm_card_authenticationRequired").json()["data"]
    assert data["status"] == "requires_action"
    assert data["next_action"]["type"]


def test_a_declined_card_is_a_failed_payment_that_may_be_repeated(booking: Booking) -> None:
    answer = booking.start(payment_method_id="pm_card_chargeDeclinedInsufficientFunds")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (402, "PAYMENT_FAILED")
    assert error["details"]["provider_code"] == "insufficient_funds"
    assert booking.start(payment_method_id="pm_card_visa").json()["data"]["status"] == "processing"


def test_a_payment_method_that_does_not_exist_is_the_callers_mistake(booking: Booking) -> None:
    answer = booking.start(payment_method_id="pm_card_nobody_has")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_PARAMETER")


def test_another_guest_cannot_pay_or_look(booking: Booking) -> None:
    booking.session_id = uuid.uuid4().hex
    assert booking.start().status_code in (403, 404)
    assert booking.payments() == []


def test_every_product_line_pays_through_one_function(booking: Booking) -> None:
    body = {"booking_id": booking.intent_id, "session_id": booking.session_id}
    assert booking.api.data("create_payment_intent", body)["status"] == "requires_payment_method"


def test_what_stripe_answered_is_recorded_by_nobody_else(booking: Booking) -> None:
    body = {"payment_id": booking.intent_id, "payment_intent": {}}
    assert booking.api.error("record_payment_intent", body) == (401, "UNAUTHORIZED")


def test_without_an_api_key_nothing_is_started(booking: Booking) -> None:
    with serving(booking.db.dsn) as api:
        assert api.error("create_payment_intent_stripe", booking.body()) == (503, "SERVICE_UNAVAILABLE")
    assert booking.payments() == []
