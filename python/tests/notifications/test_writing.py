"""Messages as they are written: the product's templates, what a template may do, how facts look."""

from __future__ import annotations

from typing import Any

import pytest

from reserve_db.notifications.message import Letter, Message
from reserve_db.notifications.writing import write
from reserve_db.providers import ProviderError
from reserve_db.sqltest.bench import Clone
from tests.notifications.conftest import FACTS

EXPONENTS = {"BRL": 2, "EUR": 2, "USD": 2, "JPY": 0, "CREDIT": 6}
KNOWN = {
    **FACTS,
    "city": "Urubici",
    "description": "Three nights",
    "first_name": "Ana",
    "unit_name": "Family",
    "check_in_time": "14:00",
    "check_out_time": "11:00",
    "nights": 3,
    "refund": {"amount": 100, "currency": "BRL"},
}


def letter(body: str, locale: str = "en", **facts: Any) -> Letter:
    return write(
        Message(
            id="018f3a5e",
            channel="email",
            recipient="ana@guest.example",
            template_code="greeting",
            locale=locale,
            subject_template="To {{ name }}",
            body_template=body,
            html_template="<b>{{ name }}</b>",
            facts={"name": "Ana"} | facts,
            exponents=EXPONENTS,
            attempt=1,
            claim_token="token",
        )
    )


def written(body: str, locale: str = "en", **facts: Any) -> str:
    return letter(body, locale, **facts).body.replace("\N{NO-BREAK SPACE}", " ")


def refusal(body: str, **facts: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        letter(body, **facts)
    assert not caught.value.retry
    return caught.value


def test_every_template_of_the_product_can_be_written(db: Clone) -> None:
    with db.connect() as connection:
        rows = connection.execute(
            "select template_code, channel::text, locale, subject_template, body_template, html_template"
            " from notifications.notification_templates"
        ).fetchall()
    assert rows
    for code, channel, locale, subject, body, html in rows:
        message = Message(
            "id", channel, "to", code, locale, subject, body, html, KNOWN, EXPONENTS, 1, "token"
        )
        assert "Pousada & Café" in write(message).body or code == "refund_notice"


# facts


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "shown"),
    [
        (123456789, "BRL", "pt-BR", "R$ 1.234.567,89"),
        (123456789, "BRL", "en", "R$1,234,567.89"),
        (5, "USD", "en", "$0.05"),
        (-150, "USD", "en", "-$1.50"),
        (1500, "JPY", "en-GB", "JP¥1,500"),
        (123456, "EUR", "da", "1.234,56 €"),
        (9223372036854775807, "CREDIT", "pt-BR", "CREDIT 9.223.372.036.854,775807"),
    ],
)
def test_money(amount: int, currency: str, locale: str, shown: str) -> None:
    assert written("{{ price | money }}", locale, price={"amount": amount, "currency": currency}) == shown


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("pt-BR", "1 de dezembro de 2026"), ("en", "December 1, 2026"), ("en-GB", "1 December 2026")],
)
def test_dates(locale: str, shown: str) -> None:
    assert written("{{ day | date }}", locale, day="2026-12-01") == shown


def test_a_fact_is_never_read_as_a_template() -> None:
    assert written("{{ a }}", a="{{ name }}") == "{{ name }}"


def test_html_escapes_facts_and_plain_text_does_not() -> None:
    found = letter("{{ name }}", name="<Ana & Bia>")
    assert (found.body, found.html) == ("<Ana & Bia>", "<b>&lt;Ana &amp; Bia&gt;</b>")


def test_a_subject_is_one_line() -> None:
    assert letter("x", name="Ana\r\nBcc: eve@evil.example").subject == "To Ana Bcc: eve@evil.example"


def test_texts_may_depend_on_what_is_known() -> None:
    body = "{% if nickname is defined %}Dear {{ nickname }}{% else %}Dear guest{% endif %}"
    assert (written(body), written(body, nickname="Nana")) == ("Dear guest", "Dear Nana")


# what cannot be written


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Dear {{ nickname }}", "body: 'nickname' is undefined"),
        ("{{ name.last }}", "body: 'str object' has no attribute 'last'"),
        ("line\n{% if %}", "body, line 2: Expected an expression, got 'end of statement block'"),
        ("{{ name | shout }}", "body, line 1: No filter named 'shout'."),
        ("{{ name | date }}", "body: ValueError"),
        ("{{ name | money }}", "body: TypeError"),
        ("{{ {'amount': 1, 'currency': 'XXX'} | money }}", "body: KeyError"),
        ("{{ 1 / 0 }}", "body: ZeroDivisionError"),
    ],
)
def test_a_mistake_is_named_without_the_facts(body: str, why: str) -> None:
    found = refusal(body)
    assert (found.code, str(found)) == ("TEMPLATE_ERROR", why)


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ name.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{% set _ = things.append(1) %}",
        "{% include '/etc/passwd' %}",
        "{{ range(100000000) | list }}",
    ],
)
def test_the_sandbox_holds(body: str) -> None:
    assert refusal(body, things=[]).code == "TEMPLATE_ERROR"


def test_an_unknown_locale_is_a_mistake_in_the_template() -> None:
    with pytest.raises(ProviderError, match="UnknownLocaleError"):
        letter("x", locale="xx")
