"""One call as PostgREST makes it, and what is wrong with how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import psycopg
from psycopg import sql

from tests.badinput.functions import Function
from tests.badinput.world import SESSIONS, Caller, Thing, World
from tests.core.crowd import Connection

SHOWN = 200
SHOWN_TO_ALL = ("p_property_id", "p_unit_id", "p_slot_id")
NAMED_BY_CALLERS = {("emit_event", "p_event_id")}
"""Ids that a caller makes up; one that there is already means that nothing is to be done."""
CATALOG = "select jsonb_object_agg(code, sqlstate) from core.error_catalog()"
# Before the function runs: the argument is no value of its type, or too deep to be read.
UNREADABLE = ("22", "42804", "54001")


@dataclass(frozen=True)
class Spoilt:
    """One argument of a call: what is wrong with it, and its text in JSON; None leaves it out."""

    argument: str
    what: str
    text: str | None


@dataclass(frozen=True)
class Call:
    """A function's good arguments as texts of JSON, and those of them that are spoilt."""

    function: Function
    caller: Caller
    good: Mapping[str, str]
    spoilt: tuple[Spoilt, ...] = ()

    def __str__(self) -> str:
        what = "; ".join(f"{one.argument}: {one.what}" for one in self.spoilt) or "as it should be"
        shown = (
            self.body if len(self.body) <= SHOWN else f"{self.body[:SHOWN]}… ({len(self.body)} characters)"
        )
        return f"{self.function.name} by {self.caller.name}, {what}\n    {shown}"

    @property
    def arguments(self) -> dict[str, str]:
        texts = {**self.good, **{one.argument: one.text for one in self.spoilt}}
        return {name: text for name, text in texts.items() if text is not None}

    @property
    def body(self) -> str:
        return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in self.arguments.items()) + "}"

    @property
    def is_complete(self) -> bool:
        return self.function.required <= self.arguments.keys()

    @property
    def is_allowed(self) -> bool:
        return self.caller.role in self.function.roles

    def foreign(self, world: World) -> list[Thing]:
        """What it names of other people, or of other cities, without the session that proves to be them."""
        arguments = self.arguments
        proven = {owner for owner, session in SESSIONS.items() if json.dumps(session) in arguments.values()}
        named = {text for name, text in arguments.items() if self._is_closed(name)}
        return [
            thing
            for thing in world.things
            if json.dumps(thing.name) in named
            and thing.owner not in proven
            and not self.caller.may_use(thing)
        ]

    def _is_closed(self, argument: str) -> bool:
        """Whether the argument names what not everybody may use."""
        if argument == "p_city_code":
            return not self.function.is_public
        return (
            self.function.types[argument] == "uuid"
            and argument not in SHOWN_TO_ALL
            and (self.function.name, argument) not in NAMED_BY_CALLERS
        )


class Judge:
    """Makes calls, and knows the codes of the catalog and whose things are whose."""

    def __init__(
        self, world: World, catalog: Mapping[str, str], connections: Mapping[str, Connection]
    ) -> None:
        self._world = world
        self._catalog = catalog
        self._connections = connections

    def ask(self, call: Call) -> psycopg.Error | None:
        """The error, None for success. What a success did is checked as at commit, and undone.

        After an error the caller commits: whatever a refused call leaves behind is there to be seen.
        """
        connection = self._connections[call.caller.name]
        try:
            psycopg.ClientCursor(connection).execute(
                _trial(call.function, tuple(call.arguments)), [call.body]
            )
        except psycopg.Error as error:
            connection.execute("commit")
            return error
        return None

    def complaint(self, call: Call) -> str | None:
        """What is wrong with how a call ends; None if nothing is."""
        return self.complaint_about(call, self.ask(call))

    def complaint_about(self, call: Call, error: psycopg.Error | None) -> str | None:
        if error is None:
            foreign = ", ".join(f"{t.label} of {t.owner or t.city}" for t in call.foreign(self._world))
            return f"may use the {foreign}" if foreign else None
        return None if self._is_expected(call, error) else f"{error.sqlstate} in {_place(error)}\n{error}"

    def smallest(self, call: Call) -> str:
        """The call with no more spoilt than its complaint needs, and that complaint."""
        for one in call.spoilt:
            fewer = replace(call, spoilt=tuple(other for other in call.spoilt if other is not one))
            if self.complaint(fewer):
                return self.smallest(fewer)
        return f"{call}\n    {self.complaint(call)}"

    def _is_expected(self, call: Call, error: psycopg.Error) -> bool:
        state = error.sqlstate or ""
        if state.startswith("PT"):
            code = json.loads(error.diag.message_detail or "{}").get("code")
            return state != "PT500" and self._catalog.get(code) == state
        if "function" in (error.diag.context or ""):
            return False
        if state == "42501":
            return not call.is_allowed
        if state == "42883":
            return not call.is_complete
        return state.startswith(UNREADABLE)


def _place(error: psycopg.Error) -> str:
    """The function and line it comes from."""
    lines = (error.diag.context or "").splitlines()
    return next((line for line in lines if "function" in line), "no function")


@cache
def _trial(function: Function, arguments: tuple[str, ...]) -> sql.Composed:
    """A transaction that makes a call with these arguments, as PostgREST would; success is taken back."""
    passed = [sql.SQL("{0} => a.{0}").format(sql.Identifier(name)) for name in arguments]
    columns: list[sql.Composable] = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(function.types[name])) for name in arguments
    ]
    return sql.SQL(
        "begin; select {}({}) from json_to_record(%s::json) as a ({});"
        " set constraints all immediate; rollback"
    ).format(
        sql.Identifier("api", function.name),
        sql.SQL(", ").join(passed),
        sql.SQL(", ").join(columns or [sql.SQL("nothing text")]),
    )
