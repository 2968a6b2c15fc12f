"""Whoever may switch the guards off can change anything; `reserve-db audit verify` names what."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reserve_db.sqltest.bench import Clone
from tests.audit.books import Connection, found_cities, mark, post, published, seal, verdict
from tests.core.crowd import value

PROGRAM = str(Path(sys.executable).with_name("reserve-db"))
SEALS = 3
NTH = {
    "audit_logs": "select seq from audit.audit_logs where city_code = 'URB' order by seq offset 3 limit 1",
    "ledger_transactions": """
        select seq from ledger.ledger_transactions where city_code = 'URB' order by seq offset 3 limit 1""",
}


@pytest.fixture
def sealed(db: Clone) -> Iterator[Connection]:
    """A superuser whose session no guard disturbs; each city has three seals of its log and of its books."""
    found_cities(db)
    with db.connect(autocommit=True) as connection:
        for _ in range(SEALS):
            for amount in range(1, 6):
                post(connection, amount=amount)
                post(connection, "RIO", amount)
            with connection.transaction(force_rollback=True):
                post(connection)
            assert mark(connection)
            assert seal(connection) > 0
        assert verdict(connection, *published(connection))["ok"]
        connection.execute("set session_replication_role = replica")
        yield connection


def faults(connection: Connection, *heads: str) -> list[dict[str, Any]]:
    found = verdict(connection, *heads)
    assert found["ok"] == (not found["faults"])
    return list(found["faults"])


def run(db: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, "audit", "verify", "--dsn", db.dsn, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


EDITS = {
    "who": "update audit.audit_logs set actor_subject = 'mallory' where seq = %s",
    "whose id": "update audit.audit_logs set actor_id = gen_random_uuid() where seq = %s",
    "what": """update audit.audit_logs set metadata = metadata || '{"amount": 1}' where seq = %s""",
    "when": "update audit.audit_logs set created_at = created_at - interval '1 us' where seq = %s",
    "where": "update audit.audit_logs set city_code = 'RIO' where seq = %s",
    "a fact that was unknown": "update audit.audit_logs set request_id = '' where seq = %s",
    "an amount": "update ledger.ledger_entries set amount = amount + 1 where seq = %s",
    "an account": "update ledger.ledger_entries set account = 'wallet' where amount = 4 and seq = %s",
    "a leg less": "delete from ledger.ledger_entries where direction = 'debit' and seq = %s",
    "when it happened": "update ledger.ledger_transactions set event_at = 'infinity' where seq = %s",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_row_is_named(sealed: Connection, edit: str) -> None:
    source, seal_number = ("audit_logs", 1) if "audit_logs" in EDITS[edit] else ("ledger_transactions", 2)
    edited = value(sealed, NTH[source])
    sealed.execute("alter table audit.audit_logs drop constraint actor_is_the_subject")
    sealed.execute(EDITS[edit].encode(), [edited])
    (fault,) = faults(sealed, *published(sealed))
    del fault["id"]
    assert fault == {
        "fault": "edited",
        "source": source,
        "seq": edited,
        "city_code": "URB",
        "seal": seal_number,
    }


def test_the_first_of_several_is_named_first(sealed: Connection) -> None:
    first = value(sealed, NTH["audit_logs"])
    sealed.execute("delete from audit.audit_logs where seq >= %s", [first])
    found = faults(sealed)
    assert (found[0]["fault"], found[0]["seq"]) == ("missing", first)
    assert [fault["seq"] for fault in found] == sorted(fault["seq"] for fault in found)


DELETIONS = {
    "audit_logs": "delete from audit.audit_logs where seq = %s",
    "ledger_transactions": "delete from ledger.ledger_transactions where seq = %s",
}


@pytest.mark.parametrize("source", DELETIONS)
def test_a_missing_row_is_named(sealed: Connection, source: str) -> None:
    missing = value(sealed, NTH[source])
    sealed.execute(DELETIONS[source].encode(), [missing])
    (fault,) = faults(sealed)
    assert (fault["fault"], fault["source"], fault["seq"]) == ("missing", source, missing)


def test_a_truncated_log_is_missing(sealed: Connection) -> None:
    sealed.execute("truncate audit.audit_logs")
    assert {fault["fault"] for fault in faults(sealed)} == {"missing"}


def test_a_row_put_in_the_gap_that_a_rollback_left_is_named(sealed: Connection) -> None:
    query = """
        insert into audit.audit_logs (seq, event_type, entity_type, entity_id, actor_type, city_code)
        overriding system value
        select min(n), 'x', 'x', gen_random_uuid(), 'x', 'URB' from generate_series(1, 60) as n
        where n not in (select seq from audit.audit_logs)
        returning seq"""
    gap = value(sealed, query)
    (fault,) = faults(sealed)
    assert (fault["fault"], fault["seq"], fault["city_code"]) == ("inserted", gap, "URB")


def test_a_row_that_was_moved_is_missing_and_inserted(sealed: Connection) -> None:
    gap = value(
        sealed,
        "select min(n) from generate_series(1, 60) as n where n not in (select seq from audit.audit_logs)",
    )
    moved = value(sealed, NTH["audit_logs"])
    sealed.execute("alter table audit.audit_logs alter seq drop identity")
    sealed.execute("update audit.audit_logs set seq = %s where seq = %s", [gap, moved])
    assert {(fault["fault"], fault["seq"]) for fault in faults(sealed)} == {
        ("missing", moved),
        ("inserted", gap),
    }


def test_seals_vouch_for_each_other(sealed: Connection) -> None:
    """An edited row whose digest is edited too breaks its seal; whose seal is edited too, the next one."""
    edited = value(sealed, NTH["audit_logs"])
    sealed.execute("update audit.audit_logs set actor_subject = 'mallory' where seq = %s", [edited])
    sealed.execute(
        """
        update audit.seals as s
        set digests[array_position(s.seqs, r.seq)] = r.digest
        from audit.records as r
        where r.source = 'audit_logs' and r.seq = %s and s.source = r.source and r.seq = any (s.seqs)""",
        [edited],
    )
    assert faults(sealed) == [{"fault": "seal_edited", "city_code": "URB", "seal": 1}]
    sealed.execute(
        """
        update audit.seals as s
        set head = audit.head(
          null, s.city_code, s.number, s.source, s.up_to_seq, s.seqs, s.digests, s.sealed_at)
        where s.city_code = 'URB' and s.number = 1"""
    )
    assert faults(sealed) == [{"fault": "seal_edited", "city_code": "URB", "seal": 2}]


def test_a_missing_seal_is_named(sealed: Connection) -> None:
    sealed.execute("delete from audit.seals where city_code = 'URB' and number = 3")
    first = faults(sealed)[0]
    assert first == {"fault": "seal_missing", "city_code": "URB", "seal": 3}


def cut_the_tail(connection: Connection) -> None:
    """The last batch goes without a trace: its seals and all their rows."""
    connection.execute(
        """
        with cut as (
          delete from audit.seals as s
          where s.up_to_seq = (select max(l.up_to_seq) from audit.seals as l where l.source = s.source)
          returning s.source, s.seqs
        ), rows as (
          select c.source, seq from cut as c, unnest(c.seqs) as seq
        ), logs as (
          delete from audit.audit_logs
          where seq >= (select min(seq) from rows where source = 'audit_logs')
        ), transactions as (
          delete from ledger.ledger_transactions
          where seq >= (select min(seq) from rows where source = 'ledger_transactions') returning id
        )
        delete from ledger.ledger_entries where transaction_id in (select id from transactions)"""
    )


def test_a_cut_tail_shows_against_a_published_head(sealed: Connection) -> None:
    heads = published(sealed)
    cut_the_tail(sealed)
    assert faults(sealed) == [], "by itself what is left is in order"
    assert faults(sealed, *heads[: len(heads) // 2]) == []
    assert faults(sealed, heads[-1]) == [{"fault": "head_unknown", "head": heads[-1]}]


def test_a_history_written_anew_shows_against_a_published_head(sealed: Connection) -> None:
    heads = published(sealed)
    sealed.execute("update audit.audit_logs set actor_subject = 'mallory' where actor_subject is not null")
    sealed.execute("delete from audit.seals")
    seal(sealed)
    assert faults(sealed) == []
    assert {fault["head"] for fault in faults(sealed, *heads)} == set(heads)


def test_the_program_tells(db: Clone, sealed: Connection, tmp_path: Path) -> None:
    heads, file = published(sealed), tmp_path / "heads.jsonl"
    file.write_text("".join(f"{json.dumps({'head': head})}\n" for head in heads))
    fine = run(db, "--head", heads[-1].upper(), "--heads", str(file))
    assert (fine.returncode, fine.stdout) == (0, "")
    assert fine.stderr.splitlines()[-1] == "as sealed"

    edited = value(sealed, NTH["audit_logs"])
    sealed.execute("update audit.audit_logs set actor_subject = 'mallory' where seq = %s", [edited])
    found = run(db)
    assert found.returncode == 1
    assert found.stdout.startswith(f"edited: audit_logs {edited} of URB is not what was sealed (id ")
    assert json.loads(run(db, "--json").stdout)["faults"][0]["seq"] == edited

    cut_the_tail(sealed)
    cut = run(db, "--heads", str(file))
    assert cut.returncode == 1
    assert f"head_unknown: {heads[-1]} is in no chain" in cut.stdout


def test_the_program_refuses_what_is_no_head(db: Clone, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    file.write_text("{}\n")
    assert run(db, "--head", "5f0c").returncode == 2
    assert run(db, "--heads", str(file)).returncode == 2


def test_the_program_says_when_there_is_nothing_to_verify(empty_db: str) -> None:
    done = run(Clone(empty_db))
    assert (done.returncode, done.stderr.strip()) == (
        1,
        "nothing was deployed here yet: run reserve-db migrate",
    )
    assert run(Clone("postgresql://postgres@127.0.0.1:1/none")).returncode == 3
