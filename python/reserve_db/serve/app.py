"""The web application and its routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from reserve_db.serve.bridge import Bridge
from reserve_db.serve.functions import call_function
from reserve_db.serve.health import is_alive, is_ready, show_metrics
from reserve_db.serve.webhooks import SENDERS, receive
from reserve_db.settings import Settings


def create_app(dsn: str, settings: Settings) -> Starlette:
    """The bridge to one database; it starts, and stays up, also while that is away."""
    bridge = Bridge(dsn, settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with bridge.database:
            yield
        if bridge.stripe:
            await bridge.stripe.close()
        for provider in bridge.pix.values():
            if provider is not bridge.stripe:
                await provider.close()

    return Starlette(
        routes=[
            Route("/functions/v1/{name}", partial(call_function, bridge), methods=["POST"]),
            *(
                Route(f"/webhooks/{sender.name}", partial(receive, sender, bridge), methods=["POST"])
                for sender in SENDERS
            ),
            Route("/healthz", is_alive),
            Route("/readyz", partial(is_ready, bridge)),
            Route("/metrics", partial(show_metrics, bridge)),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["POST"],
                allow_headers=["*"],
                expose_headers=["Age", "Retry-After", "X-Request-Id"],
            )
        ],
        lifespan=lifespan,
    )
