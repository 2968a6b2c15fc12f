"""A stay from search to payout that calls each function of schema api: the examples of docs/rpc.md.

The clock of the database stands still, and what is different every time (ids, codes, durations) is masked, so
that the same calls always make the same page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from jsonschema import Draft202012Validator, FormatChecker
from psycopg import sql
from psycopg.types.json import Jsonb

from reserve_db.serve.functions import PAYMENT_STARTS
from reserve_db.sqltest.bench import Clone
from tests.serve.conftest import Api, serving
from tests.standins.stripe_server import SECRET_KEY, StripeStandIn

Json = dict[str, Any]

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
DEMO_CITY = Path(__file__).parents[1] / "demo_city.sql"
NOW = "2030-01-07 12:00:00+00"
SESSION, OTHER_SESSION = "4f0c2a9e7b1d4c58a6f3", "c81e728d9d4c2f636f06"
CHARGE = "ch_example"
CHECK_IN, CHECK_OUT = "2030-02-05", "2030-02-08"
GUEST, AGENT, SUPERVISOR, SYSTEM = "guest", "agent", "supervisor", "system"
AGENT_ID = "7b9c1f52-0f5e-4c1a-9d55-3a4f0f3f6a10"
SUPERVISOR_ID = "c0ffee1e-5b2d-4b7a-8f3e-2d6a9b1c4e11"
CLAIMS: dict[str, tuple[str, dict[str, Any]]] = {
    GUEST: ("anon", {}),
    AGENT: ("authenticated", {"sub": AGENT_ID, "city_code": "URB"}),
    SUPERVISOR: ("authenticated", {"sub": SUPERVISOR_ID, "city_code": "URB"}),
    SYSTEM: ("service_role", {}),
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
PLAIN = {
    re.compile(r"RES-\d{4}-\w{6}"): "RES-2030-7K3M9Q",
    re.compile(r"_secret_\w+"): "_secret_example",
    re.compile(r"\b(pi|ch|pm|txn|cs_test)_(?!example|test_)[A-Za-z0-9]{8,}"): r"\1_example",
    re.compile(r"http://127\.0\.0\.1:\d+/customer/checkout/"): "https://checkout.stripe.com/c/pay/",
}
DRAWN = {
    "qr_code_text": "00020101021226…6304A7C1",
    "data": "00020101021226…6304A7C1",
    "qr_code_base64": "iVBORw0KGgo…",
}
MEASURED = ("query_time_ms", "processing_time_ms", "request_id", "audit_unsealed_seconds")


@dataclass(frozen=True)
class Example:
    """A call and its answer; `by_http` where clients reach the function through `reserve-db serve` alone."""

    function: str
    caller: str
    arguments: dict[str, Any]
    answer: Any
    by_http: bool


@dataclass
class Masks:
    """Replaces what no two runs have in common; the same id becomes the same replacement everywhere."""

    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=1))
    ids: dict[str, str] = field(default_factory=dict)

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._value(key, v) for key, v in value.items()}
        if isinstance(value, list):
            return [self(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _value(self, key: str, value: Any) -> Any:
        if key in DRAWN and isinstance(value, str):
            return DRAWN[key]
        return self._measured(key) if key in MEASURED else self(value)

    def _measured(self, key: str) -> Any:
        return "8f14e45fceea167a5a36dedd4bea2543" if key == "request_id" else 7

    def _text(self, text: str) -> str:
        text = STAMP.sub(self._stamp, UUID.sub(self._id, text))
        for pattern, replacement in PLAIN.items():
            text = pattern.sub(replacement, text)
        return text

    def _id(self, found: re.Match[str]) -> str:
        return self.ids.setdefault(found[0], f"019d5e00-0000-7000-8000-{len(self.ids) + 1:012}")

    def _stamp(self, found: re.Match[str]) -> str:
        """Rows are stamped by the wall clock, whatever the business clock says."""
        is_now = self.began <= datetime.fromisoformat(found[0]) <= datetime.now(UTC) + timedelta(hours=1)
        return NOW.replace(" ", "T") + ":00" if is_now else found[0]


@dataclass(frozen=True)
class Refusal:
    """A call that fails, as PostgREST tells it and as `reserve-db serve` does."""

    example: Example
    by_postgrest: Json


class Guide:
    """Calls functions as their callers do, and keeps the first call of each as its example."""

    def __init__(self, clone: Clone, http: Api, stack: ExitStack) -> None:
        self._http = http
        self._masks = Masks()
        self._connections = {
            caller: stack.enter_context(clone.connect(role, claims, autocommit=True))
            for caller, (role, claims) in CLAIMS.items()
        }
        self.examples: dict[str, Example] = {}
        self.refusal: Refusal

    def call(self, caller: str, function: str, **arguments: Any) -> Any:
        """The answer. Arguments are named without `p_`."""
        by_http = function in PAYMENT_STARTS
        ask: Callable[..., Any] = self._by_http if by_http else self._by_sql
        answer = ask(caller, function, arguments)
        data = answer["data"] if by_http else answer
        schema = SCHEMAS / f"{function}.json"
        if schema.exists():
            Draft202012Validator(json.loads(schema.read_text()), format_checker=FormatChecker()).validate(
                data
            )
        example = Example(function, caller, self._masks(arguments), self._masks(answer), by_http)
        self.examples.setdefault(function, example)
        return data

    def be_refused(self, function: str, **arguments: Any) -> None:
        """A guest's call that must fail, kept as the example of an error."""
        response = self._http.post(function, arguments)
        assert not response.is_success, response.text
        try:
            self._by_sql(GUEST, function, arguments)
        except psycopg.Error as error:
            told = error.diag
            details = json.dumps(self._masks(json.loads(told.message_detail or "{}")), ensure_ascii=False)
            by_postgrest = {
                "code": error.sqlstate,
                "message": told.message_primary,
                "details": details,
                "hint": told.message_hint,
            }
            shown = Example(
                function, GUEST, self._masks(arguments), self._masks(response.json()), by_http=True
            )
            self.refusal = Refusal(shown, by_postgrest)

    def _by_sql(self, caller: str, function: str, arguments: dict[str, Any]) -> Any:
        named = [
            sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name))
            for name in arguments
        ]
        query = sql.SQL("select api.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(named))
        values = {name: Jsonb(v) if isinstance(v, dict) else v for name, v in arguments.items()}
        row = self._connections[caller].execute(query, values).fetchone()
        return row[0] if row else None

    def _by_http(self, caller: str, function: str, arguments: dict[str, Any]) -> Any:
        assert caller == GUEST
        response = self._http.post(function, arguments)
        assert response.status_code == 200, response.text
        return response.json()


def examples(clone: Clone) -> Guide:
    """Tells the story in a clone; the guide has its examples."""
    with ExitStack() as stack:
        operator = stack.enter_context(_city(clone))
        stripe = stack.enter_context(StripeStandIn())
        stripe.set_clock(datetime.fromisoformat(NOW))
        http = stack.enter_context(serving(clone.dsn, stripe_api_key=SECRET_KEY, stripe_url=stripe.url))
        guide = Guide(clone, http, stack)
        _see_an_ad(guide)
        stay = _look_around(guide)
        mine = _book(guide, stay)
        payment = _pay(guide, mine, operator)
        _arrive_unknown(operator)
        _commit(guide, mine)
        _refund(guide, payment)
        _leave(guide, mine, operator)
        _tell(guide)
        _pay_the_owner(guide, operator)
        _call_off(guide, stay, operator)
        _operate(guide)
        return guide


@contextmanager
def _city(clone: Clone) -> Iterator[psycopg.Connection[Any]]:
    """The demo city at a fixed time, with an agent who works for it; the operator's connection to look in."""
    with psycopg.connect(clone.dsn, autocommit=True) as connection:
        connection.execute("update core.settings set value = 'true' where key = 'test_clock'")
        for setting, fixed in (("reserve.test_now", NOW), ("timezone", "UTC")):
            connection.execute("select set_config(%s, %s, false)", [setting, fixed])
            fix = sql.SQL("alter database {} set {} = {}")
            name = sql.Identifier(*setting.split("."))
            connection.execute(fix.format(sql.Identifier(clone.name), name, fixed))
        connection.execute(DEMO_CITY.read_bytes())
        connection.execute(
            "insert into access.user_roles (user_id, role, city_code)"
            " values (%s, 'agent', 'URB'), (%s, 'supervisor', 'URB')",
            [AGENT_ID, SUPERVISOR_ID],
        )
        _run_campaign(connection)
        yield connection


def _run_campaign(connection: psycopg.Connection[Any]) -> None:
    """An ad at the top of the city's home page."""
    connection.execute(
        "insert into ads.ads_campaigns (city_code, name, advertiser_id, slot_id, title, description,"
        " image_url, cta_text, cta_url, cpc_bid, budget)"
        " select city_code, 'Winter 2030', core.new_id(), id, 'Winter in the mountains', 'Fireplaces.',"
        " 'https://stays.example/img/winter.jpg', 'See stays', '/winter', 45, 50000"
        " from ads.ads_slots where city_code = 'URB'"
    )
    connection.execute("update ads.ads_campaigns set status = 'active'")


def _see_an_ad(guide: Guide) -> None:
    """On the home page; the guest clicks it."""
    slot = {"city_code": "URB", "slot_code": "homepage_hero", "page_type": "home"}
    [ad] = guide.call(GUEST, "get_ads_for_page", **slot, session_id=SESSION)["ads"]
    seen = {"campaign_id": ad["campaign_id"], "session_id": SESSION, "page_path": "/"}
    impression = guide.call(GUEST, "track_ad_impression", **seen, event_id="seen-8d2f")
    clicked = {**seen, "impression_id": impression["impression_id"]}
    guide.call(GUEST, "track_ad_click", **clicked, event_id="click-8d2f")
    guide.call(
        GUEST,
        "emit_event",
        event_name="ui.menu_opened",
        city_code="URB",
        session_id=SESSION,
        visitor_id="v-5c1d",
        metadata={"page_path": "/", "menu": "dates"},
        event_id="0c8f4a54-5a0d-4c8b-9a53-0d1f3f8b8d2f",
    )


def _look_around(guide: Guide) -> Json:
    """What the story's stay is: a suite of the first property found."""
    wish = {"city_code": "URB", "check_in": CHECK_IN, "check_out": CHECK_OUT, "guests": {"adults": 2}}
    few = {"page": 1, "per_page": 1}
    guide.call(GUEST, "get_property_list", city_code="URB", property_type="chalet", pagination=few)
    [card] = guide.call(GUEST, "search_availability", **wish, pagination=few)["properties"]
    page = guide.call(GUEST, "get_property_detail", property_slug=card["slug"], city_code="URB")
    [suite] = (unit for unit in page["unit_types"] if unit["room_type"] == "suite")
    where = {"property_id": card["id"], "unit_id": suite["id"]}
    guide.call(
        GUEST, "get_unit_availability_calendar", **where, start_date="2030-02-05", end_date="2030-02-06"
    )
    stay = {name: wish[name] for name in ("check_in", "check_out")}
    guide.call(GUEST, "quote_stay", unit_id=suite["id"], **stay)
    return {**wish, **where}


def _book(guide: Guide, stay: Json) -> Json:
    """A guest changes his mind at the page where he would pay; another one stays, whose proof and name of the
    booking is returned.
    """
    intent = guide.call(GUEST, "create_booking_intent", session_id=SESSION, **stay, source="newsletter")
    mine = {"booking_intent_id": intent["booking_intent_id"], "session_id": SESSION}
    where = {name: stay[name] for name in ("unit_id", "check_in", "check_out")}
    guide.call(GUEST, "explain_unavailable", **where)
    guide.be_refused("create_booking_intent", session_id=OTHER_SESSION, **stay)
    traveler = {
        "first_name": "Ana",
        "last_name": "Souza",
        "email": "ana@guest.example",
        "phone": "+55 48 99999 0000",
    }
    guide.call(GUEST, "update_traveler_details", **mine, traveler=traveler)

    next_week = {"check_in": "2030-02-12", "check_out": "2030-02-15"}
    other = guide.call(GUEST, "create_booking_intent", session_id=OTHER_SESSION, **{**stay, **next_week})
    given_up = {"booking_intent_id": other["booking_intent_id"], "session_id": OTHER_SESSION}
    guide.call(GUEST, "update_traveler_details", **given_up, traveler={"email": "bruno@guest.example"})
    _open_page(guide, other)
    _show_code(guide, given_up)
    guide.call(GUEST, "cancel_booking_intent", **given_up)
    return mine


def _open_page(guide: Guide, intent: Json) -> None:
    """Stripe's own page for the payment."""
    page = guide.call(
        GUEST,
        "create_checkout_session",
        booking_id=intent["booking_intent_id"],
        session_id=OTHER_SESSION,
        success_url="https://stays.example/thanks?session={CHECKOUT_SESSION_ID}",
        cancel_url="https://stays.example/cart",
    )
    session = {
        "id": page["checkout_session_id"],
        "object": "checkout.session",
        "status": "open",
        "payment_status": "unpaid",
        "amount_total": intent["total_amount"],
        "currency": intent["currency"].lower(),
        "payment_intent": None,
        "metadata": {"payment_id": page["payment_id"], "booking_id": intent["booking_intent_id"]},
    }
    guide.call(SYSTEM, "record_checkout_session", payment_id=page["payment_id"], checkout_session=session)


def _show_code(guide: Guide, mine: Json) -> None:
    """PIX instead of the page."""
    charge = guide.call(GUEST, "create_pix_charge", **mine, provider="stripe")
    found = re.search(r"pi_\w+?(?=5204)", charge["qr_code_text"])
    assert found
    expires_at = int(datetime.fromisoformat(charge["expires_at"]).timestamp())
    code = {"data": charge["qr_code_text"], "expires_at": expires_at}
    intent = {
        "id": found[0],
        "object": "payment_intent",
        "status": "requires_action",
        "amount": charge["amount"],
        "currency": "brl",
        "next_action": {"type": "pix_display_qr_code", "pix_display_qr_code": code},
        "metadata": {"payment_id": charge["payment_id"], "booking_id": mine["booking_intent_id"]},
    }
    image = charge["qr_code_base64"]
    guide.call(
        SYSTEM,
        "record_pix_charge",
        payment_id=charge["payment_id"],
        pix_charge=intent,
        qr_code_base64=image,
    )


def _pay(guide: Guide, mine: Json, operator: psycopg.Connection[Any]) -> Json:
    """From the first click to the fee; the payment as Stripe and we know it is returned."""
    started = guide.call(GUEST, "create_payment_intent_stripe", **mine, customer_email="ana@guest.example")
    booking = {"booking_id": mine["booking_intent_id"], "session_id": SESSION}
    guide.call(GUEST, "create_payment_intent", **booking)
    guide.call(GUEST, "poll_payment_status", **mine)
    intent = _intent(operator, started["payment_intent_id"], booking["booking_id"])
    payment_id = intent["metadata"]["payment_id"]
    guide.call(SYSTEM, "record_payment_intent", payment_id=payment_id, payment_intent=intent)
    paid = {**intent, "status": "succeeded", "amount_received": intent["amount"], "latest_charge": CHARGE}
    event = {
        "id": "evt_example",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(datetime.fromisoformat(NOW).timestamp()),
        "livemode": False,
        "data": {"object": paid},
    }
    guide.call(SYSTEM, "ingest_stripe_event", event=event)
    fee = {
        "id": "txn_example",
        "object": "balance_transaction",
        "type": "charge",
        "source": CHARGE,
        "fee": 1234,
        "currency": paid["currency"],
        "created": event["created"],
    }
    guide.call(SYSTEM, "ingest_stripe_object", object=fee)
    final = {"booking_intent_id": booking["booking_id"], "payment_id": payment_id}
    guide.call(SYSTEM, "finalize_reservation", **final, payment_status="succeeded")
    return {**paid, "payment_id": payment_id}


def _intent(operator: psycopg.Connection[Any], payment_intent_id: str, booking_id: str) -> Json:
    """The payment of a booking as Stripe knows it before the guest has paid."""
    row = operator.execute(
        "select id::text, amount, currency from payments.payments where booking_id = %s", [booking_id]
    ).fetchone()
    assert row is not None
    payment_id, amount, currency = row
    return {
        "id": payment_intent_id,
        "object": "payment_intent",
        "status": "requires_payment_method",
        "amount": amount,
        "amount_received": 0,
        "currency": currency.lower(),
        "livemode": False,
        "latest_charge": None,
        "metadata": {"payment_id": payment_id, "booking_id": booking_id},
    }


def _commit(guide: Guide, mine: Json) -> None:
    """The worker books the stay at the Host."""
    guide.call(SYSTEM, "host_commit_booking", reservation_id=mine["booking_intent_id"])
    _carry_out(guide, "lodging.commit_booking", {"host_booking_id": "host-booking-1", "status": "confirmed"})


def _refund(guide: Guide, payment: Json) -> None:
    """An agent refunds a part; Stripe refuses it at first."""
    charge = {**payment, "id": CHARGE, "object": "charge", "balance_transaction": None}
    _carry_out(guide, "payments.fetch_stripe_object", charge)
    refund = guide.call(
        AGENT,
        "refund_payment",
        payment_id=payment["payment_id"],
        amount=5000,
        reason="customer_request",
        idempotency_key="goodwill-2030-01-07",
    )
    assert refund["status"] == "pending"
    command = _claim(guide, "payments.create_refund")
    error = {"code": "permission_denied", "message": "The key may not refund."}
    guide.call(SYSTEM, "fail_command", **_leased(command), error=error, answered=True, retry=False)
    guide.call(AGENT, "retry_command", command_id=command["id"])


def _arrive_unknown(operator: psycopg.Connection[Any]) -> None:
    """The Host tells of an arrival before we know its booking."""
    operator.execute(
        "select api.host_webhook_receiver('checkin.completed', core.now(), jsonb_build_object("
        " 'host_booking_id', 'host-booking-1', 'host_property_id', p.host_property_id), 't=1,v1=0', 'early')"
        " from lodging.properties_map as p join lodging.booking_intents as i on i.property_id = p.id limit 1"
    )


def _leave(guide: Guide, mine: Json, operator: psycopg.Connection[Any]) -> None:
    """What the Host told too early is heard now. The guest has left, says how it was, and an agent publishes
    it.
    """
    event = operator.execute("select id::text from integrations.host_webhook_events").fetchone()
    assert event is not None
    retried = guide.call(AGENT, "retry_host_event", event_id=event[0])
    assert retried["processed"]
    guide.call(
        SYSTEM,
        "host_webhook_receiver",
        event_type="checkout.completed",
        timestamp=NOW,
        data={"host_booking_id": "host-booking-1"},
        signature="t=1893844800,v1=5257a869e7",
        webhook_id="host-event-1",
    )
    stay = {"reservation_id": mine["booking_intent_id"], "session_id": SESSION}
    words = {"title": "Worth the drive", "content": "Quiet, warm, and the best breakfast in town."}
    review = guide.call(GUEST, "submit_review", **stay, overall_rating=5, service_rating=4, **words)
    guide.call(AGENT, "moderate_review", review_id=review["review_id"], publish=True)


def _tell(guide: Guide) -> None:
    """The worker sends what the guest should know; one mail is refused, and an agent sends it elsewhere."""
    said = {"subject": "Pagamento de R$ 1.234,56 recebido", "body": "Olá! Recebemos R$ 1.234,56."}
    guide.call(SYSTEM, "complete_notification", **_leased(_claim_message(guide)), **said)
    message = _claim_message(guide)
    error = "SMTP_550: 5.1.1 no such user: ***"
    guide.call(SYSTEM, "fail_notification", **_leased(message), error=error, retry=False)
    elsewhere = {"notification_id": message["id"], "recipient": "ana.souza@guest.example"}
    guide.call(AGENT, "resend_notification", **elsewhere)


def _pay_the_owner(guide: Guide, operator: psycopg.Connection[Any]) -> None:
    """The owner's account refuses the transfer at first, and then for good."""
    jobs = ("lodging.complete_stays", "payments.draw_up_payouts", "payments.execute_payouts")
    operator.execute("update core.settings set value = '0' where key = 'lodging.completion_hours'")
    operator.execute(
        "update core.settings set value = value || jsonb_build_object('frequency', 'on_checkout')"
        " where key = 'payments.payout_schedule'"
    )
    for job in jobs:
        operator.execute("select api.tick(%s)", [job])
    command = _claim(guide, "payments.create_transfer")
    payout = {"payout_id": command["payload"]["payout_id"]}
    error = {"code": "account_invalid", "message": "The account cannot be paid.", "http_status": 400}
    guide.call(SYSTEM, "fail_command", **_leased(command), error=error, answered=True, retry=False)
    guide.call(SUPERVISOR, "retry_payout", **payout)
    operator.execute("update payments.payees set payouts_enabled = false")
    operator.execute("select api.tick('payments.execute_payouts')")
    guide.call(SUPERVISOR, "mark_payout_paid", **payout, reference="TED 4711")


def _claim_message(guide: Guide) -> Json:
    [message] = guide.call(SYSTEM, "claim_notifications", channels=["email"], limit=1)
    return dict(message)


def _call_off(guide: Guide, stay: Json, operator: psycopg.Connection[Any]) -> None:
    """A guest cancels before the Host has answered. The refund fails, twice; an agent ends the case.
    At last the guest asks to be forgotten.
    """
    later = {"check_in": "2030-02-19", "check_out": "2030-02-22", "traveler": {"email": "eva@guest.example"}}
    booked = guide.call(GUEST, "create_booking_intent", session_id=OTHER_SESSION, **{**stay, **later})
    booking_id, proof = booked["booking_intent_id"], {"session_id": OTHER_SESSION}
    started = guide.call(GUEST, "create_payment_intent_stripe", booking_intent_id=booking_id, **proof)
    intent = _intent(operator, started["payment_intent_id"], booking_id)
    paid = {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": "ch_example_2"}
    guide.call(SYSTEM, "ingest_stripe_object", object={**intent, **paid})
    guide.call(AGENT, "retry_host_commit", reservation_id=booking_id)
    stay_there = operator.execute(
        "select confirmation_code, traveler_id from lodging.reservations where id = %s", [booking_id]
    ).fetchone()
    assert stay_there is not None
    code, traveler_id = stay_there
    guide.call(GUEST, "get_reservation", confirmation_code=code, email="eva@guest.example")
    guide.call(GUEST, "cancel_reservation", reservation_id=booking_id, **proof, reason="The flight is off.")
    _refuse_refund(guide, intent, operator)
    guide.call(AGENT, "support_booking", code_or_email="eva@guest.example")
    _, refund = _open_case(operator, booking_id)
    guide.call(AGENT, "retry_refund", refund_id=refund)
    _refuse_refund(guide, intent, operator)
    case, _ = _open_case(operator, booking_id)
    guide.call(AGENT, "resolve_exception", exception_id=case, resolution="Sent by bank transfer.")
    guide.call(SYSTEM, "erase_traveler", traveler_id=str(traveler_id))


def _refuse_refund(guide: Guide, intent: Json, operator: psycopg.Connection[Any]) -> None:
    """The refund that waits does not reach the guest."""
    row = operator.execute(
        "select id::text, amount from payments.refunds where payment_id = %s and status = 'pending'",
        [intent["metadata"]["payment_id"]],
    ).fetchone()
    assert row is not None
    failed = {
        "id": f"re_{row[0]}",
        "object": "refund",
        "status": "failed",
        "amount": row[1],
        "currency": intent["currency"],
        "payment_intent": intent["id"],
        "metadata": {"refund_id": row[0]},
    }
    guide.call(SYSTEM, "ingest_stripe_object", object=failed)


def _open_case(operator: psycopg.Connection[Any], booking_id: str) -> tuple[str, str]:
    """The case of a failed refund, and the refund."""
    row = operator.execute(
        "select id::text, detail ->> 'refund_id' from core.exceptions"
        " where booking_id = %s and kind = 'refund_failed' and resolved_at is null",
        [booking_id],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def _operate(guide: Guide) -> None:
    """What staff and operators look at."""
    account = {"account": "customer_deposits", "city_code": "URB", "currency": "BRL"}
    guide.call(AGENT, "ledger_statement", **account, limit=2)
    guide.call(AGENT, "trial_balance", city_code="URB")
    guide.call(AGENT, "report_refund_rate", city_code="URB", start_date="2030-01-01", end_date="2030-01-31")
    guide.call(SYSTEM, "daily_rollup_job")
    guide.call(AGENT, "get_daily_kpis", city_code="URB", **{"from": "2030-01-12", "to": "2030-01-12"})
    guide.call(SYSTEM, "tick", job="analytics.refresh_funnel", limit=1)
    guide.call(AGENT, "get_conversion_funnel", city_code="URB")
    appointment = {"user_id": "user_2b8Kq", "role": "agent", "city_code": "URB"}
    guide.call(SYSTEM, "grant_role", **appointment)
    guide.call(SYSTEM, "revoke_role", **appointment)
    guide.call(SYSTEM, "jobs")
    guide.call(SYSTEM, "tick", job="lodging.expire_holds", limit=100)
    guide.call(SYSTEM, "metrics")
    _synchronise(guide)


def _synchronise(guide: Guide) -> None:
    """The Host lists what it has: a page of each kind, with one item that is malformed."""
    house = {"host_property_id": "host-house-9", "city_code": "URB", "name": "Pousada Araucária"}
    house |= {"property_type": "pousada", "currency": "BRL", "is_active": True}
    suite = {"host_unit_id": "host-suite-9", "host_property_id": "host-house-9", "name": "Suite"}
    suite |= {"room_type": "suite", "max_guests": 2, "is_active": True}
    night = {"host_unit_id": "host-suite-9", "date": CHECK_IN, "allotment": 2, "base_price": 45000}
    page = {"has_more": False, "next_cursor": "4711"}
    for kind, items in (
        ("properties", [house, {"name": "Nameless"}]),
        ("room_types", [suite]),
        ("availability", [night]),
    ):
        job = guide.call(SYSTEM, f"sync_host_{kind}")
        _carry_out(guide, "integrations.fetch_host_page", {"items": items, **page})
        guide.call(SYSTEM, "host_sync_status", job_id=job["job_id"])


def _carry_out(guide: Guide, topic: str, answer: Json) -> None:
    """What a worker does with a command that succeeds."""
    guide.call(SYSTEM, "complete_command", **_leased(_claim(guide, topic)), response=answer)


def _claim(guide: Guide, topic: str) -> Json:
    [command] = guide.call(SYSTEM, "claim_commands", worker="worker-1", topics=[topic], limit=1)
    return dict(command)


def _leased(command: Json) -> Json:
    return {"id": command["id"], "claim_token": command["claim_token"]}
