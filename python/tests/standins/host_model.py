"""What the Host stand-in knows: units, bookings, rules. It knows nothing of HTTP."""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

Booking = dict[str, Any]
Body = dict[str, Any]
Check = Callable[[Any], bool]

MOST_ITEMS = 500

STEPS = {
    "confirmed": {"checked_in", "cancelled", "no_show"},
    "checked_in": {"checked_out"},
    "checked_out": set(),
    "cancelled": set(),
    "no_show": set(),
}
"""What may become of a booking; nobody leaves who has not arrived."""


class HostError(Exception):
    """A refusal: HTTP status, a code to act on, and the field that is wrong, if one is."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, "field": field}}


class Host:
    """The units the Host manages and what is booked in them.

    ``notify`` is told of each change that did not come through the API, and of those too with ``echoes``.
    """

    def __init__(self, notify: Callable[[str, Booking], object]) -> None:
        self.notify = notify
        self.reset()

    def reset(self) -> None:
        """Forget every unit and booking."""
        self.echoes = False
        self.rooms: dict[tuple[str, str], int] = {}
        self.bookings: dict[str, Booking] = {}
        self.lists: dict[str, list[Any]] = {"properties": [], "room-types": [], "availability": []}
        """What is listed; that of availability are changes, one after the other."""
        self.requests: dict[str, str] = {}
        """The body of each accepted booking request, by its idempotency key."""

    def add_unit(self, host_property_id: str, host_unit_id: str, rooms: int = 1) -> None:
        self.rooms[host_property_id, host_unit_id] = rooms

    def page(self, kind: str, query: Mapping[str, str]) -> Body:
        """So many items behind a cursor. Changes have a cursor also at their end, to go on from there."""
        if not query.keys() <= {"limit", "cursor"}:
            raise HostError(422, "unknown_field", "A page is asked for with limit and cursor.")
        if not re.fullmatch(r"[1-9][0-9]{0,2}", query.get("limit", "")) or int(query["limit"]) > MOST_ITEMS:
            raise HostError(422, "invalid_field", f"limit must be 1 to {MOST_ITEMS}.", "limit")
        place = re.fullmatch(f"{kind}:([0-9]+)", query.get("cursor", f"{kind}:0"))
        items = self.lists[kind]
        if place is None or int(place[1]) > len(items):
            raise HostError(410, "cursor_gone", "There is no such place any more.", "cursor")
        begin = int(place[1])
        end = min(begin + int(query["limit"]), len(items))
        has_more = end < len(items)
        next_cursor = f"{kind}:{end}" if has_more or kind == "availability" else None
        return {"items": items[begin:end], "has_more": has_more, "next_cursor": next_cursor}

    def book(self, key: str | None, body: Any) -> tuple[Booking, bool]:
        """The booking for this request, and whether it is new."""
        if not key:
            raise HostError(400, "idempotency_key_missing", "POST /bookings needs an Idempotency-Key.")
        check_fields(body, BOOKING_FIELDS)
        if key != body["reservation_id"]:
            raise HostError(422, "invalid_field", "The key must be the reservation's id.", "reservation_id")
        canonical = json.dumps(body, sort_keys=True)
        if key in self.requests:
            if self.requests[key] != canonical:
                raise HostError(409, "idempotency_conflict", "The key was used for another request.")
            return self.by_reference(key)[0], False
        self._check_dates(body)
        self._check_unit(body)
        self._check_free(body)
        self.requests[key] = canonical
        booking = self._store(body, source="reserve")
        if self.echoes:
            self.notify("booking.created", booking)
        return booking, True

    def by_reference(self, reservation_id: str) -> list[Booking]:
        return [booking for booking in self.bookings.values() if booking["reservation_id"] == reservation_id]

    def find(self, host_booking_id: str) -> Booking:
        if host_booking_id not in self.bookings:
            raise HostError(404, "not_found", f"No booking {host_booking_id}.")
        return self.bookings[host_booking_id]

    def cancel(self, host_booking_id: str, body: Any) -> Booking:
        """Cancelling twice is cancelling once; who has arrived cannot be cancelled."""
        check_fields(body, {}, {"reason": _is_text})
        booking = self.find(host_booking_id)
        if booking["status"] == "cancelled":
            return booking
        if booking["status"] != "confirmed":
            raise HostError(409, "not_cancellable", f"The booking is {booking['status']}.")
        self._change(booking, status="cancelled")
        if self.echoes:
            self.notify("booking.cancelled", booking)
        return booking

    def book_elsewhere(self, fields: Body) -> Booking:
        """A booking made at the Host or by another channel; it has no reference of ours."""
        body: Body = {"reservation_id": None, "confirmation_code": None, "total_amount": 0, "currency": "BRL"}
        body |= {"guests": {"adults": 1, "children": 0, "infants": 0}}
        body |= {"guest": {"first_name": "Walk", "last_name": "In", "email": "in@example.com", "phone": None}}
        body |= {"source": "booking_com"} | fields
        self._check_dates(body)
        self._check_unit(body)
        self._check_free(body)
        booking = self._store(body, source=body.pop("source"))
        self.notify("booking.created", booking)
        return booking

    def change(self, host_booking_id: str, event_type: str, fields: Body) -> Booking:
        """Something happened at the Host: the booking has these fields now, and we are told."""
        booking = self.find(host_booking_id)
        before, after = booking["status"], fields.get("status", booking["status"])
        if after != before and after not in STEPS[before]:
            raise HostError(409, "illegal_step", f"The booking is {before}.")
        self._change(booking, **fields)
        self.notify(event_type, booking)
        return booking

    def _store(self, body: Body, source: str) -> Booking:
        now = _now()
        stamps = {"source": source, "created_at": now, "updated_at": now}
        booking = {"host_booking_id": f"hb_{secrets.token_hex(8)}", "status": "confirmed"} | body | stamps
        self.bookings[booking["host_booking_id"]] = booking
        return booking

    def _change(self, booking: Booking, **fields: Any) -> None:
        booking.update(fields, updated_at=_now())

    def _check_dates(self, body: Body) -> None:
        if body["check_out"] <= body["check_in"]:
            raise HostError(422, "invalid_field", "check_out must be after check_in.", "check_out")

    def _check_unit(self, body: Body) -> None:
        if body["host_property_id"] not in {property_id for property_id, _ in self.rooms}:
            raise HostError(422, "unknown_property", "No such property.", "host_property_id")
        if (body["host_property_id"], body["host_unit_id"]) not in self.rooms:
            raise HostError(422, "unknown_unit", "The property has no such unit.", "host_unit_id")

    def _check_free(self, body: Body) -> None:
        unit = (body["host_property_id"], body["host_unit_id"])
        nights = _nights(body)
        taken = [_nights(other) for other in self.bookings.values() if _holds(other, unit)]
        for night in nights:
            if sum(night in other for other in taken) >= self.rooms[unit]:
                raise HostError(409, "no_availability", f"{night} is taken.")


def check_fields(
    body: Any, required: dict[str, Any], optional: dict[str, Any] | None = None, path: str = ""
) -> None:
    """Exactly these fields, each of its kind; a nested table of fields is an object."""
    if not isinstance(body, dict):
        raise HostError(422, "invalid_field", "An object is needed.", path.rstrip(".") or None)
    known = required | (optional or {})
    for name in body:
        if name not in known:
            raise HostError(422, "unknown_field", f"Unknown field {path}{name}.", f"{path}{name}")
    for name in required:
        if name not in body:
            raise HostError(422, "missing_field", f"Missing field {path}{name}.", f"{path}{name}")
    for name, value in body.items():
        kind = known[name]
        if isinstance(kind, dict):
            check_fields(value, kind, path=f"{path}{name}.")
        elif not kind(value):
            raise HostError(422, "invalid_field", f"Invalid value for {path}{name}.", f"{path}{name}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_text_or_null(value: Any) -> bool:
    return value is None or _is_text(value)


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _at_least(least: int) -> Check:
    return lambda value: type(value) is int and value >= least


def _matches(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


BOOKING_FIELDS: dict[str, Any] = {
    "reservation_id": _is_uuid,
    "confirmation_code": _is_text,
    "host_property_id": _is_text,
    "host_unit_id": _is_text,
    "check_in": _is_date,
    "check_out": _is_date,
    "guests": {"adults": _at_least(1), "children": _at_least(0), "infants": _at_least(0)},
    "guest": {
        "first_name": _is_text,
        "last_name": _is_text,
        "email": _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
        "phone": _is_text_or_null,
    },
    "total_amount": _at_least(0),
    "currency": _matches(r"[A-Z]{3}"),
}


def _holds(booking: Booking, unit: tuple[str, str]) -> bool:
    return (
        booking["status"] not in ("cancelled", "no_show")
        and (booking["host_property_id"], booking["host_unit_id"]) == unit
    )


def _nights(booking: Body) -> list[date]:
    first = date.fromisoformat(booking["check_in"]).toordinal()
    end = date.fromisoformat(booking["check_out"]).toordinal()
    return [date.fromordinal(day) for day in range(first, end)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
