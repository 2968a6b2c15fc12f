"""What the Stripe stand-in knows: objects, rules, events. It knows nothing of HTTP."""
