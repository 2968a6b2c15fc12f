"""A message as it comes from the database, as it is written, and who can send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Message:
    """A leased message, not written yet. `exponents` says of each currency what its minor unit is."""

    id: str
    channel: str
    recipient: str | None
    template_code: str
    locale: str
    subject_template: str | None
    body_template: str | None
    html_template: str | None
    facts: Mapping[str, Any]
    exponents: Mapping[str, int]
    attempt: int
    claim_token: str

    @classmethod
    def from_json(cls, claimed: Mapping[str, Any]) -> Message:
        return cls(**{name: claimed[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Letter:
    """A message as written. The id stays the same however often it is sent."""

    id: str
    channel: str
    recipient: str
    locale: str
    subject: str | None
    body: str
    html: str | None


class Sender(Protocol):
    """Hands letters over to who delivers them."""

    async def send(self, letter: Letter) -> None:
        """Raises ProviderError: with `retry`, where the same letter may be taken later."""
        ...
