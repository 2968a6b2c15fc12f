"""Carries out what the database decided: commands to providers, and timed jobs."""
