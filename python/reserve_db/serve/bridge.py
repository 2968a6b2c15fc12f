"""What the endpoints of one server process share."""

from __future__ import annotations

from reserve_db.database import Database
from reserve_db.pix import configured_providers
from reserve_db.pix.provider import PaymentProvider
from reserve_db.serve.cache import TtlCache
from reserve_db.serve.metrics import Metrics
from reserve_db.serve.rate_limit import RateLimit
from reserve_db.settings import Settings
from reserve_db.stripe_gateway import StripeGateway

STATEMENT_TIMEOUT = "10s"
LOCK_TIMEOUT = "3s"
PROVIDER_TIMEOUT_SECONDS = 8.0


class Bridge:
    """Settings, the database, the providers of payments (none without a key), kept answers, the counters."""

    def __init__(self, dsn: str, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(dsn, "reserve-db serve", settings.pool_size, STATEMENT_TIMEOUT, LOCK_TIMEOUT)
        self.stripe = (
            StripeGateway(settings.stripe_api_key, settings.stripe_url, PROVIDER_TIMEOUT_SECONDS)
            if settings.stripe_api_key
            else None
        )
        self.cache = TtlCache()
        self.pix: dict[str, PaymentProvider] = {
            **({"stripe": self.stripe} if self.stripe else {}),
            **configured_providers(settings, PROVIDER_TIMEOUT_SECONDS),
        }
        self.rate_limit = RateLimit(settings.rate_limit)
        self.metrics = Metrics()
