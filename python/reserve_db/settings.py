"""Settings of `serve` and `worker`, read from RESERVE_… environment variables and nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from reserve_db.notifications.mail import LOOPBACK, SmtpServer, mail_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
T = TypeVar("T")

JWT_SECRET_BYTES = 32


class SettingsError(Exception):
    """One or more variables are wrong; the message names each, without its value."""


@dataclass(frozen=True)
class Settings:
    """What an operator configures. Secrets never appear in the repr."""

    jwt_secret: str | None = field(default=None, repr=False)
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_url: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    mercadopago_access_token: str | None = field(default=None, repr=False)
    mercadopago_url: str | None = None
    mercadopago_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    openpix_app_id: str | None = field(default=None, repr=False)
    openpix_url: str | None = None
    openpix_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    host_url: str | None = None
    host_api_key: str | None = field(default=None, repr=False)
    host_secrets: tuple[str, ...] = field(default=(), repr=False)
    smtp: SmtpServer | None = None
    mail_from: Address | None = None
    messaging_url: str | None = None
    messaging_api_key: str | None = field(default=None, repr=False)
    audit_heads_file: Path | None = None
    trusted_proxies: tuple[Network, ...] = ()
    cors_origins: tuple[str, ...] = ("*",)
    rate_limit: int = 100
    pool_size: int = 10

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Reads every variable, so that all mistakes are told at once.

        Raises SettingsError.
        """
        reader = _Reader(environment)
        settings = cls(
            jwt_secret=reader.read("RESERVE_JWT_SECRET", _jwt_secret, None),
            stripe_api_key=reader.read("RESERVE_STRIPE_API_KEY", str, None),
            stripe_url=reader.read("RESERVE_STRIPE_URL", _url, None),
            stripe_webhook_secrets=reader.read("RESERVE_STRIPE_WEBHOOK_SECRETS", _list, ()),
            mercadopago_access_token=reader.read("RESERVE_MERCADOPAGO_ACCESS_TOKEN", str, None),
            mercadopago_url=reader.read("RESERVE_MERCADOPAGO_URL", _url, None),
            mercadopago_webhook_secrets=reader.read("RESERVE_MERCADOPAGO_WEBHOOK_SECRETS", _list, ()),
            openpix_app_id=reader.read("RESERVE_OPENPIX_APP_ID", str, None),
            openpix_url=reader.read("RESERVE_OPENPIX_URL", _url, None),
            openpix_webhook_secrets=reader.read("RESERVE_OPENPIX_WEBHOOK_SECRETS", _list, ()),
            host_url=reader.read("RESERVE_HOST_URL", _url, None),
            host_api_key=reader.read("RESERVE_HOST_API_KEY", str, None),
            host_secrets=reader.read("RESERVE_HOST_SECRETS", _list, ()),
            smtp=reader.read("RESERVE_SMTP_URL", SmtpServer.from_url, None),
            mail_from=reader.read("RESERVE_MAIL_FROM", mail_address, None),
            messaging_url=reader.read("RESERVE_MESSAGING_URL", _url, None),
            messaging_api_key=reader.read("RESERVE_MESSAGING_API_KEY", str, None),
            audit_heads_file=reader.read("RESERVE_AUDIT_HEADS_FILE", Path, None),
            trusted_proxies=reader.read("RESERVE_TRUSTED_PROXIES", _networks, ()),
            cors_origins=reader.read("RESERVE_CORS_ORIGINS", _list, ("*",)),
            rate_limit=reader.read("RESERVE_RATE_LIMIT", _positive, 100),
            pool_size=reader.read("RESERVE_POOL_SIZE", _positive, 10),
        )
        if settings.host_url and not (settings.host_api_key and settings.host_secrets):
            reader.wrong("RESERVE_HOST_URL", "needs RESERVE_HOST_API_KEY and RESERVE_HOST_SECRETS beside it")
        if settings.smtp and not settings.mail_from:
            reader.wrong("RESERVE_SMTP_URL", "needs RESERVE_MAIL_FROM beside it")
        if settings.messaging_url and not settings.messaging_api_key:
            reader.wrong("RESERVE_MESSAGING_URL", "needs RESERVE_MESSAGING_API_KEY beside it")
        if reader.mistakes:
            raise SettingsError("\n".join(reader.mistakes))
        return settings


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.mistakes: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """An unset or empty variable means the default."""
        text = self._environment.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.wrong(name, str(error))
            return default

    def wrong(self, name: str, why: str) -> None:
        self.mistakes.append(f"{name} {why}")


def _jwt_secret(text: str) -> str:
    if len(text.encode()) < JWT_SECRET_BYTES:
        raise ValueError(f"must have at least {JWT_SECRET_BYTES} bytes")
    return text


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://host.example")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("must use https, except on the loopback interface")
    return text.rstrip("/")


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part) for part in _list(text))
    except ValueError:
        raise ValueError("must be addresses or networks such as 10.0.0.0/8, separated by commas") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ValueError("must be a whole number above zero")
    return int(text)
