"""A later release over a database that is in use: a row in every table, and none changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from reserve_db.deploy import migrate
from reserve_db.deploy.verify import verify
from reserve_db.sqltest.bench import Clone
from reserve_db.sqltree import SqlTree
from tests.deploy.rows import checksums, columns, fill, tables


def test_rows_stay_as_they_are(db: Clone, tmp_path: Path) -> None:
    packaged = SqlTree.packaged()
    root = Path(shutil.copytree(packaged.root, tmp_path / "sql"))
    with db.connect(autocommit=True) as sql:
        all_tables = tables(sql, packaged.modules)
        fill(sql, packaged.modules)
        known = {table: columns(sql, table) for table in all_tables}
        before = checksums(sql, known)
        assert all(count > 0 for count, _ in before.values())

        added = "\n".join(
            f"alter table {table} add column next_release text not null default 'new';\n"
            f"create index on {table} (next_release);"
            for table in all_tables
        )
        (root / "migrations" / "9999_next_release.sql").write_text(added)
        for file in (*packaged.guards, *packaged.functions):
            with (root / file.name).open("a") as text:
                text.write("\n-- the next release\n")
        result = migrate(db.dsn, root)

        assert result.migrations == ["9999_next_release"]
        assert len(result.guards) == len(packaged.guards)
        assert checksums(sql, known) == before
        assert verify(db.dsn) == []
        assert not migrate(db.dsn, root).changed
