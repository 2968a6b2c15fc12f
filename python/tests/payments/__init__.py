"""Payments and the Stripe inbox, in transactions that commit."""
