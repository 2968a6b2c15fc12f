"""Every function of schema api, every caller, every argument spoilt: refused by name, and no row changes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import pytest

from reserve_db.sqltest.bench import Bench
from tests.badinput.arguments import bad_documents, bad_values, others_things
from tests.badinput.calls import CATALOG, Call, Judge, Spoilt
from tests.badinput.checksum import checksums
from tests.badinput.functions import Function, as_json, good_calls, read
from tests.badinput.world import CALLERS, Caller, World, build
from tests.core.crowd import value

SEED = 20_300_205
COMBINATIONS = 15


@pytest.fixture(scope="module")
def world(bench: Bench) -> Iterator[World]:
    with bench.cloned() as clone:
        yield build(clone)


def calls(function: Function, caller: Caller, world: World, *, is_thorough: bool) -> Iterator[Call]:
    """Each good call with one argument spoilt in every way, and with several spoilt at once.

    Of a further good call what it has in common with the first one is left as it is. Who is not thorough
    leaves arguments out and names what belongs to others, no more. To functions for everybody staff are
    customers like others.
    """
    if caller.role not in function.roles or (function.is_public and caller.city):
        return
    rng = random.Random(f"{SEED} {function.name} {caller.name}")
    first: Mapping[str, str] | None = None
    for good in good_calls(function, caller, world):
        texts = as_json(good)
        spoilt: list[Spoilt] = []
        for argument, type_name in function.types.items():
            if first is not None and texts.get(argument) == first.get(argument):
                continue
            bad = [("left out", None), *others_things(type_name, caller, world)]
            if is_thorough:
                bad += [*bad_values(type_name).items(), *bad_documents(good.get(argument))]
            spoilt += [Spoilt(argument, what, text) for what, text in bad]
        for one in spoilt:
            yield Call(function, caller, texts, (one,))
        for _ in range(COMBINATIONS if spoilt else 0):
            yield Call(
                function, caller, texts, tuple(rng.sample(spoilt, min(len(spoilt), rng.randint(2, 4))))
            )
        first = first or texts


def test_bad_arguments_are_refused_by_name_and_change_nothing(world: World) -> None:
    """Of each role the first caller whose good call succeeds is thorough: what he spoils was good."""
    with world.clone.connect(autocommit=True) as operator, world.connections() as connections:
        judge = Judge(world, value(operator, CATALOG), connections)
        trial = Trial(judge, world)
        before = checksums(operator)
        for function in read(operator):
            thorough = trial.good_calls(function)
            for caller in CALLERS:
                trial.bad_calls(function, caller, is_thorough=caller in thorough)
            after = checksums(operator)
            trial.changed += [f"{function.name}: {table}" for table in after if after[table] != before[table]]
            before = after
    assert not trial.complaints, "\n\n".join(
        f"{len(found)} times: {found[0]}" for found in trial.complaints.values()
    )
    assert not trial.changed, "changed by calls that failed"
    assert not trial.unreached, "no good call succeeds; arguments for them belong into functions.py\n\n" + (
        "\n\n".join(trial.unreached)
    )


class Trial:
    """Every call of a function, and what is to be said against its answers."""

    def __init__(self, judge: Judge, world: World) -> None:
        self._judge = judge
        self._world = world
        self.complaints: dict[tuple[str, str], list[str]] = {}
        self.changed: list[str] = []
        self.unreached: list[str] = []

    def good_calls(self, function: Function) -> list[Caller]:
        """The first caller of each role who succeeds with one."""
        reached: dict[str, Caller] = {}
        refusals: list[str] = []
        for caller in CALLERS:
            for good in good_calls(function, caller, self._world):
                call = Call(function, caller, as_json(good))
                error = self._judge.ask(call)
                if complaint := self._judge.complaint_about(call, error):
                    self._complain(call, complaint)
                if error is None:
                    reached.setdefault(caller.role, caller)
                else:
                    refusals.append(f"    {caller.name}: {error}")
        if not reached:
            self.unreached.append("\n".join([function.name, *refusals]))
        return list(reached.values())

    def bad_calls(self, function: Function, caller: Caller, *, is_thorough: bool) -> None:
        for call in calls(function, caller, self._world, is_thorough=is_thorough):
            if complaint := self._judge.complaint(call):
                self._complain(call, complaint)

    def _complain(self, call: Call, complaint: str) -> None:
        key = (call.function.name, complaint.partition("\n")[0])
        found = self.complaints.setdefault(key, [])
        found.append(str(call) if found else self._judge.smallest(call))
