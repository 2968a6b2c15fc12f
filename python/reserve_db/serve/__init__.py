"""The HTTP bridge: RPCs, payment starts, webhooks, health."""
