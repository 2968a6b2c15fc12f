"""What load balancers and Prometheus ask."""

from __future__ import annotations

import psycopg
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from reserve_db.database import DatabaseUnavailableError, system
from reserve_db.serve.bridge import Bridge


async def is_alive(_: Request) -> Response:
    """GET /healthz: this process answers."""
    return PlainTextResponse("ok")


async def is_ready(bridge: Bridge, _: Request) -> Response:
    """GET /readyz: it can also serve: the database answers and is deployed."""
    try:
        is_deployed = await bridge.database.is_deployed()
    except DatabaseUnavailableError:
        return JSONResponse({"ready": False, "reason": "the database cannot be reached"}, 503)
    if not is_deployed:
        return JSONResponse({"ready": False, "reason": "the database is not deployed"}, 503)
    return JSONResponse({"ready": True})


async def show_metrics(bridge: Bridge, _: Request) -> Response:
    """GET /metrics, in Prometheus' text format: this process, and what the database has to do."""
    try:
        figures = {"database_up": 1, **await bridge.database.call("metrics", {}, system())}
    except (DatabaseUnavailableError, LookupError, psycopg.Error):
        figures = {"database_up": 0}
    return Response(bridge.metrics.text(figures), media_type=CONTENT_TYPE_LATEST)
