"""What an operator watches, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The counters of one server process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "reserve_http_requests", "Requests answered.", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "reserve_http_seconds", "Time to the answer.", ["route"], registry=self.registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, figures: Mapping[str, float]) -> bytes:
        """The counters, and the figures of the database as they are now."""
        now = CollectorRegistry()
        for name, value in figures.items():
            Gauge(f"reserve_{name}", f"{name.replace('_', ' ')}.", registry=now).set(value)
        return generate_latest(self.registry) + generate_latest(now)
