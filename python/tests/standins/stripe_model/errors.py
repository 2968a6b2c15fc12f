"""An error as Stripe answers it."""

from typing import Any


class StripeError(Exception):
    """Status, type and code of a refusal; ``extra`` are further members of the error, such as the intent."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        type: str = "invalid_request_error",  # noqa: A002
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        members = {"message": message, "type": type, "code": code, "param": param, **extra}
        self.error = {name: value for name, value in members.items() if value is not None}
        if code:
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def no_such(kind: str, object_id: str, param: str, status: int = 400) -> StripeError:
    """The object named in the path (404) or in a parameter (400) does not exist."""
    return StripeError(f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=status)


def not_modelled(what: str) -> StripeError:
    """Real Stripe would take this; the stand-in does not know how, and says so instead of guessing."""
    return StripeError(f"The stand-in does not model {what}.", type="api_error", status=501)
