"""Every way around the door of the books, tried by whoever owns the tables, in transactions that commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from reserve_db.sqltest.bench import Clone
from tests.ledger.test_model import answer

UNBALANCED = "PT500"
APPEND_ONLY = "42501"

HEADER = """
insert into ledger.ledger_transactions (type, city_code, event_at, idempotency_key)
values ('test', 'URB', now(), %(key)s)
"""
FIND = "select id, seq from ledger.ledger_transactions where idempotency_key = %(key)s"
COLUMNS = "transaction_id, seq, city_code, entry_type, account, direction, amount, currency"
ENTRIES = f"""
insert into ledger.ledger_entries ({COLUMNS})
select t.id, t.seq, 'URB', 'adjustment',
  e.account::ledger.ledger_account, e.direction::ledger.ledger_direction, 5, e.currency
from ({FIND}) as t, (values {{rows}}) as e (account, direction, currency)
"""  # noqa: S608
COPY = f"copy ledger.ledger_entries ({COLUMNS}) from stdin"
DEBIT, CREDIT = "('cash_reserve', 'debit', 'BRL')", "('customer_deposits', 'credit', 'BRL')"
BALANCED = ENTRIES.format(rows=f"{DEBIT}, {CREDIT}")
ONE_SIDED = ENTRIES.format(rows=DEBIT)
OTHER_SIDE = ENTRIES.format(rows=CREDIT)
MERGED = f"""
merge into ledger.ledger_entries as e
using ({FIND}) as t on e.transaction_id = t.id and e.amount = 7
when not matched then
  insert ({COLUMNS}) values (t.id, t.seq, 'URB', 'adjustment', 'cash_reserve', 'debit', 7, 'BRL')
"""  # noqa: S608


@pytest.fixture
def books(db: Clone) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner of the tables, in autocommit; the transaction `old` is committed."""
    with db.connect(autocommit=True) as connection:
        connection.execute("select tests.create_city('URB')")
        write(connection, "old", HEADER, BALANCED)
        yield connection
        verdict = answer(connection, "ledger.verify()")
        assert verdict["ok"], verdict


def write(connection: psycopg.Connection[Any], key: str, *statements: str) -> None:
    """One transaction of these statements."""
    with connection.transaction():
        for statement in statements:
            connection.execute(statement, {"key": key})


def copy_entries(connection: psycopg.Connection[Any], key: str, *rows: tuple[str, str, int]) -> None:
    found = connection.execute(FIND, {"key": key}).fetchone()
    assert found is not None
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for account, direction, amount in rows:
            copy.write_row((*found, "URB", "adjustment", account, direction, amount, "BRL"))


def count(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    verdict = answer(connection, "ledger.verify()")
    return verdict["transactions"], verdict["entries"]


REFUSED = {
    "a header without entries": ("new", [HEADER]),
    "unbalanced entries": ("new", [HEADER, ONE_SIDED]),
    "balanced entries in two statements": ("new", [HEADER, ONE_SIDED, OTHER_SIDE]),
    "balance across currencies only": (
        "new",
        [HEADER, ENTRIES.format(rows=f"{DEBIT}, ('customer_deposits', 'credit', 'USD')")],
    ),
    "unbalanced entries merged in": ("new", [HEADER, MERGED]),
    "entries that a savepoint takes back": (
        "new",
        [HEADER, "savepoint s", BALANCED, "rollback to savepoint s"],
    ),
    "an unbalanced entry after the constraints were checked": (
        "new",
        [HEADER, BALANCED, "set constraints all immediate", ONE_SIDED],
    ),
    "an unbalanced entry for a committed transaction": ("old", [ONE_SIDED]),
    "balanced entries for a committed transaction": ("old", [BALANCED]),
    "entries merged into a committed transaction": ("old", [MERGED]),
    "entries for a committed transaction, constraints checked": (
        "old",
        ["set constraints all immediate", BALANCED],
    ),
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_refused_as_unbalanced(books: psycopg.Connection[Any], attempt: str) -> None:
    before = count(books)
    key, statements = REFUSED[attempt]
    with pytest.raises(psycopg.Error) as refusal:
        write(books, key, *statements)
    assert refusal.value.sqlstate == UNBALANCED
    assert '"code": "LEDGER_UNBALANCED"' in (refusal.value.diag.message_detail or "")
    assert count(books) == before


ACCEPTED = {
    "header and entries": [HEADER, BALANCED],
    "balanced entries twice": [HEADER, BALANCED, BALANCED],
    "header in a savepoint": ["savepoint s", HEADER, "release savepoint s", BALANCED],
    "entries in a savepoint": [HEADER, "savepoint s", BALANCED, "release savepoint s"],
    "constraints checked before": [
        "set constraints all immediate",
        "set constraints all deferred",
        HEADER,
        BALANCED,
    ],
}


@pytest.mark.parametrize("way", ACCEPTED)
def test_honest_writing_is_accepted(books: psycopg.Connection[Any], way: str) -> None:
    transactions, entries = count(books)
    write(books, "new", *ACCEPTED[way])
    assert count(books)[0] == transactions + 1
    assert count(books)[1] > entries


def copy_in(connection: psycopg.Connection[Any], key: str, *rows: tuple[str, str, int]) -> None:
    """One transaction that copies entries in, with a header of their own if the key is new."""
    with connection.transaction():
        if connection.execute(FIND, {"key": key}).fetchone() is None:
            connection.execute(HEADER, {"key": key})
        copy_entries(connection, key, *rows)


def test_copy(books: psycopg.Connection[Any]) -> None:
    debit, credit = ("cash_reserve", "debit", 5), ("customer_deposits", "credit", 5)
    copy_in(books, "new", debit, credit)
    assert count(books) == (2, 4)
    with pytest.raises(psycopg.Error) as refusal:
        copy_in(books, "one-sided", debit)
    assert refusal.value.sqlstate == UNBALANCED
    with pytest.raises(psycopg.Error) as refusal:
        copy_in(books, "old", debit, credit)
    assert refusal.value.sqlstate == UNBALANCED
    assert count(books) == (2, 4)


def test_another_session_adds_nothing(db: Clone, books: psycopg.Connection[Any]) -> None:
    """Neither to a transaction that is still being written nor, later, to one that is committed."""
    with db.connect(autocommit=True) as other:
        other.execute("set lock_timeout = '100ms'")
        with books.transaction():
            books.execute(HEADER, {"key": "open"})
            books.execute(BALANCED, {"key": "open"})
            found = books.execute(FIND, {"key": "open"}).fetchone()
            with pytest.raises((psycopg.errors.ForeignKeyViolation, psycopg.errors.LockNotAvailable)):
                other.execute(
                    "insert into ledger.ledger_entries"
                    " (transaction_id, seq, city_code, entry_type, account, direction, amount, currency)"
                    " select %s, %s, 'URB', 'adjustment', 'cash_reserve', d, 5, 'BRL'"
                    " from unnest(enum_range(null::ledger.ledger_direction)) as d",
                    found,
                )
        with pytest.raises(psycopg.Error) as refusal:
            write(other, "open", BALANCED)
        assert refusal.value.sqlstate == UNBALANCED


def test_transaction_numbers_that_begin_anew_open_no_gap(books: psycopg.Connection[Any]) -> None:
    """After a restore an old header may carry the number of a new database transaction, but not its start."""
    with pytest.raises(psycopg.Error) as refusal:
        write(
            books,
            "restored",
            "alter table ledger.ledger_transactions disable trigger _100_stamp",
            "insert into ledger.ledger_transactions"
            " (seq, xid, started_at, type, city_code, event_at, idempotency_key)"
            " values (-1, pg_current_xact_id(), now() - interval '1 day', 'test', 'URB', now(), %(key)s)",
            BALANCED,
        )
    assert refusal.value.sqlstate == UNBALANCED


CHANGES = (
    "update ledger.ledger_entries set amount = amount + 1",
    "update ledger.ledger_entries set created_by = null, description = 'x'",
    "update ledger.ledger_transactions set xid = pg_current_xact_id(), started_at = now()",
    "delete from ledger.ledger_entries",
    "delete from ledger.ledger_transactions",
    "truncate ledger.ledger_entries",
    "truncate ledger.ledger_transactions cascade",
    "truncate core.cities cascade",
    "insert into ledger.ledger_entries select * from ledger.ledger_entries"
    " on conflict (id) do update set amount = 1",
    "merge into ledger.ledger_entries as e using ledger.ledger_transactions as t on t.id = e.transaction_id"
    " when matched then delete",
)


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed(books: psycopg.Connection[Any], change: str) -> None:
    before = count(books)
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refusal:
        books.execute(change)
    assert refusal.value.sqlstate == APPEND_ONLY
    assert refusal.value.diag.message_hint == "Post a transaction that reverses the wrong one."
    assert count(books) == before


def test_a_deleted_user_is_forgotten(books: psycopg.Connection[Any]) -> None:
    books.execute("select tests.create_supabase_user('ana')")
    books.execute("select tests.authenticate_as('ana')")
    books.execute("reset role")
    books.execute("select tests.create_paid_order('stay', 'card', 1000)")
    written = "select count(created_by) from ledger.ledger_entries"
    assert books.execute(written).fetchone() == (2,)
    books.execute("delete from auth.users")
    assert books.execute(written).fetchone() == (0,)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_roles_of_the_api_write_nothing(books: psycopg.Connection[Any], db: Clone, role: str) -> None:
    for statement in (HEADER, BALANCED, *CHANGES):
        with db.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement, {"key": "new"})


def test_the_check_at_commit_needs_no_rights_of_the_caller(books: psycopg.Connection[Any], db: Clone) -> None:
    """A client may call what posts; what is checked when its transaction commits is beyond its reach."""
    books.execute("select tests.create_order('stay', 1000), tests.create_payment('card', 'stay')")
    books.execute(
        "create function tests.pay() returns void language sql security definer set search_path = '' as"
        " $$ select ledger.record_payment_received(tests.id('stay'), tests.id('card'), 1000, now()) $$"
    )
    books.execute("grant execute on function tests.pay() to anon")
    with db.connect("anon") as guest:
        guest.execute("select tests.pay()")
        guest.commit()
        assert guest.info.transaction_status == TransactionStatus.IDLE
    assert count(books) == (2, 4)


def test_whoever_switches_the_guards_off_is_found(db: Clone) -> None:
    with db.connect() as connection:
        connection.execute("select tests.create_paid_order('stay', 'card', 1000)")
        connection.commit()
        connection.execute("set session_replication_role = replica")
        connection.execute("update ledger.ledger_entries set amount = 1 where direction = 'debit'")
        connection.commit()
        verdict = answer(connection, "ledger.verify()")
        assert {violation["rule"] for violation in verdict["violations"]} == {
            "a transaction balances in each currency",
            "the books of a city balance in each currency",
        }
