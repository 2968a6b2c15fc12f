"""The product itself deploys, is what was deployed, and stays so."""

from __future__ import annotations

import shutil
from pathlib import Path

from reserve_db.deploy import migrate
from reserve_db.deploy.plan import plan
from reserve_db.deploy.verify import verify
from reserve_db.sqltree import SqlTree


def test_the_product_deploys_once_and_entirely(empty_db: str, tmp_path: Path) -> None:
    tree = Path(shutil.copytree(SqlTree.packaged().root, tmp_path / "sql"))
    assert migrate(empty_db, tree).migrations
    assert verify(empty_db) == []
    assert not migrate(empty_db, tree).changed
    assert plan(empty_db, tree).transactions == []
