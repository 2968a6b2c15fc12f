"""The Host stand-in takes only signed, complete requests, books nothing twice, and tells what happens."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.standins.conftest import Receiver
from tests.standins.host_server import API_KEY, SECRET, HostStandIn
from tests.standins.signatures import is_signed, sign

UNIT = {"host_property_id": "prop-1", "host_unit_id": "unit-1"}


@pytest.fixture(scope="module")
def server(receiver: Receiver) -> Iterator[HostStandIn]:
    with HostStandIn(receiver.url) as running:
        running.configure(retry_seconds=0.01)
        yield running


@pytest.fixture
def host(server: HostStandIn, receiver: Receiver) -> HostStandIn:
    """The Host with one unit that nobody has booked."""
    server.reset()
    receiver.clear()
    server.add_unit("prop-1", "unit-1")
    return server


def request_for(**changes: Any) -> dict[str, Any]:
    body = {
        "reservation_id": str(uuid.uuid4()),
        "confirmation_code": "RES-7K2M9P",
        "check_in": "2027-03-10",
        "check_out": "2027-03-13",
        "guests": {"adults": 2, "children": 1, "infants": 0},
        "guest": {"first_name": "Ana", "last_name": "Lima", "email": "ana@example.com", "phone": None},
        "total_amount": 90000,
        "currency": "BRL",
    }
    return body | UNIT | changes


def post(host: HostStandIn, path: str, body: Any, **headers: str) -> httpx.Response:
    """A request as it should be, save for the headers given."""
    raw = json.dumps(body).encode()
    good = {
        "Authorization": f"Bearer {API_KEY}",
        "Reserve-Signature": sign(raw, [SECRET], int(time.time())),
        "Idempotency-Key": str(body.get("reservation_id", "")),
    }
    return host.http.post(path, content=raw, headers=good | headers)


def book(host: HostStandIn, **changes: Any) -> dict[str, Any]:
    response = post(host, "/bookings", request_for(**changes))
    assert response.status_code == 201, response.text
    booking: dict[str, Any] = response.json()
    return booking


def get(host: HostStandIn, path: str) -> httpx.Response:
    return host.http.get(path, headers={"Authorization": f"Bearer {API_KEY}"})


def code_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


# who asks


def test_a_request_without_the_key_or_the_signature_is_refused(host: HostStandIn) -> None:
    body = request_for()
    raw = json.dumps(body).encode()
    now = int(time.time())
    assert code_of(post(host, "/bookings", body, Authorization="Bearer wrong")) == (401, "unauthorized")
    for signature in (
        "",
        "nonsense",
        sign(raw, ["other secret"], now),
        sign(raw + b" ", [SECRET], now),
        sign(raw, [SECRET], now - 301),
        sign(raw, [SECRET], now + 301),
    ):
        refused = post(host, "/bookings", body, **{"Reserve-Signature": signature})
        assert code_of(refused) == (401, "invalid_signature")
    assert host.http.get("/bookings/hb_x").status_code == 401
    assert get(host, f"/bookings?reference={body['reservation_id']}").json() == {"bookings": []}


def test_one_of_two_signatures_is_enough_while_the_secret_is_rotated(host: HostStandIn) -> None:
    body = request_for()
    both = sign(json.dumps(body).encode(), ["the new one", SECRET], int(time.time()))
    assert post(host, "/bookings", body, **{"Reserve-Signature": both}).status_code == 201


# bookings


def test_a_booking_is_made_once_per_reservation(host: HostStandIn) -> None:
    body = request_for()
    made = post(host, "/bookings", body)
    again = post(host, "/bookings", dict(reversed(body.items())))
    assert (made.status_code, again.status_code) == (201, 200)
    booking = made.json()
    assert booking == again.json()
    assert booking.items() >= body.items()
    assert (booking["status"], booking["source"]) == ("confirmed", "reserve")
    assert get(host, f"/bookings/{booking['host_booking_id']}").json() == booking
    assert get(host, f"/bookings?reference={body['reservation_id']}").json() == {"bookings": [booking]}
    other = post(host, "/bookings", body | {"total_amount": 1})
    assert code_of(other) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"colour": "red"}, "unknown_field", "colour"),
        ({"currency": None}, "invalid_field", "currency"),
        ({"currency": "brl"}, "invalid_field", "currency"),
        ({"total_amount": 900.5}, "invalid_field", "total_amount"),
        ({"total_amount": True}, "invalid_field", "total_amount"),
        ({"check_in": "10/03/2027"}, "invalid_field", "check_in"),
        ({"check_out": "2027-03-10"}, "invalid_field", "check_out"),
        ({"guests": {"adults": 0, "children": 0, "infants": 0}}, "invalid_field", "guests.adults"),
        ({"guests": {"adults": 1, "children": 0}}, "missing_field", "guests.infants"),
        ({"guests": 2}, "invalid_field", "guests"),
        ({"host_property_id": "prop-x"}, "unknown_property", "host_property_id"),
        ({"host_unit_id": "unit-x"}, "unknown_unit", "host_unit_id"),
        ({"reservation_id": "1"}, "invalid_field", "reservation_id"),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    host: HostStandIn, change: dict[str, Any], code: str, field: str
) -> None:
    response = post(host, "/bookings", request_for(**change))
    assert code_of(response) == (422, code)
    assert response.json()["error"]["field"] == field


def test_a_missing_field_key_or_body_is_refused(host: HostStandIn) -> None:
    body = request_for()
    without = {name: value for name, value in body.items() if name != "guest"}
    assert code_of(post(host, "/bookings", without)) == (422, "missing_field")
    assert code_of(post(host, "/bookings", body, **{"Idempotency-Key": ""})) == (
        400,
        "idempotency_key_missing",
    )
    assert code_of(post(host, "/bookings", body, **{"Idempotency-Key": "x"})) == (422, "invalid_field")
    raw = b"{"
    signature = sign(raw, [SECRET], int(time.time()))
    headers = {"Authorization": f"Bearer {API_KEY}", "Reserve-Signature": signature}
    assert code_of(host.http.post("/bookings", content=raw, headers=headers)) == (400, "invalid_json")
    assert code_of(get(host, "/bookings")) == (422, "invalid_field")
    assert code_of(get(host, "/bookings/hb_x")) == (404, "not_found")


def test_a_night_is_sold_once_per_room(host: HostStandIn) -> None:
    first = book(host)
    taken = post(host, "/bookings", request_for(check_in="2027-03-12", check_out="2027-03-14"))
    assert code_of(taken) == (409, "no_availability")
    book(host, check_in="2027-03-13", check_out="2027-03-14")
    post(host, f"/bookings/{first['host_booking_id']}/cancel", {})
    book(host, check_in="2027-03-12", check_out="2027-03-13")
    host.add_unit("prop-1", "unit-1", rooms=2)
    book(host, check_in="2027-03-12", check_out="2027-03-14")


def test_cancelling_twice_is_cancelling_once_and_arrived_guests_stay(host: HostStandIn) -> None:
    booking_id = book(host)["host_booking_id"]
    for _ in range(2):
        cancelled = post(host, f"/bookings/{booking_id}/cancel", {"reason": "guest asked"})
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    arrived = book(host)["host_booking_id"]
    host.check_in(arrived)
    assert code_of(post(host, f"/bookings/{arrived}/cancel", {})) == (409, "not_cancellable")
    assert code_of(post(host, "/bookings/hb_x/cancel", {})) == (404, "not_found")
    assert code_of(post(host, f"/bookings/{arrived}/cancel", {"why": "x"})) == (422, "unknown_field")


# misfortune


def test_the_next_requests_are_refused_as_told(host: HostStandIn) -> None:
    body = request_for()
    host.inject("error", status=409, code="no_availability", times=2, path="/bookings")
    host.inject("error", path="/bookings")
    host.inject("rate_limit")
    answers = [code_of(post(host, "/bookings", body)) for _ in range(4)]
    assert answers == [
        (409, "no_availability"),
        (409, "no_availability"),
        (500, "internal_error"),
        (429, "rate_limited"),
    ]
    assert post(host, "/bookings", body).status_code == 201


@pytest.mark.parametrize("kind", ["close", "timeout"])
@pytest.mark.parametrize("executes", [True, False])
def test_silence_leaves_the_outcome_to_be_asked_for(host: HostStandIn, kind: Any, executes: bool) -> None:
    body = request_for()
    host.inject(kind, executes=executes, seconds=0.1)
    with pytest.raises(httpx.TransportError):
        post(host, "/bookings", body)
    assert len(get(host, f"/bookings?reference={body['reservation_id']}").json()["bookings"]) == executes
    assert post(host, "/bookings", body).status_code == (200 if executes else 201)


def test_a_caller_that_does_not_wait_gets_nothing(host: HostStandIn) -> None:
    host.configure(latency_seconds=0.3)
    with pytest.raises(httpx.ReadTimeout):
        host.http.get("/bookings/hb_x", headers={"Authorization": f"Bearer {API_KEY}"}, timeout=0.05)
    host.configure(latency_seconds=0)


# webhooks


def test_what_happens_at_the_host_is_told_in_signed_webhooks(host: HostStandIn, receiver: Receiver) -> None:
    ours = book(host)
    host.check_in(ours["host_booking_id"])
    host.check_out(ours["host_booking_id"], event_type="booking.checkout_completed")
    theirs = host.book_elsewhere(**UNIT, check_in="2027-04-01", check_out="2027-04-03")
    host.update(theirs["host_booking_id"], check_out="2027-04-04")
    host.cancel(theirs["host_booking_id"])
    host.send("booking.moved", anything="goes")
    host.settle()
    told = [json.loads(webhook.body) for webhook in receiver.received]
    assert [event["event_type"] for event in told] == [
        "checkin.completed",
        "booking.checkout_completed",
        "booking.created",
        "booking.updated",
        "booking.cancelled",
        "booking.moved",
    ]
    assert all(set(event) == {"event_type", "timestamp", "data", "webhook_id"} for event in told)
    assert (
        told[0]["data"].items() >= {"reservation_id": ours["reservation_id"], "status": "checked_in"}.items()
    )
    assert told[2]["data"]["reservation_id"] is None
    assert told[3]["data"]["check_out"] == "2027-04-04"
    for webhook in receiver.received:
        header = webhook.headers["reserve-signature"]
        assert is_signed(header, webhook.body, SECRET, time.time())
        assert not is_signed(header, webhook.body, "other secret", time.time())


def test_our_own_bookings_are_echoed_when_asked(host: HostStandIn, receiver: Receiver) -> None:
    host.echo()
    booking = book(host)
    post(host, f"/bookings/{booking['host_booking_id']}/cancel", {})
    host.settle()
    told = [json.loads(webhook.body) for webhook in receiver.received]
    assert [event["event_type"] for event in told] == ["booking.created", "booking.cancelled"]
    assert {event["data"]["reservation_id"] for event in told} == {booking["reservation_id"]}


def test_webhooks_come_twice_and_out_of_order(host: HostStandIn, receiver: Receiver) -> None:
    booking_id = book(host)["host_booking_id"]
    host.hold_webhooks()
    host.check_in(booking_id)
    host.check_out(booking_id)
    checked_in, checked_out = [item["id"] for item in host.deliveries() if item["state"] == "held"]
    host.deliver(checked_out, checked_in, times=2)
    arrived = [json.loads(webhook.body)["webhook_id"] for webhook in receiver.received]
    assert arrived == [checked_out, checked_out, checked_in, checked_in]


def test_a_guest_who_came_did_not_stay_away_and_nobody_leaves_who_never_came(
    host: HostStandIn, receiver: Receiver
) -> None:
    booking_id = book(host)["host_booking_id"]
    with pytest.raises(AssertionError, match="confirmed"):
        host.check_out(booking_id)
    host.check_in(booking_id)
    with pytest.raises(AssertionError, match="checked_in"):
        host.no_show(booking_id)
    host.settle()
    assert [json.loads(webhook.body)["event_type"] for webhook in receiver.received] == ["checkin.completed"]


def test_the_nights_of_a_guest_who_stayed_away_are_free(host: HostStandIn) -> None:
    absent = host.no_show(book(host)["host_booking_id"])
    assert absent["status"] == "no_show"
    assert book(host)["host_booking_id"] != absent["host_booking_id"]
