"""Every function of schema api, every caller, every argument spoilt: refused by name, and no row changes."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from reserve_db.sqltest.bench import Bench
from tests.badinput.arguments import bad_documents, bad_values, others_things
from tests.badinput.calls import CATALOG, Call, Judge, Spoilt
from tests.badinput.checksum import checksums
from tests.badinput.functions import Function, as_json, good_calls, is_known, read
from tests.badinput.world import CALLERS, Caller, World, build
from tests.core.crowd import value

SEED = 20_300_205
COMBINATIONS = 15


@pytest.fixture(scope="module")
def world(bench: Bench) -> Iterator[World]:
    with bench.cloned() as clone:
        yield build(clone)


def calls(function: Function, caller: Caller, world: World) -> Iterator[Call]:
    """The good calls; each with one argument spoilt in every way; each with several spoilt at once.

    To functions for everybody staff are customers like others.
    """
    rng = random.Random(f"{SEED} {function.name} {caller.name}")
    for good in good_calls(function, caller, world):
        texts = as_json(good)
        yield Call(function, caller, texts)
        if caller.role not in function.roles or (function.is_public and caller.city):
            return
        spoilt: list[Spoilt] = []
        for argument, type_name in function.types.items():
            bad = [("left out", None), *others_things(type_name, caller, world)]
            if caller.is_thorough:
                bad += [*bad_values(type_name).items(), *bad_documents(good.get(argument))]
            spoilt += [Spoilt(argument, what, text) for what, text in bad]
        for one in spoilt:
            yield Call(function, caller, texts, (one,))
        for _ in range(COMBINATIONS if spoilt else 0):
            yield Call(function, caller, texts, tuple(rng.sample(spoilt, rng.randint(2, 4))))


def test_bad_arguments_are_refused_by_name_and_change_nothing(world: World) -> None:
    reports: dict[tuple[str, str], list[str]] = {}
    with world.clone.connect(autocommit=True) as operator, world.connections() as connections:
        judge = Judge(world, value(operator, CATALOG), connections)
        before = checksums(operator)
        for function in read(operator):
            for caller in CALLERS:
                for call in calls(function, caller, world):
                    if complaint := judge.complaint(call):
                        report = judge.smallest(call)
                        reports.setdefault((function.name, complaint.partition("\n")[0]), []).append(report)
        after = checksums(operator)
    assert not reports, "\n\n".join(f"{len(found)} times: {found[0]}" for found in reports.values())
    assert after == before


def test_every_function_is_reached(world: World) -> None:
    """Some good call succeeds of each function whose parameters are known here: what is spoilt was good."""
    with world.clone.connect(autocommit=True) as operator, world.connections() as connections:
        judge = Judge(world, value(operator, CATALOG), connections)
        unreached = [
            function.name
            for function in read(operator)
            if is_known(function, CALLERS[0], world)
            and not any(
                judge.ask(Call(function, caller, as_json(good))) is None
                for caller in CALLERS
                if caller.role in function.roles
                for good in good_calls(function, caller, world)
            )
        ]
    assert unreached == []
