"""The door to the database: one RPC of schema `api` per transaction, introduced exactly as by PostgREST."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

Connection = psycopg.AsyncConnection[TupleRow]

REFRESH_SECONDS = 5.0
PASSING_CLASSES = ("08", "40", "53", "57")
LOCK_NOT_AVAILABLE = "55P03"

SIGNATURES: LiteralString = """
    select p.proname,
           array(select coalesce(p.proargnames[i], '') from generate_series(1, p.pronargs) as i),
           array(select format_type(p.proargtypes[i], null) from generate_series(0, p.pronargs - 1) as i),
           p.pronargs - p.pronargdefaults,
           has_function_privilege('anon', p.oid, 'execute')
    from pg_catalog.pg_proc as p
    where p.pronamespace = to_regnamespace('api') and p.prokind = 'f'
"""


class DatabaseUnavailableError(Exception):
    """No connection could be had, or it broke. Whether a broken call was committed is not known."""


def is_passing(error: psycopg.Error) -> bool:
    """Whether the same call may well succeed in a moment: deadlocks, timeouts, too much load, a restart."""
    state = error.sqlstate or ""
    return state[:2] in PASSING_CLASSES or state == LOCK_NOT_AVAILABLE


@dataclass(frozen=True)
class Caller:
    """Who a call acts for; becomes the role and the request.… settings of its transaction."""

    role: str
    claims: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""

    def with_role(self, role: str) -> Caller:
        """The same caller, acting with another database role: claims and headers stay."""
        return replace(self, role=role)


def system(request_id: str = "") -> Caller:
    """The system itself, as service_role; the request id ends up in the audit log."""
    headers = {"x-request-id": request_id} if request_id else {}
    return Caller("service_role", {"role": "service_role"}, headers)


@dataclass(frozen=True)
class Signature:
    """An RPC's parameters by their public names, that is without `p_`."""

    name: str
    types: Mapping[str, str]
    required: frozenset[str]
    is_public: bool


class Database:
    """A pool of connections and the RPCs found behind them."""

    def __init__(
        self, dsn: str, application_name: str, pool_size: int, statement_timeout: str, lock_timeout: str
    ) -> None:
        self._limits = {"statement_timeout": statement_timeout, "lock_timeout": lock_timeout}
        self._signatures: dict[str, Signature] = {}
        self._read_at = float("-inf")
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn,
            kwargs={"prepare_threshold": None, "autocommit": True, "application_name": application_name},
            min_size=1,
            max_size=pool_size,
            timeout=3.0,
            open=False,
            configure=_read_committed,
            check=AsyncConnectionPool.check_connection,
        )

    async def __aenter__(self) -> Database:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()

    async def call(self, function: str, arguments: Mapping[str, Any], caller: Caller) -> Any:
        """Calls `api.<function>` in a transaction of its own; argument names come without `p_`.

        Raises psycopg.Error as the function raised it, DatabaseUnavailableError, LookupError for a
        function that is not there.
        """
        signature = await self.signature(function, arguments)
        if signature is None:
            raise LookupError(f"there is no function api.{function}")
        query = _call(signature, arguments)
        values = [Jsonb({f"p_{name}": value for name, value in arguments.items()})] if arguments else []
        async with self._connection() as connection, connection.transaction():
            await self._introduce(connection, caller)
            row = await (await connection.execute(query, values)).fetchone()
        return row[0] if row else None

    async def signature(self, function: str, arguments: Mapping[str, Any]) -> Signature | None:
        """The function's parameters; read again, at most every 5 s, when it or a name is unknown."""
        known = self._signatures.get(function)
        if known is None or not arguments.keys() <= known.types.keys():
            await self._read_signatures()
            known = self._signatures.get(function)
        return known

    async def is_deployed(self) -> bool:
        """Whether the database answers and has the RPCs. Raises DatabaseUnavailableError."""
        async with self._connection() as connection:
            row = await (await connection.execute("select to_regproc('api.ingest_stripe_event')")).fetchone()
        return row is not None and row[0] is not None

    async def _read_signatures(self) -> None:
        if time.monotonic() - self._read_at < REFRESH_SECONDS:
            return
        async with self._connection() as connection:
            rows = await (await connection.execute(SIGNATURES)).fetchall()
        self._read_at = time.monotonic()
        self._signatures = {row[0]: _signature(*row) for row in rows}

    async def _introduce(self, connection: Connection, caller: Caller) -> None:
        """Role, claims and headers, for this transaction; the role last, as it takes rights away."""
        settings = {
            "search_path": "",
            **self._limits,
            "request.jwt.claims": json.dumps(caller.claims),
            "request.headers": json.dumps(caller.headers),
            "request.method": caller.method,
            "request.path": caller.path,
            "role": caller.role,
        }
        calls = sql.SQL(", ").join([sql.SQL("set_config(%s, %s, true)")] * len(settings))
        values = [part for setting in settings.items() for part in setting]
        try:
            await connection.execute(sql.SQL("select {}").format(calls), values)
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseUnavailableError(f"the login may not act as {caller.role}") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except PoolTimeout as error:
            raise DatabaseUnavailableError("no connection to the database") from error
        except psycopg.OperationalError as error:
            if error.sqlstate is None:
                raise DatabaseUnavailableError("the connection to the database broke") from error
            raise


async def _read_committed(connection: Connection) -> None:
    await connection.set_isolation_level(psycopg.IsolationLevel.READ_COMMITTED)


def _signature(name: str, names: list[str], types: list[str], required: int, is_public: bool) -> Signature:
    public = [argument.removeprefix("p_") for argument in names]
    return Signature(name, dict(zip(public, types, strict=True)), frozenset(public[:required]), is_public)


def _call(signature: Signature, arguments: Mapping[str, Any]) -> sql.Composed:
    """`select api.f(p_x => a.p_x) from jsonb_to_record(…) as a (p_x uuid)`, as PostgREST does it."""
    names = {name: sql.Identifier(f"p_{name}") for name in arguments}
    target = sql.SQL("select api.{function}({passed}) as answer").format(
        function=sql.Identifier(signature.name),
        passed=sql.SQL(", ").join(sql.SQL("{0} => a.{0}").format(name) for name in names.values()),
    )
    if not names:
        return target
    columns = [
        sql.SQL("{} {}").format(names[name], sql.SQL(cast(Any, signature.types[name]))) for name in names
    ]
    return target + sql.SQL(" from jsonb_to_record(%s) as a ({})").format(sql.SQL(", ").join(columns))
