"""Misfortune on request: errors, silence and dropped connections, before or after the work is done."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

FaultKind = Literal["error", "rate_limit", "timeout", "close"]


@dataclass
class Fault:
    """What befalls the next ``times`` requests whose method and path begin as given.

    ``executes`` says whether the request takes effect all the same: with ``timeout`` and ``close``
    the caller cannot know.
    """

    kind: FaultKind
    executes: bool = False
    method: str = ""
    path: str = ""
    times: int = 1
    seconds: float = 60
    """How long a ``timeout`` stays silent before the connection is closed."""
    status: int = 500
    code: str = ""
    """The code in the body of an ``error``."""

    @property
    def is_silent(self) -> bool:
        """Whether the caller gets no answer."""
        return self.kind in ("timeout", "close")


class Faults:
    """The faults still to come, oldest first, and the latency of every answer."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []
        self.latency_seconds = 0.0

    def reset(self) -> None:
        self.pending.clear()
        self.latency_seconds = 0.0

    def take(self, request: Request) -> Fault | None:
        """The fault for this request, which is used up by it."""
        for fault in self.pending:
            if request.method.startswith(fault.method) and request.url.path.startswith(fault.path):
                fault.times -= 1
                if fault.times == 0:
                    self.pending.remove(fault)
                return fault
        return None


async def stay_silent(fault: Fault, request: Request) -> Response:
    """Answer nothing: wait if the fault is a timeout, then close the connection."""
    if fault.kind == "timeout":
        await _until_gone(request, fault.seconds)
    connections = request.app.state.server.server_state.connections
    for connection in list(connections):
        if connection.client == tuple(request.scope["client"]):
            connection.transport.abort()
    await _until_gone(request, 5)
    return Response(status_code=500)  # goes nowhere: the connection is closed


async def _until_gone(request: Request, seconds: float) -> None:
    """Wait until the caller has hung up, at most ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            while not await request.is_disconnected():
                await asyncio.sleep(0.01)
    except TimeoutError:
        pass
