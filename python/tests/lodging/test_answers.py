"""Every answer has exactly the fields its JSON Schema in docs/schemas says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from reserve_db.sqltest.bench import Clone
from tests.core.crowd import Connection, value

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
FUNCTIONS = sorted(path.stem for path in SCHEMAS.glob("*.json"))
DEMO_CITY = Path(__file__).parents[1] / "demo_city.sql"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return found


def check(name: str, answer: object) -> None:
    Draft202012Validator(schema(name), format_checker=FormatChecker()).validate(answer)


def objects(node: object) -> Iterator[dict[str, Any]]:
    """Every schema of an object within a schema."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for child in node.values():
            yield from objects(child)


@pytest.fixture
def urubici(db: Clone) -> Iterator[Connection]:
    """The demo city, and the privileges of the system."""
    with db.connect(autocommit=True) as connection:
        connection.execute(DEMO_CITY.read_bytes())
        yield connection


@pytest.mark.parametrize("name", FUNCTIONS)
def test_schemas_allow_no_other_fields(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["title"] == name
    assert all(node["additionalProperties"] is False for node in objects(schema(name)))


def test_every_schema_is_that_of_a_function(db: Clone) -> None:
    with db.connect() as connection:
        functions = "select array_agg(proname::text) from pg_proc where pronamespace = 'api'::regnamespace"
        assert set(FUNCTIONS) <= set(value(connection, functions))


def test_answers_to_who_looks_around(urubici: Connection) -> None:
    search = (
        "select api.search_availability('URB', core.today('URB') + 10, core.today('URB') + 13,"
        " jsonb_build_object('adults', %s::integer))"
    )
    found = value(urubici, search, 2)
    check("search_availability", found)
    assert found["pagination"]["total"] == 12
    nothing = value(urubici, search, 20)
    check("search_availability", nothing)
    assert nothing["properties"] == []

    listed = value(urubici, "select api.get_property_list('URB')")
    check("get_property_list", listed)
    assert listed["pagination"]["total"] == 12

    for card in found["properties"]:
        detail = value(urubici, "select api.get_property_detail(%s, 'URB')", card["slug"])
        check("get_property_detail", detail)
        assert 2 <= len(detail["unit_types"]) <= 4
        unit_id = detail["unit_types"][0]["id"]
        calendar = value(
            urubici,
            "select api.get_unit_availability_calendar(%s, %s, core.today('URB'), core.today('URB') + 119)",
            unit_id,
            card["id"],
        )
        check("get_unit_availability_calendar", calendar)
        assert len(calendar["dates"]) == 120
        explain = (
            "select api.explain_unavailable(%s, core.today('URB') + %s::integer, core.today('URB') + 119)"
        )
        quote = "select api.quote_stay(%s, core.today('URB') + %s::integer, core.today('URB') + 119)"
        for first_night in (110, 40):
            check("quote_stay", value(urubici, quote, unit_id, first_night))
            check("explain_unavailable", value(urubici, explain, unit_id, first_night))


def test_answers_to_who_books(db: Clone) -> None:
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_lodging()")

        def call(name: str, arguments: str, *parameters: object) -> Any:
            answer = value(connection, f"select api.{name}({arguments})", *parameters)
            check(name, answer)
            return answer

        intent = value(connection, "select tests.hold('ana', 'family')")
        check("create_booking_intent", intent)
        ana = (intent["booking_intent_id"], intent["session_id"])
        call("poll_payment_status", "%s, %s", *ana)
        call("update_traveler_details", '%s, %s, \'{"first_name": "Ana"}\'', *ana)
        connection.execute("select tests.start_stay('ana')")
        check("create_booking_intent", value(connection, "select tests.hold('ana', 'family')"))
        call("poll_payment_status", "%s, %s", *ana)
        connection.execute("select tests.stripe_says('ana', 'succeeded')")
        call("poll_payment_status", "%s, %s", *ana)
        payment_id = value(connection, "select (tests.stay_payment('ana')).id")
        call("finalize_reservation", "%s, %s, 'succeeded'", ana[0], payment_id)
        call("host_commit_booking", "%s", ana[0])
        code = value(connection, "select (tests.stay('ana')).confirmation_code")
        call("get_reservation", "%s, null, %s", code, ana[1])
        connection.execute("select tests.host_says('ana', 'lodging.commit_booking', null)")
        call("host_commit_booking", "%s", ana[0])

        other = value(connection, "select tests.hold('bia', 'family')")
        call("cancel_booking_intent", "%s, %s", other["booking_intent_id"], other["session_id"])
