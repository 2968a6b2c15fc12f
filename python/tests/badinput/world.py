"""A marketplace in the middle of its business: stays in every state, and everybody who may call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value

WORLD = Path(__file__).with_name("world.sql")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LEASED = "select jsonb_object_agg(topic, to_jsonb(o)) from core.outbox as o where claim_token is not null"
OWNERS = ("ana", "bruno", "carla", "dora")
SESSIONS = {name: f"session of the guest of {name}" for name in OWNERS}


@dataclass(frozen=True)
class Thing:
    """What an argument can name. Without owner and city it is everybody's."""

    label: str
    name: str
    owner: str | None
    city: str | None

    @property
    def is_id(self) -> bool:
        return UUID.fullmatch(self.name) is not None


@dataclass(frozen=True)
class Caller:
    """Who calls. His things are those he owns, and, where he is staff, those of his city."""

    name: str
    role: str
    claims: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    acts_for: str = "ana"
    city: str | None = None

    @property
    def is_system(self) -> bool:
        return self.role == "service_role"

    def may_use(self, thing: Thing) -> bool:
        return (
            self.is_system
            or (thing.owner is None and thing.city is None)
            or (thing.owner is not None and thing.owner == self.name)
            or (thing.city is not None and thing.city == self.city)
        )


def _staff(role: str, city: str) -> Caller:
    name = f"{role} of {city}"
    return Caller(name, "authenticated", {"sub": name, "city_code": city}, city=city)


CARLA = {"sub": "5a6c1f52-0f5e-4c1a-9d55-3a4f0f3f6a10"}
CALLERS = (
    Caller("nobody", "anon"),
    Caller("ana", "anon", headers={"x-session-id": SESSIONS["ana"], "x-forwarded-for": "203.0.113.7"}),
    Caller("bruno", "anon", acts_for="bruno"),
    Caller("carla", "authenticated", CARLA, acts_for="carla"),
    Caller("dora", "authenticated", {"sub": "user_2dora"}, {"x-session-id": "another"}, acts_for="dora"),
    Caller("a stranger", "authenticated", {"sub": "somebody", "city_code": "URB", "user_role": "admin"}),
    Caller("a strange token", "authenticated", {"sub": {"id": 1}, "city_code": ["URB"], "exp": "\0"}),
    _staff("agent", "URB"),
    _staff("city_admin", "URB"),
    _staff("agent", "FLN"),
    _staff("city_admin", "FLN"),
    Caller("the system", "service_role"),
)


@dataclass(frozen=True)
class World:
    """A clone full of business, and what arguments can name in it."""

    clone: Clone
    things: tuple[Thing, ...]
    nights: tuple[str, ...]
    amount: int
    leased: dict[str, Any]
    payout: dict[str, Any]

    def find(self, label: str, owner: str | None = None) -> str:
        """The first thing with this label, of this owner if one is given."""
        return next(t.name for t in self.things if t.label == label and owner in (None, t.owner))

    def things_near(self, caller: Caller) -> list[Thing]:
        """The caller's own, those of one other guest, and what is nobody's."""
        other = "ana" if caller.acts_for == "bruno" else "bruno"
        return [t for t in self.things if t.owner in (caller.acts_for, other) or t.owner not in OWNERS]

    @contextmanager
    def connections(self) -> Iterator[dict[str, Connection]]:
        """An autocommitting connection for each caller, as PostgREST would introduce him."""
        with ExitStack() as stack:
            yield {
                caller.name: stack.enter_context(
                    self.clone.connect(
                        caller.role,
                        caller.claims,
                        caller.headers,
                        autocommit=True,
                        options="-c statement_timeout=10s",
                    )
                )
                for caller in CALLERS
            }


def build(clone: Clone) -> World:
    """Fills a clone."""
    with clone.connect(autocommit=True) as connection:
        connection.execute(WORLD.read_bytes())
        rows = connection.execute(
            "select label, name, owner, city from tests.things order by 1, 2"
        ).fetchall()
        nights = value(
            connection, "select array_agg(tests.night(n)::text order by n) from generate_series(0, 59) as n"
        )
        amount = value(connection, "select distinct amount from payments.payments")
        leased = value(connection, LEASED)
        payout = value(
            connection, "select to_jsonb(p) from payments.payouts as p where status = 'processing'"
        )
    return World(clone, tuple(Thing(*row) for row in rows), tuple(nights), amount, leased, payout)
