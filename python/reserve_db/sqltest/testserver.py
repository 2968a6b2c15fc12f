"""A throw-away PostgreSQL: `testing.postgresql`, of a chosen version, as root too, and through psycopg."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import conninfo, sql
from testing.postgresql import Postgresql

from reserve_db.servers import installation, own, run_as, server_user, temporary_home
from reserve_db.sqltest.databases import Databases

BOOT_SECONDS = 30.0
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "log_min_messages": "fatal",
}


class TestServer(Databases, Postgresql):  # type: ignore[misc]
    """A running server on the loopback interface that trusts everybody and forgets all when stopped."""

    __test__ = False  # not a test class, whatever pytest makes of its name
    copying = sql.SQL("strategy file_copy")  # twice as fast where nothing is synced to disk
    child_process = None  # upstream's destructor looks at these two even if no server could be made
    _use_tmpdir = False

    def __init__(self, major: int) -> None:
        programs = installation(major)
        self.major = major
        self.user = server_user()
        home = temporary_home()
        own(self.user, home)
        super().__init__(
            base_dir=str(home),
            initdb=programs.program("initdb"),
            postgres=programs.program("postgres"),
            initdb_args="-U postgres -A trust --no-sync --encoding=UTF8 --locale=C.UTF-8",
            postgres_args=" ".join(
                ["-h 127.0.0.1", *(f"-c {name}={value}" for name, value in SETTINGS.items())]
            ),
        )

    def initialize(self) -> None:
        super().initialize()
        self._use_tmpdir = True  # the folder is ours: removed when the server stops

    def dsn(self, dbname: str = "postgres") -> str:
        """Connection string (superuser) of one of its databases."""
        return conninfo.make_conninfo(
            host="127.0.0.1", port=self.settings["port"], user="postgres", dbname=dbname
        )

    def abandon(self) -> str:
        """Lets the server outlive this process; returns the command that ends and removes it."""
        farewell = f"kill -INT {self.server_pid}; rm -rf {self.base_dir}"
        self.child_process, self._use_tmpdir = None, False
        return farewell

    def initialize_database(self) -> None:
        for folder in self.subdirectories:
            own(self.user, Path(self.base_dir) / folder)
        command = [self.initdb, "-D", self.get_data_directory(), *self.settings["initdb_args"].split()]
        done = subprocess.run(run_as(self.user, command), capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stderr}")

    def get_server_commandline(self) -> list[str]:
        return run_as(self.user, super().get_server_commandline())

    def wait_booting(self) -> None:
        deadline = time.monotonic() + BOOT_SECONDS
        while self.is_alive() and time.monotonic() < deadline:
            if self.is_server_available():
                return
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL {self.major} did not start:\n{self.read_bootlog()}")

    def is_server_available(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def poststart(self) -> None:
        """Upstream makes a database `test` here; ours are made by those who need them."""
