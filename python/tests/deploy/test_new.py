"""New migration files."""

from __future__ import annotations

import pytest

from reserve_db.deploy import DeployError, migrate
from reserve_db.deploy.history import migrations_in_order
from reserve_db.deploy.scaffold import new
from reserve_db.sqltree import SqlTree
from tests.deploy.shop import Shop


def test_it_has_the_next_number_and_a_head(shop: Shop) -> None:
    (path,) = new("Add city-tax", SqlTree(shop.root))
    assert path == shop.root / "migrations" / "0004_add_city_tax.sql"
    assert path.read_text().startswith("-- Add city tax.\n-- Locks: ")


def test_alone_is_a_migration_in_no_transaction(shop: Shop) -> None:
    (path,) = new("late index", SqlTree(shop.root), alone=True)
    with path.open("a") as file:
        file.write("create index concurrently if not exists items_kind on shop.items (kind);")
    last = migrations_in_order(SqlTree(shop.root))[-1]
    assert (last.id, last.transactional) == ("0004_late_index", False)


def test_with_a_way_back(shop: Shop) -> None:
    _, back = new("late index", SqlTree(shop.root), rollback=True)
    assert back.name == "0004_late_index.rollback.sql"
    assert [file.path.stem for file in SqlTree(shop.root).migrations][-1] == "0004_late_index"


def test_it_is_not_deployed_before_it_says_something(shop: Shop, empty_db: str) -> None:
    new("later", SqlTree(shop.root))
    with pytest.raises(DeployError, match=r"migrations/0004_later\.sql holds no statement"):
        migrate(empty_db, shop.root)


def test_a_name_needs_letters(shop: Shop) -> None:
    with pytest.raises(DeployError, match="is no name for a file"):
        new("--", SqlTree(shop.root))
