"""Writes messages: templates in a Jinja sandbox, facts as readers of the locale expect them.

A template may use every fact by its name, and two filters: `money` for `{"amount", "currency"}` in minor
units, `date` for an ISO date. A fact that is not there is an error, never a gap in the text.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reserve_db.notifications.message import Letter, Message
from reserve_db.providers import ProviderError


def write(message: Message) -> Letter:
    """Raises ProviderError, which no other try can help, where template, fact or recipient is missing."""
    if message.body_template is None:
        raise _cannot("NO_TEMPLATE", f"Nobody wrote {message.template_code} for {message.channel}.")
    if not message.recipient:
        raise _cannot("NO_RECIPIENT", f"The recipient has no address for {message.channel}.")
    subject = _fill(message, "subject", message.subject_template)
    body = _fill(message, "body", message.body_template)
    return Letter(
        id=message.id,
        channel=message.channel,
        recipient=message.recipient,
        locale=message.locale,
        subject=None if subject is None else " ".join(subject.split()),
        body=body or "",
        html=_fill(message, "html", message.html_template),
    )


def _fill(message: Message, part: str, template: str | None) -> str | None:
    if template is None:
        return None
    try:
        reader = _Reader(Locale.parse(message.locale, sep="-"), message.exponents)
        return reader.environment(escapes=part == "html").from_string(template).render(message.facts)
    except TemplateSyntaxError as error:
        raise _cannot("TEMPLATE_ERROR", f"{part}, line {error.lineno}: {error.message}") from error
    except TemplateError as error:
        raise _cannot("TEMPLATE_ERROR", f"{part}: {error.message}") from error
    except Exception as error:  # whatever a template's expression does wrong; the text could hold a fact
        raise _cannot("TEMPLATE_ERROR", f"{part}: {type(error).__name__}") from error


class _Reader:
    """How readers of a locale see facts."""

    def __init__(self, locale: Locale, exponents: Mapping[str, int]) -> None:
        self._locale = locale
        self._exponents = exponents

    def environment(self, *, escapes: bool) -> ImmutableSandboxedEnvironment:
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, autoescape=escapes, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters |= {"money": self._money, "date": self._date}
        return environment

    def _money(self, value: Mapping[str, Any]) -> str:
        exponent = self._exponents[value["currency"]]
        pattern = copy.copy(self._locale.currency_formats["standard"])
        pattern.frac_prec = (exponent, exponent)
        text: str = pattern.apply(
            Decimal(value["amount"]).scaleb(-exponent),
            self._locale,
            currency=value["currency"],
            currency_digits=False,
        )
        return text

    def _date(self, value: str) -> str:
        return format_date(date.fromisoformat(value), "long", self._locale)


def _cannot(code: str, why: str) -> ProviderError:
    return ProviderError(code, why, answered=False, retry=False)
