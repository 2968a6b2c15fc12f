"""Every error becomes one answer: a code, an HTTP status and facts. Nothing internal gets out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from reserve_db.database import DatabaseUnavailableError, is_passing
from reserve_db.providers import ProviderError

# The codes this bridge answers with by itself; the same sentences as core.error_catalog().
OWN_CODES: Mapping[str, tuple[int, str]] = {
    "UNAUTHORIZED": (401, "Sign in first."),
    "FORBIDDEN": (403, "The caller may not do this."),
    "INVALID_REQUEST": (400, "The request is malformed."),
    "MISSING_REQUIRED_FIELD": (400, "A required field is missing."),
    "INVALID_PARAMETER": (400, "A field has a value that is not allowed."),
    "NOT_FOUND": (404, "There is no such thing."),
    "PAYMENT_FAILED": (402, "The payment did not succeed."),
    "RATE_LIMIT_EXCEEDED": (429, "Too many requests."),
    "SERVICE_UNAVAILABLE": (503, "The service is busy."),
    "INTERNAL_ERROR": (500, "Something went wrong on our side."),
}
# What Stripe calls the fields that come from our callers.
FIELDS_OF_CALLERS = {
    "payment_method": "payment_method_id",
    "receipt_email": "customer_email",
    "success_url": "success_url",
    "cancel_url": "cancel_url",
}
RETRY_AFTER_SECONDS = 2
BAD_VALUE_CLASS = "22"
BROKEN_RULE_CLASS = "23"


@dataclass
class ApiError(Exception):
    """An error as the caller sees it."""

    code: str
    status: int
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def own(
    code: str, status: int | None = None, headers: Mapping[str, str] | None = None, **details: Any
) -> ApiError:
    """An error of the bridge itself."""
    usual, message = OWN_CODES[code]
    return ApiError(code, status or usual, message, details, headers or {})


def unavailable(**details: Any) -> ApiError:
    return own("SERVICE_UNAVAILABLE", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}, **details)


def from_exception(error: Exception, role: str) -> ApiError:
    """What a caller with this role is told of an error."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, DatabaseUnavailableError):
        return unavailable()
    if isinstance(error, ProviderError):
        return from_provider(error)
    if isinstance(error, psycopg.Error):
        return from_database(error, role)
    return own("INTERNAL_ERROR")


def from_provider(error: ProviderError) -> ApiError:
    """A refusal the customer can act on, or a provider that is away; else it is our mistake."""
    if error.retry:
        return unavailable(provider="stripe")
    if error.details.get("http_status") == 402:
        decline_code = error.details.get("decline_code")
        return own("PAYMENT_FAILED", reason=str(error), provider_code=decline_code or error.code)
    if named := FIELDS_OF_CALLERS.get(error.details.get("param") or ""):
        return own("INVALID_PARAMETER", field=named, reason=str(error))
    return own("INTERNAL_ERROR")


def from_database(error: psycopg.Error, role: str) -> ApiError:
    """Our own errors as raised; PostgreSQL's by their class."""
    state = error.sqlstate or ""
    if state.startswith("PT"):
        return _raised(error, int(state[2:]))
    if state == "42501":
        return own("UNAUTHORIZED" if role == "anon" else "FORBIDDEN")
    if is_passing(error):
        return unavailable()
    if state[:2] == BAD_VALUE_CLASS:
        return own("INVALID_REQUEST", reason=error.diag.message_primary)
    if state[:2] == BROKEN_RULE_CLASS:
        return own("INVALID_REQUEST")
    return own("INTERNAL_ERROR")


def _raised(error: psycopg.Error, status: int) -> ApiError:
    try:
        facts = dict(json.loads(error.diag.message_detail or "{}"))
    except (ValueError, TypeError):
        facts = {}
    code = facts.pop("code", "INTERNAL_ERROR")
    if code == "INTERNAL_ERROR":
        return own("INTERNAL_ERROR")
    if error.diag.message_hint:
        facts["hint"] = error.diag.message_hint
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
    return ApiError(code, status, error.diag.message_primary or "", facts, headers)
