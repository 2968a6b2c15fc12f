"""Measurements, made by hand and never part of the tests: rates depend on the machine."""
