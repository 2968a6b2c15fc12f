"""The functions of schema `api` as the catalog lists them, and calls of them that are as they should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.badinput.world import SESSIONS, Caller, World
from tests.core.crowd import Connection
from tests.payments.stripe_side import Toy

Json = dict[str, Any]

# For parameters of unknown names that must be given.
ANY: Mapping[str, Any] = {
    "uuid": "018f3a5e-7c1e-7000-8000-000000000001",
    "text": "x",
    "text[]": ["x"],
    "integer": 1,
    "bigint": 1,
    "numeric": 1,
    "boolean": True,
    "date": "2030-01-07",
    "timestamp with time zone": "2030-01-07T12:00:00Z",
    "jsonb": {},
}
HOST_EVENTS = (
    "booking.updated",
    "booking.cancelled",
    "booking.no_show",
    "checkin.completed",
    "checkout.completed",
)
SIGNATURES = """
    select p.proname,
           coalesce((select jsonb_object_agg(p.proargnames[i], format_type(p.proargtypes[i - 1], null))
                     from generate_series(1, p.pronargs) as i), '{}'),
           p.proargnames[1:p.pronargs - p.pronargdefaults],
           array(select r.name from unnest(array['anon', 'authenticated', 'service_role']) as r (name)
                 where has_function_privilege(r.name, p.oid, 'execute'))
    from pg_proc as p
    where p.pronamespace = 'api'::regnamespace
    order by p.proname
"""


@dataclass(frozen=True, eq=False)
class Function:
    """A function of schema api, with its parameters' types, those that must be given, and who may call it."""

    name: str
    types: Mapping[str, str]
    required: frozenset[str]
    roles: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        return "anon" in self.roles


def read(connection: Connection) -> list[Function]:
    """Every function of schema api."""
    rows = connection.execute(SIGNATURES.encode()).fetchall()
    return [
        Function(name, types, frozenset(required or ()), tuple(roles))
        for name, types, required, roles in rows
    ]


def good_calls(function: Function, caller: Caller, world: World) -> list[Json]:
    """Arguments with which the function gets as far as it can; those of a name mean the same everywhere.

    What has a default and a name we do not know is left out.
    """
    usual = _usual(caller, world)
    variants = _special(caller, world).get(function.name, [{}])
    return [
        {
            name: {**usual, **variant}.get(name, ANY[type_name])
            for name, type_name in function.types.items()
            if name in usual or name in variant or name in function.required
        }
        for variant in variants
    ]


def _usual(caller: Caller, world: World) -> Json:
    owner = caller.acts_for
    return {
        "p_session_id": SESSIONS[owner] if "x-session-id" not in caller.headers else None,
        "p_city_code": caller.city or "URB",
        "p_property_id": world.find("property house"),
        "p_unit_id": world.find("unit Family"),
        "p_check_in": world.nights[30],
        "p_check_out": world.nights[33],
        "p_start_date": world.nights[1],
        "p_end_date": world.nights[5],
        "p_guests": {"adults": 2, "children": 1, "infants": 0},
        "p_traveler": {
            "first_name": "Ana",
            "last_name": "Souza",
            "email": "ana@guest.example",
            "phone": "+55",
        },
        "p_rate_plan_id": None,
        "p_expected_total": None,
        "p_source": "newsletter",
        "p_utm_medium": "email",
        "p_utm_campaign": "summer",
        "p_filters": {
            "property_types": ["pousada"],
            "min_price": 0,
            "max_price": 10**9,
            "amenities": ["wifi"],
            "rating": 4.5,
        },
        "p_pagination": {"page": 1, "per_page": 20},
        "p_sort": "popular",
        "p_property_slug": "house",
        "p_property_type": "pousada",
        "p_is_featured": False,
        "p_is_published": True,
        "p_booking_intent_id": world.find("held stay", owner),
        "p_booking_id": world.find("held stay", owner),
        "p_reservation_id": world.find("paid stay", owner),
        "p_confirmation_code": world.find("confirmation code", owner),
        "p_email": None,
        "p_traveler_id": world.find("traveler", owner),
        "p_payment_id": world.find("payment of a paid stay", owner),
        "p_payment_status": "succeeded",
        "p_payment_method_id": "pm_1",
        "p_provider": "openpix",
        "p_qr_code_base64": "iVBORw0KGgo=",
        "p_customer_email": "ana@guest.example",
        "p_retry_count": 1,
        "p_reason": "customer_request",
        "p_amount": 500,
        "p_idempotency_key": "a key of the caller",
        "p_command_id": world.find("dead command payments.create_refund", "ana"),
        "p_currency": "BRL",
        "p_account": "customer_deposits",
        "p_from": "2020-01-01T00:00:00Z",
        "p_to": "2100-01-01T00:00:00Z",
        "p_limit": 10,
        "p_job": "lodging.expire_holds",
        "p_worker": "worker-1",
        "p_topics": ["payments.create_refund", "lodging.commit_booking"],
        "p_error": {"code": "no_availability", "message": "No room.", "http_status": 409},
        "p_answered": True,
        "p_retry": True,
        "p_timestamp": "2030-01-07T12:00:00Z",
        "p_signature": "t=1,v1=abc",
        "p_webhook_id": "webhook-1",
        "p_payout_id": world.find("failed payout"),
        "p_reference": "bank-1",
        "p_success_url": "https://shop.example/thanks",
        "p_cancel_url": "https://shop.example/basket",
        "p_campaign_id": world.find("campaign"),
        "p_slot_id": None,
        "p_impression_id": None,
        "p_slot_code": "homepage_hero",
        "p_page_type": "home",
        "p_page_path": "/",
        "p_visitor_id": "visitor of these tests",
        "p_cost": 0.5,
        "p_channels": ["email"],
        "p_event_id": world.find("webhook of the Host"),
        "p_exception_id": world.find("exception"),
        "p_resolution": "It was nothing.",
        "p_refund_id": world.find("failed refund"),
        "p_review_id": world.find("review"),
        "p_publish": True,
        "p_overall_rating": 5,
        "p_content": "Lovely.",
        "p_notification_id": world.find("sent message"),
        "p_recipient": "ana@other.example",
        "p_user_id": "somebody",
        "p_role": "agent",
        "p_code_or_email": "some@body.example",
        "p_body": "Hello.",
        "p_job_id": world.find("synchronisation"),
    }


def _special(caller: Caller, world: World) -> Mapping[str, list[Json]]:
    """Where the usual argument does not lead far, others; each variant is a call of its own."""
    owner = caller.acts_for
    payment = {
        stay: world.find(f"payment of a {stay} stay", owner) for stay in ("paying", "paid", "refunding")
    }
    toy = {stay: Toy(f"{owner}_{stay}", payment[stay], world.amount) for stay in payment}
    pay_out = world.leased["payments.create_transfer"]
    fetch, commit = world.leased["payments.fetch_stripe_object"], world.leased["lodging.commit_booking"]
    charge = toy["paid"].charge("ch", "succeeded", "txn")
    refund = toy["refunding"].refund("succeeded", 1000, world.find("refund", owner))
    refund_there = {**toy["paid"].refund("succeeded", 500), "id": "re_there"}
    fee = {
        "id": "txn_1",
        "object": "balance_transaction",
        "type": "charge",
        "source": charge["id"],
        "fee": 100,
        "currency": "brl",
        "created": 1_800_000_000,
    }
    taken = {**fee, "id": "txn_2", "amount": -world.amount, "fee": 1500}
    dispute = {
        "id": "dp_1",
        "object": "dispute",
        "status": "needs_response",
        "amount": world.amount,
        "currency": "brl",
        "reason": "fraudulent",
        "created": fee["created"],
        "charge": charge["id"],
        "evidence_details": {"due_by": fee["created"]},
        "balance_transactions": [taken],
    }
    payout = world.payout
    transfer = {
        "id": "tr_1",
        "object": "transfer",
        "amount": payout["net_amount"],
        "amount_reversed": 0,
        "currency": "brl",
        "metadata": {"payout_id": payout["id"]},
    }
    snapshots = {
        "payment_intent.succeeded": toy["paying"].intent("succeeded", "ch"),
        "payment_intent.payment_failed": toy["paying"].declined("ch", "lost_card"),
        "checkout.session.completed": toy["paying"].session("complete", "paid"),
        "charge.updated": charge,
        "refund.updated": refund,
        "refund.created": refund_there,
        "charge.dispute.funds_withdrawn": dispute,
        "charge.dispute.closed": {**dispute, "status": "lost"},
        "transfer.created": transfer,
        "transfer.reversed": {**transfer, "amount_reversed": transfer["amount"]},
        "customer.created": {"id": "cus_1", "object": "customer"},
    }
    shortly = ("payment_intent.succeeded", "charge.dispute.closed", "transfer.created", "customer.created")
    host_booking = {
        "reservation_id": world.find("paid stay", owner),
        "host_property_id": "host-house",
        "check_in": world.nights[1],
        "check_out": world.nights[2],
    }
    message = {"p_id": world.find("leased message"), "p_claim_token": world.find("claim of a message")}
    return {
        "cancel_reservation": [{}, {"p_force": True}],
        "emit_event": [
            {
                "p_event_name": "property_viewed",
                "p_event_id": None,
                "p_reservation_id": None,
                "p_user_id": None,
                "p_user_agent": "Mozilla/5.0",
                "p_utm_source": "newsletter",
                "p_metadata": {"from_search": True, "page_path": "/house"},
            }
        ],
        "get_daily_kpis": [{"p_from": "2030-01-01", "p_to": "2030-01-31"}],
        "complete_command": [
            {"p_id": fetch["id"], "p_claim_token": fetch["claim_token"], "p_response": charge},
            *(
                {
                    "p_id": commit["id"],
                    "p_claim_token": commit["claim_token"],
                    "p_response": {"host_booking_id": name},
                }
                for name in ("a new one", "h-bruno")
            ),
            {"p_id": pay_out["id"], "p_claim_token": pay_out["claim_token"], "p_response": transfer},
        ],
        "complete_notification": [message],
        "erase_traveler": [{"p_traveler_id": world.find("traveler who has stayed", owner)}],
        "fail_notification": [{**message, "p_error": "No such mailbox."}],
        "fail_command": [
            {"p_id": command["id"], "p_claim_token": command["claim_token"], "p_retry": retry}
            for command in world.leased.values()
            for retry in (True, False)
        ],
        "host_webhook_receiver": [
            {"p_event_type": kind, "p_data": {**host_booking, "host_booking_id": booking_id}}
            for kind, booking_id in zip(HOST_EVENTS, ("h-bruno", *["a new one"] * 4), strict=True)
        ],
        "finalize_reservation": [{"p_booking_intent_id": world.find("paid stay", owner)}],
        "ingest_stripe_event": [
            {"p_event": toy["paying"].event(number, kind, snapshot)}
            for number, (kind, snapshot) in enumerate(snapshots.items())
            if kind in shortly
        ],
        "ingest_stripe_object": [{"p_object": snapshot} for snapshot in (*snapshots.values(), fee)],
        "ledger_statement": [{}, {"p_after": world.find("ledger entry")}],
        "refund_payment": [{}, {"p_reservation_id": None}],
        "submit_review": [{"p_reservation_id": world.find("stayed stay", owner)}],
        "record_checkout_session": [
            {"p_payment_id": payment["paying"], "p_checkout_session": toy["paying"].session("open", "unpaid")}
        ],
        "record_pix_charge": [
            {
                "p_payment_id": payment["paying"],
                "p_pix_charge": toy["paying"].intent("requires_payment_method"),
            }
        ],
        "record_payment_intent": [
            {
                "p_payment_id": payment["paying"],
                "p_payment_intent": toy["paying"].intent("requires_payment_method"),
            }
        ],
    }


def as_json(arguments: Json) -> dict[str, str]:
    """Each argument as it stands in a request's body."""
    return {name: json.dumps(argument) for name, argument in arguments.items()}
