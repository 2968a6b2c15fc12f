"""The town of the tests about refunds, and the rule that its books are right after each test."""

from __future__ import annotations

from tests.refunds.conftest import the_books_keep_their_rules, town

__all__ = ["the_books_keep_their_rules", "town"]
