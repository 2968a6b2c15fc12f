"""Amounts, currencies and addresses as Stripe takes them."""

import re

from tests.standins.stripe_model.errors import StripeError

MINIMUM_AMOUNTS = {
    **dict.fromkeys(["usd", "eur", "brl", "cad", "aud", "nzd", "chf", "sgd"], 50),
    **dict.fromkeys(["ars", "clp", "cop", "pen", "uyu", "jpy"], 50),
    "gbp": 30,
    "dkk": 250,
    "nok": 300,
    "sek": 300,
    "mxn": 1000,
}
MAXIMUM_AMOUNT = 99_999_999
_WITHOUT_CENTS = {"clp", "jpy"}


def check_amount(amount: int, currency: str) -> None:
    if amount < 1:
        raise StripeError(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount < MINIMUM_AMOUNTS[currency]:
        least = display(MINIMUM_AMOUNTS[currency], currency)
        raise StripeError(f"Amount must be at least {least}", code="amount_too_small", param="amount")
    if amount > MAXIMUM_AMOUNT:
        most = display(MAXIMUM_AMOUNT, currency)
        raise StripeError(f"Amount must be no more than {most}", code="amount_too_large", param="amount")


def checked_currency(currency: str) -> str:
    """Lower case; Stripe takes either."""
    if currency.lower() not in MINIMUM_AMOUNTS:
        supported = ", ".join(sorted(MINIMUM_AMOUNTS))
        raise StripeError(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {supported}",
            param="currency",
        )
    return currency.lower()


def check_email(address: str, param: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", address):
        raise StripeError(f"Invalid email address: {address}", code="email_invalid", param=param)


def display(amount: int, currency: str) -> str:
    """An amount of minor units as messages show it."""
    decimals = 0 if currency in _WITHOUT_CENTS else 2
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"
