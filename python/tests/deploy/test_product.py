"""The product itself deploys, is what was deployed, and stays so."""

from __future__ import annotations

from reserve_db.deploy import migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import verify


def test_the_product_deploys_once_and_entirely(empty_db: str) -> None:
    assert migrate(empty_db).migrations
    assert verify(empty_db) == []
    assert not migrate(empty_db).changed
    assert plan(empty_db).transactions == []
