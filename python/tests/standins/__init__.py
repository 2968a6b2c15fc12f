"""Servers that stand in for Stripe and for the Host over real HTTP, as strict as the originals.

Each runs as a process of its own and prints its URL, the only thing product code is told:

    python -m tests.standins.stripe_server --port 0 --webhook-url URL
    python -m tests.standins.host_server --port 0 --webhook-url URL --unit PROPERTY/UNIT

Tests start and steer them as context managers, ``StripeStandIn`` and ``HostStandIn``. What no caller of
the real API could do is below ``/_test``: hold, repeat and reorder webhooks, lose connections, move time.
"""
