"""Deploys the SQL tree to a database, and tells whether the database is still as deployed."""

from reserve_db.deploy.engine import MigrateResult, migrate, rollback
from reserve_db.deploy.errors import BlockedError, DeployError, FileError, HistoryError, OrphanError

__all__ = [
    "BlockedError",
    "DeployError",
    "FileError",
    "HistoryError",
    "MigrateResult",
    "OrphanError",
    "migrate",
    "rollback",
]
