"""A mail server, strict, in memory: ``python -m tests.standins.smtp_server``.

With ``--certificate`` it demands STARTTLS and a login, and listens for TLS from the first byte on a second
port; without, it is the open relay of a loopback interface. What it has accepted, refused or is told to do
next is below ``/_test``, over HTTP.
"""

import argparse
import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.controls import json_body
from tests.standins.process import StandIn, serve

USER, PASSWORD = "reserve", "a p@ssword"

Stage = Literal["mail", "rcpt", "data", "drop", "hold"]


@dataclass
class Misfortune:
    """What befalls the next letter: a reply at ``mail``, ``rcpt`` or ``data``, or, once it is accepted, a
    dropped connection or silence until released."""

    at: Stage
    reply: str = ""
    times: int = 1


class Mailbox:
    """Takes letters; the hooks are aiosmtpd's."""

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.misfortunes: list[Misfortune] = []
        self.released = asyncio.Event()

    def reset(self) -> None:
        self.letters.clear()
        self.misfortunes.clear()
        self.released.set()
        self.released = asyncio.Event()

    def authenticate(self, *call: Any) -> AuthResult:
        login = call[-1]
        good = isinstance(login, LoginPassword) and (login.login, login.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if struck := self._take("mail"):
            return struck.reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if struck := self._take("rcpt"):
            return struck.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if struck := self._take("data"):
            return struck.reply
        assert isinstance(envelope.content, bytes)
        self.letters.append(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "authenticated": session.authenticated,
                "text": envelope.content.decode(),
            }
        )
        if self._take("drop"):
            assert server.transport is not None
            server.transport.close()
        if self._take("hold"):
            await self.released.wait()
        return "250 Accepted"

    def _take(self, stage: Stage) -> Misfortune | None:
        for misfortune in self.misfortunes:
            if misfortune.at == stage:
                misfortune.times -= 1
                if misfortune.times == 0:
                    self.misfortunes.remove(misfortune)
                return misfortune
        return None


def build_app(_: str, certificate: Path | None) -> Starlette:
    """The controls as an ASGI application; while it runs, the mail server runs."""
    mailbox = Mailbox()
    ports: dict[str, int] = {}

    async def listen(name: str, tls: ssl.SSLContext | None, protocol: Any) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
        ports[name] = server.sockets[0].getsockname()[1]
        return server

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        smtp = partial(SMTP, mailbox, hostname="localhost", authenticator=mailbox.authenticate)
        loop = asyncio.get_running_loop()
        if certificate is None:
            servers = [await listen("smtp", None, partial(smtp, auth_require_tls=False, loop=loop))]
        else:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(certificate)
            guarded = partial(smtp, tls_context=tls, require_starttls=True, auth_required=True, loop=loop)
            encrypted = partial(smtp, auth_required=True, auth_require_tls=False, loop=loop)
            servers = [await listen("smtp", None, guarded), await listen("smtps", tls, encrypted)]
        yield
        for server in servers:
            server.close()

    async def show_ports(_: Request) -> Response:
        return JSONResponse(ports)

    async def letters(_: Request) -> Response:
        return JSONResponse(mailbox.letters)

    async def befall(request: Request) -> Response:
        mailbox.misfortunes.append(Misfortune(**await json_body(request)))
        return JSONResponse({})

    async def release(_: Request) -> Response:
        mailbox.released.set()
        return JSONResponse({})

    async def reset(_: Request) -> Response:
        mailbox.reset()
        return JSONResponse({})

    routes = [
        Route("/_test/ports", show_ports, methods=["GET"]),
        Route("/_test/letters", letters, methods=["GET"]),
        Route("/_test/misfortunes", befall, methods=["POST"]),
        Route("/_test/release", release, methods=["POST"]),
        Route("/_test/reset", reset, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


class SmtpStandIn(StandIn):
    """The server as a process of its own, steered by methods."""

    module = "tests.standins.smtp_server"

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__([] if certificate is None else ["--certificate", str(certificate)])

    def port(self, scheme: str = "smtp") -> int:
        number: int = self.control("GET", "ports")[scheme]
        return number

    def letters(self) -> list[dict[str, Any]]:
        """What was accepted: ``from``, ``to``, ``authenticated``, ``text``."""
        accepted: list[dict[str, Any]] = self.control("GET", "letters")
        return accepted

    def mails(self) -> list[EmailMessage]:
        """The same, read."""
        return [message_from_string(letter["text"], policy=policy.default) for letter in self.letters()]

    def refuse(self, at: Stage, reply: str, times: int = 1) -> None:
        """Answer so at ``mail``, ``rcpt`` or ``data``."""
        self.control("POST", "misfortunes", at=at, reply=reply, times=times)

    def drop_after_accepting(self) -> None:
        """Take the next letter, and close the connection instead of saying so."""
        self.control("POST", "misfortunes", at="drop")

    def hold_after_accepting(self) -> None:
        """Take the next letter, and say so only when released."""
        self.control("POST", "misfortunes", at="hold")

    def release(self) -> None:
        self.control("POST", "release")


def main() -> None:
    """Parse the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the controls; 0 chooses a free one")
    parser.add_argument("--certificate", type=Path, help="key and chain in PEM; turns STARTTLS and login on")
    parser.add_argument("--stop-with-stdin", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    serve(lambda url: build_app(url, options.certificate), options.port, options.stop_with_stdin)


if __name__ == "__main__":
    main()
