"""Is the database still what the last deploy left? And what was that deploy?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reserve_db.connection import connect
from reserve_db.deploy.catalog import Difference, left_out
from reserve_db.deploy.errors import DeployError
from reserve_db.deploy.history import History, migrations_in_order
from reserve_db.deploy.session import SETTINGS, deploy_lock, reading
from reserve_db.deploy.work import Work
from reserve_db.sqltree import SqlTree


@dataclass(frozen=True)
class Status:
    """Where a database stands against the files."""

    server_version: str
    last_deploy: dict[str, Any] | None
    applied: list[str]
    pending: list[str]
    functions: str | None
    views: dict[str, str]
    guards: dict[str, str]

    @property
    def current(self) -> bool:
        return not (self.pending or self.functions or self.views or self.guards)


def status(dsn: str, sql_dir: Path | None = None) -> Status:
    """Which migrations are applied and pending, what else would be re-applied, and who deployed last."""
    tree = SqlTree.at(sql_dir)
    with reading(dsn, "reserve-db status") as conn:
        history = History(conn)
        migrations = migrations_in_order(tree)
        pending = [migration.id for migration in history.pending(migrations)]
        catalog = history.found(tree.modules)
        work = Work.find(tree, history.hashes(), history.drift(catalog), catalog, migrated=bool(pending))
        return Status(
            server_version=str(conn.info.parameter_status("server_version")),
            last_deploy=history.last(),
            applied=[migration.id for migration in migrations if migration.id not in pending],
            pending=pending,
            functions=work.functions,
            views={file.name: why for file, why in work.views.items()},
            guards={file.name: why for file, why in work.guards.items()},
        )


def verify(dsn: str) -> list[Difference]:
    """Everything that is not as the last deploy left it. Raises DeployError where that cannot be said."""
    with reading(dsn, "reserve-db verify") as conn:
        history = History(conn)
        last = history.last()
        if last is None:
            raise DeployError("nothing was deployed here yet: run reserve-db migrate")
        if history.server_changed():
            raise DeployError(
                f"the server went from PostgreSQL {last['server_version_num'] // 10000} to "
                f"{conn.info.server_version // 10000} since the last deploy and prints its catalog "
                "differently: nothing can be compared until the next reserve-db migrate"
            )
        return history.drift(history.found())


def notes(dsn: str) -> list[str]:
    """What this database cannot have because of rights that this role lacks."""
    with reading(dsn, "reserve-db verify") as conn:
        return left_out(conn)


def accept(dsn: str) -> list[Difference]:
    """Expect from now on what is there now; returns what that changes."""
    with (
        connect(dsn, "reserve-db verify --accept") as conn,
        connect(dsn, "reserve-db verify --accept (watch)") as second,
        deploy_lock(conn, second, lambda _: None),
        conn.transaction(),
    ):
        conn.execute(SETTINGS)
        history = History(conn)
        if history.last() is None:
            raise DeployError("nothing was deployed here yet: run reserve-db migrate")
        found = history.found()
        drift = history.drift(found)
        history.store_catalog(found)
        history.record({"accepted": [str(difference) for difference in drift]})
        return drift
