"""Mail through an SMTP server, always over TLS except on the loopback interface."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address, AddressHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime
from typing import Literal, cast
from urllib.parse import unquote, urlsplit

from reserve_db.notifications.message import Letter
from reserve_db.providers import ProviderError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SUBMISSION_PORT, SUBMISSIONS_PORT = 587, 465
PERMANENT = 500
SEVEN_BIT = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. `starttls`: whether it is demanded, or used where it is offered."""

    host: str
    port: int
    tls: Literal["implicit", "required", "offered"]
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(cls, text: str) -> SmtpServer:
        """From `smtps://user:password@host:port`, or `smtp://…` for STARTTLS. Raises ValueError."""
        parts = urlsplit(text)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be an address such as smtp://user:password@mail.example:587")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (SUBMISSIONS_PORT if implicit else SUBMISSION_PORT),
            tls="implicit" if implicit else "offered" if parts.hostname in LOOPBACK else "required",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


def mail_address(text: str) -> Address:
    """From `Name <box@domain>` or `box@domain`. Raises ValueError."""
    found = cast(AddressHeader, HeaderRegistry()("from", text)).addresses
    if len(found) != 1 or not found[0].username or not found[0].domain:
        raise ValueError("must be an address such as Bookings <bookings@example.org>")
    return found[0]


class MailSender:
    """One connection per letter. The Message-ID is made of the letter's id, so that copies can be told."""

    def __init__(self, server: SmtpServer, sender: Address, timeout_seconds: float) -> None:
        self._server = server
        self._sender = sender
        self._timeout_seconds = timeout_seconds

    async def send(self, letter: Letter) -> None:
        await asyncio.to_thread(self._hand_over, self._compose(letter), letter.recipient)

    async def check(self) -> None:
        """Whether the server can be reached and accepts our login. Raises ProviderError."""

        def look() -> None:
            with self._session():
                pass

        await asyncio.to_thread(look)

    def _compose(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage(policy=SEVEN_BIT)
        mail["From"] = self._sender
        try:
            mail["To"] = Address(addr_spec=letter.recipient)
        except (MessageError, ValueError, IndexError) as error:
            raise _refused("INVALID_ADDRESS", "This is not one mail address.", retry=False) from error
        mail["Subject"] = letter.subject or ""
        mail["Date"] = format_datetime(localtime())
        mail["Message-ID"] = f"<{letter.id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body)
        if letter.html is not None:
            mail.add_alternative(letter.html, subtype="html")
        mail["Content-Language"] = letter.locale  # setting the content clears such headers
        return mail

    def _hand_over(self, mail: EmailMessage, recipient: str) -> None:
        with self._session() as session:
            try:
                session.send_message(mail, self._sender.addr_spec, recipient)
            except smtplib.SMTPRecipientsRefused as error:
                code, text = error.recipients[recipient]
                raise _answer(code, text, retry=code < PERMANENT) from error
            except smtplib.SMTPSenderRefused as error:  # we are refused, not this letter
                raise _answer(error.smtp_code, error.smtp_error, retry=True) from error
            except smtplib.SMTPResponseException as error:
                raise _answer(error.smtp_code, error.smtp_error, retry=error.smtp_code < PERMANENT) from error
            except smtplib.SMTPNotSupportedError as error:
                raise _refused(
                    "INVALID_ADDRESS", "The mail server takes only ASCII addresses.", retry=False
                ) from error
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                raise ProviderError(
                    "NO_ANSWER", "The mail server did not answer.", answered=False, retry=True
                ) from error

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connected, encrypted, logged in. What goes wrong here is no letter's fault and may pass."""
        try:
            session = self._connect()
        except (smtplib.SMTPException, OSError) as error:
            reason = (
                _text(error.smtp_error) if isinstance(error, smtplib.SMTPResponseException) else str(error)
            )
            raise _refused("NO_MAIL_SERVER", reason, retry=True) from error
        try:
            yield session
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()
        finally:
            session.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "implicit":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout_seconds, context=ssl.create_default_context()
            )
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=self._timeout_seconds)
        try:
            session.ehlo()
            if server.tls == "required" or (server.tls == "offered" and session.has_extn("starttls")):
                session.starttls(context=ssl.create_default_context())
                session.ehlo()
            if server.user is not None:
                session.login(server.user, server.password or "")
        except BaseException:
            session.close()
            raise
        return session


def _answer(code: int, text: bytes | str, *, retry: bool) -> ProviderError:
    return _refused(f"SMTP_{code}", _text(text), retry=retry)


def _refused(code: str, text: str, *, retry: bool) -> ProviderError:
    return ProviderError(code, text, answered=True, retry=retry)


def _text(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
