"""Starting a payment by PIX: the database prepares it, a provider makes the charge, the database records it.

No transaction is open while a provider is asked.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import segno

from reserve_db.database import Caller, Database
from reserve_db.pix import NAMES
from reserve_db.pix.provider import PaymentProvider
from reserve_db.providers import ProviderError
from reserve_db.serve import stripe_requests
from reserve_db.serve.errors import own, unavailable

Object = dict[str, Any]

PIXELS_PER_MODULE = 5


async def start(
    database: Database,
    providers: Mapping[str, PaymentProvider],
    arguments: Mapping[str, Any],
    caller: Caller,
) -> Object:
    """Makes the charge of an order, or finds the one that is open.

    Raises what the functions raise, and ProviderError.
    """
    asked = arguments.get("provider", "stripe")
    if asked in ("stripe", *NAMES) and asked not in providers:
        raise unavailable(provider=asked)
    service = caller.with_role("service_role")
    prepared: Object = await database.call("create_pix_charge", arguments, service)
    if prepared["pix_charge"]:
        return dict(prepared["pix_charge"])
    provider = prepared["provider"]
    try:
        charge = await stripe_requests.create(providers[provider].create_pix_charge, prepared)
    except ProviderError as error:
        if error.retry:
            raise unavailable(provider=provider) from error
        raise
    image = charge.pop("qr_code_base64", None) or _image(charge)
    stored = {name: value for name, value in charge.items() if name != "client_secret"}
    recording = {"payment_id": prepared["payment_id"], "pix_charge": stored, "qr_code_base64": image}
    recorded: Object | None = await database.call("record_pix_charge", recording, service)
    if recorded is None:
        raise own("PAYMENT_FAILED", reason="This payment was cancelled.")
    return recorded


def _image(charge: Object) -> str | None:
    """The code as a PNG in base64, made here where the provider gives none."""
    text = ((charge.get("next_action") or {}).get("pix_display_qr_code") or {}).get("data")
    if not isinstance(text, str) or not text:
        return None
    try:
        drawn = segno.make_qr(text, error="m")
    except segno.DataOverflowError:
        return None  # nor is it a code that the database takes
    image = io.BytesIO()
    drawn.save(image, kind="png", scale=PIXELS_PER_MODULE)
    return base64.b64encode(image.getvalue()).decode()
