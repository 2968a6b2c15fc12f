"""A mail server and a messaging provider for the module, a database, and a worker that sends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import trustme
from psycopg.types.json import Jsonb

from reserve_db.notifications.queue import Messages
from reserve_db.notifications.senders import configured_senders
from reserve_db.settings import Settings
from reserve_db.sqltest.bench import Bench, Clone
from reserve_db.worker.jobs import Jobs
from reserve_db.worker.worker import Worker
from tests.standins.messaging_server import API_KEY, MessagingStandIn
from tests.standins.smtp_server import PASSWORD, USER, SmtpStandIn
from tests.worker.conftest import database, run

PROGRAM = str(Path(sys.executable).with_name("reserve-db"))
FACTS = {
    "confirmation_code": "RES-2026-ABC123",
    "property_name": "Pousada & Café",
    "check_in": "2026-12-01",
    "check_out": "2026-12-04",
    "guests": 2,
    "total": {"amount": 123456, "currency": "BRL"},
}


class Outbox:
    """The queue of messages as its operator sees it."""

    def __init__(self, db: Clone, environment: dict[str, str]) -> None:
        self.db = db
        self._environment = environment
        self._connection: psycopg.Connection[Any] = db.connect(autocommit=True)

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self._connection.execute(query.encode(), values).fetchall()

    def add(
        self,
        recipient: str = "ana@guest.example",
        template: str = "booking_confirmation",
        channel: str = "email",
        locale: str = "en",
        **facts: Any,
    ) -> str:
        """Queues a message; its id."""
        to = {"type": "traveler", "email" if channel == "email" else "phone": recipient, "locale": locale}
        query = "select notifications.enqueue(%s, %s, 'ALL', null, %s, %s, null)"
        return str(self.rows(query, template, channel, Jsonb(to), Jsonb(FACTS | facts))[0][0])

    def write_template(self, body: str, channel: str = "email", html: str | None = None) -> str:
        """A template of its own; its code."""
        code = "text_" + os.urandom(4).hex()
        self.rows(
            "insert into notifications.notification_templates"
            " (city_code, template_code, channel, subject_template, body_template, html_template, locale)"
            " values ('ALL', %s, %s, %s, %s, %s, 'en') returning id",
            code,
            channel,
            "To {{ property_name }}" if channel == "email" else None,
            body,
            html,
        )
        return code

    def state(self, message: str) -> tuple[str, int, str | None]:
        """Status, tries, last error."""
        query = (
            "select status::text, attempt_count, last_error"
            " from notifications.notification_outbox where id = %s"
        )
        found: tuple[str, int, str | None] = self.rows(query, message)[0]
        return found

    def make_due(self) -> None:
        """As if every wait and lease were over."""
        self.rows(
            "update notifications.notification_outbox set scheduled_for = now() - interval '1 s',"
            " locked_until = case when locked_until is not null then now() - interval '1 s' end"
            " where status in ('pending', 'processing') returning 1"
        )

    def send(self, concurrency: int = 4, **environment: str) -> None:
        """Sends what is due; the variables go before the usual ones."""
        settings = Settings.from_environment(self._environment | environment)

        async def once() -> None:
            async with contextlib.AsyncExitStack() as stack:
                senders = configured_senders(settings, 5.0, stack)
                opened = await stack.enter_async_context(database(self.db))
                await Worker([Messages(opened, senders)], Jobs(opened, []), concurrency).run_once()

        run(once())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A worker process that does nothing but send what is due."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("RESERVE_")}
        return subprocess.Popen(
            [PROGRAM, "worker", "--once", "--topics", "", "--jobs", "", "--dsn", self.db.dsn, *arguments],
            env={**own, **self._environment},
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`authority`, and `server` signed by it for the loopback interface."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return {"authority": folder / "authority.pem", "server": folder / "server.pem"}


@pytest.fixture(scope="module")
def mail_process(certificates: dict[str, Path]) -> Iterator[SmtpStandIn]:
    with SmtpStandIn(certificates["server"]) as running:
        yield running


@pytest.fixture
def mail(mail_process: SmtpStandIn) -> SmtpStandIn:
    """Empty; demands STARTTLS and a login."""
    mail_process.reset()
    return mail_process


@pytest.fixture(scope="module")
def messaging_process() -> Iterator[MessagingStandIn]:
    with MessagingStandIn() as running:
        yield running


@pytest.fixture
def messaging(messaging_process: MessagingStandIn) -> MessagingStandIn:
    """Empty."""
    messaging_process.reset()
    return messaging_process


@pytest.fixture(scope="module")
def message_db(bench: Bench) -> Iterator[Clone]:
    with bench.cloned() as clone:
        yield clone


@pytest.fixture
def outbox(
    message_db: Clone,
    mail: SmtpStandIn,
    messaging: MessagingStandIn,
    certificates: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Outbox:
    """Empty; its workers know both stand-ins."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["authority"]))
    password = PASSWORD.replace(" ", "%20").replace("@", "%40")
    outbox = Outbox(
        message_db,
        {
            "RESERVE_SMTP_URL": f"smtp://{USER}:{password}@127.0.0.1:{mail.port()}",
            "RESERVE_MAIL_FROM": "Reservas & Cia <bookings@reserve.example>",
            "RESERVE_MESSAGING_URL": messaging.url,
            "RESERVE_MESSAGING_API_KEY": API_KEY,
        },
    )
    outbox.rows("delete from notifications.notification_outbox returning 1")
    outbox.rows("delete from core.exceptions returning 1")
    return outbox
