"""Comparing audit log and books with what was sealed of them and published."""
