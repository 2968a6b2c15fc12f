"""The command `reserve-db worker`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

import typer

from reserve_db import logs
from reserve_db.connection import CannotConnectError, resolve_dsn
from reserve_db.database import Database, DatabaseUnavailableError
from reserve_db.host_client import HostClient
from reserve_db.logs import facts
from reserve_db.notifications.queue import Messages
from reserve_db.notifications.senders import configured_senders
from reserve_db.pix import configured_providers
from reserve_db.settings import Settings, SettingsError
from reserve_db.stripe_gateway import StripeGateway
from reserve_db.worker.commands import Commands
from reserve_db.worker.handlers import (
    Handler,
    audit_handlers,
    host_handlers,
    provider_handlers,
    stripe_handlers,
)
from reserve_db.worker.jobs import Jobs
from reserve_db.worker.worker import Worker

USAGE, ENVIRONMENT = 2, 3
STATEMENT_TIMEOUT = "60s"
LOCK_TIMEOUT = "10s"
PROVIDER_TIMEOUT_SECONDS = 15.0

log = logging.getLogger("reserve_db.worker")

T = TypeVar("T")


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do everything that is due, then stop.")] = False,
    topics: Annotated[
        str | None, typer.Option(help="Only commands of these topics, separated by commas.")
    ] = None,
    channels: Annotated[
        str | None, typer.Option(help="Only messages of these channels, separated by commas; '' for none.")
    ] = None,
    jobs: Annotated[
        str | None, typer.Option(help="Only these jobs, separated by commas; '' for none.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option(help="Commands carried out at once, and messages sent.", min=1, max=100)
    ] = 4,
    dsn: Annotated[
        str | None, typer.Option(help="Database; else DATABASE_URL, else the embedded server.")
    ] = None,
) -> None:
    """Carry out what the database decided: refunds, Host bookings, messages, timed jobs.

    Any number of workers may run; none does what another is doing. One that dies loses nothing: its
    commands are taken over when their lease runs out.

    \b
    RESERVE_STRIPE_API_KEY                     for the topics payments.…
    RESERVE_MERCADOPAGO_ACCESS_TOKEN,
    RESERVE_OPENPIX_APP_ID                     for the topics payments.….mercadopago and payments.….openpix
    RESERVE_HOST_URL, RESERVE_HOST_API_KEY,
    RESERVE_HOST_SECRETS                       for the topics lodging.… and integrations.…
    RESERVE_SMTP_URL, RESERVE_MAIL_FROM        for mail: smtps://user:password@host, or smtp://… with STARTTLS
    RESERVE_MESSAGING_URL,
    RESERVE_MESSAGING_API_KEY                  for WhatsApp and SMS
    RESERVE_AUDIT_HEADS_FILE                   to which the heads of the audit log are appended; they are
                                               logged in any case, for reserve-db audit verify
    RESERVE_POOL_SIZE                          database connections at most; 10 by default

    \b
    reserve-db worker                                      until SIGTERM; what is under way is finished
    reserve-db worker --once                               from a scheduler
    reserve-db worker --topics payments.create_refund --channels '' --jobs ''

    Exit status: 0 stopped, 2 wrong usage or settings, 3 cannot connect.
    """
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    try:
        with resolve_dsn(dsn) as address:
            asyncio.run(
                _work(address, settings, once, _names(topics), _names(channels), _names(jobs), concurrency)
            )
    except (CannotConnectError, DatabaseUnavailableError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(ENVIRONMENT) from None


async def _work(
    dsn: str,
    settings: Settings,
    once: bool,
    topics: Sequence[str] | None,
    channels: Sequence[str] | None,
    jobs: Sequence[str] | None,
    concurrency: int,
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        handlers = _handlers(settings, stack)
        senders = configured_senders(settings, PROVIDER_TIMEOUT_SECONDS, stack)
        chosen_handlers, chosen_senders = _chosen(handlers, topics), _chosen(senders, channels)
        database = await stack.enter_async_context(
            Database(dsn, "reserve-db worker", settings.pool_size, STATEMENT_TIMEOUT, LOCK_TIMEOUT)
        )
        working = Worker(
            [Commands(database, chosen_handlers), Messages(database, chosen_senders)],
            Jobs(database, jobs),
            concurrency,
        )
        if once:
            await working.run_once()
            return
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, working.stop)
        log.info(
            "worker started", extra=facts(topics=sorted(chosen_handlers), channels=sorted(chosen_senders))
        )
        await working.run()
        log.info("worker stopped")


def _handlers(settings: Settings, stack: contextlib.AsyncExitStack) -> dict[str, Handler]:
    """The topics whose provider is configured; the others are left to another worker."""
    handlers = audit_handlers(settings.audit_heads_file)
    if settings.stripe_api_key:
        stripe = StripeGateway(settings.stripe_api_key, settings.stripe_url, PROVIDER_TIMEOUT_SECONDS)
        stack.push_async_callback(stripe.close)
        handlers |= stripe_handlers(stripe)
    else:
        log.warning("RESERVE_STRIPE_API_KEY is not set: nothing is done at Stripe")
    for name, provider in configured_providers(settings, PROVIDER_TIMEOUT_SECONDS).items():
        stack.push_async_callback(provider.close)
        handlers |= provider_handlers(name, provider)
    if settings.host_url and settings.host_api_key:
        host = HostClient(
            settings.host_url, settings.host_api_key, settings.host_secrets[0], PROVIDER_TIMEOUT_SECONDS
        )
        stack.push_async_callback(host.close)
        handlers |= host_handlers(host)
    else:
        log.warning("RESERVE_HOST_URL is not set: nothing is done at the Host")
    return handlers


def _chosen(there: Mapping[str, T], names: Sequence[str] | None) -> Mapping[str, T]:
    if names is None:
        return there
    for name in set(names) - there.keys():
        log.warning("%s is unknown, or its provider is not configured", name)
    return {name: there[name] for name in names if name in there}


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]
