"""PIX at Mercado Pago and OpenPix. What they tell is put in the words of Stripe, which the database knows."""

from __future__ import annotations

from reserve_db.pix.mercadopago import MercadoPago
from reserve_db.pix.openpix import OpenPix
from reserve_db.pix.provider import PaymentProvider
from reserve_db.settings import Settings

NAMES = ("mercadopago", "openpix")


def configured_providers(settings: Settings, timeout_seconds: float) -> dict[str, PaymentProvider]:
    """The providers there is a key for, Stripe aside, by the names they have in the database."""
    providers: dict[str, PaymentProvider] = {}
    if settings.mercadopago_access_token:
        providers["mercadopago"] = MercadoPago(
            settings.mercadopago_access_token, settings.mercadopago_url, timeout_seconds
        )
    if settings.openpix_app_id:
        providers["openpix"] = OpenPix(settings.openpix_app_id, settings.openpix_url, timeout_seconds)
    return providers
