"""How calls to providers fail, in the only terms the rest of the program needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_MESSAGE = 500


class ProviderError(Exception):
    """A provider refused, or did not answer.

    `answered` is false when the outcome is unknown: the same request, with the same idempotency key, may be
    repeated. `retry` says whether another try can help.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        answered: bool,
        retry: bool,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.answered = answered
        self.retry = retry
        self.details = dict(details or {})

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self), **self.details}
