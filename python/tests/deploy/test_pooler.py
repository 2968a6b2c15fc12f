"""A transaction pooler lends each transaction another backend: the deploy lock would be worthless."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from reserve_db.deploy import DeployError, migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import status, verify
from reserve_db.servers import own, run_as, server_user, temporary_home, unused_port
from tests.deploy.shop import Shop


class TransactionPooler:
    """A small pooler: clients share backends, and give theirs back whenever no transaction is open."""

    def __init__(self, dsn: str, *, in_turn: bool) -> None:
        self._next = 0 if in_turn else -1
        parameters = conninfo_to_dict(dsn)
        self._target = str(parameters["host"]), int(str(parameters["port"]))
        self._idle: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.dsn = make_conninfo(dsn, port=self._listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for backend in self._idle:
            backend.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        while (startup := _message(client, tagged=False))[4:8] in (_SSL, _GSS):
            client.sendall(b"N")
        backend = socket.create_connection(self._target)
        backend.sendall(startup)
        _relay_until_ready(backend, client)
        self._idle.append(backend)
        while query := _message(client):
            if query[:1] == b"X":
                return
            backend = self._idle.pop(self._next)
            idle = False
            while not idle:
                backend.sendall(query)
                if query[:1] in b"QS":
                    idle = _relay_until_ready(backend, client) == b"I"
                if not idle:
                    query = _message(client)
            self._idle.append(backend)


_SSL, _GSS = struct.pack("!i", 80877103), struct.pack("!i", 80877104)


def _message(source: socket.socket, tagged: bool = True) -> bytes:
    """One message of the protocol; empty at the end."""
    head = _exactly(source, 5 if tagged else 4)
    if not head:
        return b""
    return head + _exactly(source, struct.unpack("!i", head[-4:])[0] - 4)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


def _relay_until_ready(backend: socket.socket, client: socket.socket) -> bytes:
    """Pass on what the backend says; returns the transaction status it ends with."""
    while True:
        message = _message(backend)
        client.sendall(message)
        if message[:1] == b"Z":
            return message[5:6]


@pytest.mark.parametrize("in_turn", [False, True], ids=["last used first", "in turn"])
def test_a_transaction_pooler_is_refused(in_turn: bool, shop: Shop, empty_db: str) -> None:
    pooler = TransactionPooler(empty_db, in_turn=in_turn)
    try:
        with pytest.raises(DeployError, match="leads through a transaction pooler"):
            migrate(pooler.dsn, shop.root)
        with psycopg.connect(empty_db) as direct:
            locks = "select count(*) from pg_locks where locktype = 'advisory'"
            assert direct.execute(locks).fetchone() == (0,)
    finally:
        pooler.close()


@pytest.fixture
def pgbouncer(empty_db: str) -> Iterator[Callable[[str], str]]:
    """Start the real one in a pool mode; answers with its connection string for the empty database."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    target = conninfo_to_dict(empty_db)
    home = temporary_home()
    own(server_user(), home)
    running: list[subprocess.Popen[bytes]] = []

    def start(mode: str) -> str:
        port = unused_port()
        config = home / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = host={target['host']} port={target['port']} user=postgres\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = any\npool_mode = {mode}\nlogfile =\npidfile =\n"
        )
        own(server_user(), config)
        command = run_as(server_user(), [program, "--quiet", str(config)])
        running.append(subprocess.Popen(command, cwd="/"))
        dsn = make_conninfo(empty_db, port=port)
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            try:
                psycopg.connect(dsn).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return dsn
        raise AssertionError("pgbouncer did not start")

    yield start
    for process in running:
        process.terminate()
        process.wait()
    shutil.rmtree(home)


def test_pgbouncers_transaction_mode_is_refused(
    pgbouncer: Callable[[str], str], shop: Shop, empty_db: str
) -> None:
    dsn = pgbouncer("transaction")
    with pytest.raises(DeployError, match="leads through a transaction pooler"):
        migrate(dsn, shop.root)
    with psycopg.connect(dsn, autocommit=True) as other:
        settings = (
            "select name, setting from pg_settings "
            "where source = 'session' and name <> 'application_name' order by name"
        )
        before = other.execute(settings).fetchall()
        assert plan(dsn, shop.root).transactions
        assert not status(dsn, shop.root).applied
        assert other.execute(settings).fetchall() == before
    with psycopg.connect(empty_db) as direct:
        assert direct.execute("select to_regnamespace('shop')").fetchone() == (None,)


def test_pgbouncers_session_mode_is_good(pgbouncer: Callable[[str], str], shop: Shop) -> None:
    dsn = pgbouncer("session")
    assert migrate(dsn, shop.root).changed
    assert verify(dsn) == []
