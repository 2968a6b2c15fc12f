"""The command `reserve-db serve`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Annotated, NoReturn

import typer
import uvicorn

from reserve_db import logs
from reserve_db.connection import CannotConnectError, resolve_dsn
from reserve_db.serve.app import create_app
from reserve_db.settings import Settings, SettingsError

USAGE, ENVIRONMENT = 2, 3

log = logging.getLogger("reserve_db.serve")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 8000,
    dsn: Annotated[
        str | None, typer.Option(help="Database; else DATABASE_URL, else the embedded server.")
    ] = None,
) -> None:
    """Serve the API over HTTP: functions, payment starts and webhooks.

    \b
    POST /functions/v1/{name}   the RPCs of schema api, in the envelope {success, data, error, meta}
    POST /webhooks/{stripe,mercadopago,openpix,host}   signed events
    GET  /healthz /readyz /metrics

    \b
    RESERVE_JWT_SECRET              verifies access tokens (HS256); without it everybody is anonymous
    RESERVE_STRIPE_API_KEY          needed to start card payments
    RESERVE_STRIPE_WEBHOOK_SECRETS  whsec_…, several separated by commas while one is replaced
    RESERVE_MERCADOPAGO_ACCESS_TOKEN, RESERVE_OPENPIX_APP_ID             needed for PIX through them
    RESERVE_MERCADOPAGO_WEBHOOK_SECRETS, RESERVE_OPENPIX_WEBHOOK_SECRETS   verify their webhooks
    RESERVE_HOST_SECRETS            verify the Host's webhooks, several separated by commas
    RESERVE_TRUSTED_PROXIES         networks whose x-forwarded-for is believed
    RESERVE_CORS_ORIGINS            origins of browsers that may call; * by default
    RESERVE_RATE_LIMIT              calls per minute and address; 100 by default
    RESERVE_POOL_SIZE               database connections at most; 10 by default

    \b
    reserve-db serve                                  the embedded server, http://127.0.0.1:8000
    reserve-db serve --host 0.0.0.0 --dsn "$DATABASE_URL"

    Exit status: 0 stopped, 2 wrong usage or settings, 3 cannot connect or listen.
    """
    logs.configure()
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        typer.echo(error, err=True)
        raise typer.Exit(USAGE) from None
    for missing, what in (
        (not settings.jwt_secret, "RESERVE_JWT_SECRET is not set: no token is accepted"),
        (not settings.stripe_api_key, "RESERVE_STRIPE_API_KEY is not set: no card payment can be started"),
        (
            not settings.stripe_webhook_secrets,
            "RESERVE_STRIPE_WEBHOOK_SECRETS is not set: every webhook of Stripe is refused",
        ),
        (
            settings.mercadopago_access_token and not settings.mercadopago_webhook_secrets,
            "RESERVE_MERCADOPAGO_WEBHOOK_SECRETS is not set: every webhook of Mercado Pago is refused",
        ),
        (
            settings.openpix_app_id and not settings.openpix_webhook_secrets,
            "RESERVE_OPENPIX_WEBHOOK_SECRETS is not set: every webhook of OpenPix is refused",
        ),
        (not settings.host_secrets, "RESERVE_HOST_SECRETS is not set: every webhook of the Host is refused"),
    ):
        if missing:
            log.warning(what)
    try:
        with resolve_dsn(dsn) as address:
            _run(address, settings, host, port)
    except CannotConnectError as error:
        typer.echo(error, err=True)
        raise typer.Exit(ENVIRONMENT) from None


def _run(dsn: str, settings: Settings, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT; requests under way are answered first.

    uvicorn, once done, raises the signal again for whoever set a handler before it.
    """
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, _leave)
    config = uvicorn.Config(
        create_app(dsn, settings),
        host=host,
        port=port,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=30,
    )
    server = uvicorn.Server(config)
    server.run()
    if not server.started:
        raise typer.Exit(ENVIRONMENT)


def _leave(_: int, __: object) -> NoReturn:
    sys.exit(0)
