"""Servers that stand in for Stripe and for the Host over real HTTP, as strict as the originals."""
