"""pg_dump, pg_restore and psql: those that fit a server, with no password in the list of processes."""

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from models.settings import environment_of_child
from models.store.postgres.binaries import Binaries, DatabaseError, find_clients

SETTING = re.compile(rb"SET (\w+) = ")

PREAMBLE = re.compile(rb"\s*$|--|\\restrict |SET |SELECT pg_catalog\.set_config")
"""The lines before the first object of a dump; behind them anything may be somebody's text."""

OPTIONS = ("--no-owner", "--no-privileges", "--no-comments")
"""Of an extension that the administrator of the database made, no other account may set the comment."""


def list_clients(major: int) -> list[Binaries]:
    """Programs for a server of this major: its own, then those that are newer. Raises DatabaseError."""
    fitting = [binaries for binaries in find_clients() if binaries.major >= major]
    if not fitting:
        raise DatabaseError(
            f"pg_dump and pg_restore of PostgreSQL {major} or newer are not on this machine (on Debian "
            f"`apt-get install postgresql-client-{major}`)."
        )
    return sorted(fitting, key=lambda binaries: binaries.major)


def hide_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL without its password, and the environment that carries it: only our own account can read that."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    password = dict(query).get("password", unquote(password))
    kept = urlencode([(key, value) for key, value in query if key != "password"], quote_via=quote)
    bare = f"{parts.scheme}://{name}{at}{hosts}{parts.path}" + (f"?{kept}" if kept else "")
    return bare, {"PGPASSWORD": password} if password else {}


async def dump(binaries: Binaries, url: str, file: Path, *, snapshot: str) -> None:
    """Write what the transaction of this snapshot sees. Raises DatabaseError."""
    bare, secret = hide_password(url)
    command = [binaries.program("pg_dump"), "--format=custom", "--no-owner", f"--snapshot={snapshot}"]
    await asyncio.to_thread(_run, [*command, f"--file={file}", f"--dbname={bare}"], secret)


async def choose_for(file: Path, major: int) -> Binaries:
    """The programs that read this dump and fill a server of this major. Raises DatabaseError; nothing is written."""
    failure = DatabaseError()
    for binaries in list_clients(major):
        try:
            await asyncio.to_thread(_run, [binaries.program("pg_restore"), "--list", str(file)], {})
        except DatabaseError as error:
            failure = error
            continue
        return binaries
    raise DatabaseError(f"No pg_restore on this machine reads {file.name}: {failure}")


async def fill(binaries: Binaries, url: str, file: Path, *, major: int, known: Collection[str]) -> None:
    """Fill an empty database, all of it or nothing. Raises DatabaseError.

    `known` are the settings that the server has. Programs of a later major set some that it lacks: then the dump is
    read as text, and those lines are left out.
    """
    bare, secret = hide_password(url)
    if binaries.major == major:
        command = [binaries.program("pg_restore"), "--exit-on-error", "--single-transaction", *OPTIONS]
        await asyncio.to_thread(_run, [*command, f"--dbname={bare}", str(file)], secret)
        return
    await asyncio.to_thread(_fill_as_text, binaries, bare, secret, file, frozenset(known))


def _fill_as_text(binaries: Binaries, url: str, secret: dict[str, str], file: Path, known: frozenset[str]) -> None:
    reading = [binaries.program("pg_restore"), "--file=-", *OPTIONS, str(file)]
    writing = [binaries.program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={url}"]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as answered:
        with (
            subprocess.Popen(  # noqa: S603
                reading, stdout=subprocess.PIPE, stderr=said, cwd="/", env=environment_of_child({})
            ) as source,
            subprocess.Popen(  # noqa: S603
                writing,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=answered,
                cwd="/",
                env=environment_of_child(secret),
            ) as target,
        ):
            assert source.stdout is not None
            assert target.stdin is not None
            whole = _pipe(source, source.stdout, target.stdin, known)
        if source.returncode and whole is None:
            raise DatabaseError(_read_first_line(said))
        if target.returncode or not whole:
            raise DatabaseError(_read_first_line(answered))


def _pipe(source: "subprocess.Popen[bytes]", text: IO[bytes], target: IO[bytes], known: frozenset[str]) -> bool | None:
    """True when all went over and is to be kept; None when the dump could not be read, False when it was not taken.

    COMMIT comes last and only then: a dump that breaks off in the middle leaves nothing.
    """
    try:
        target.write(b"BEGIN;\n")
        target.writelines(skip_unknown(text, known))
        shutil.copyfileobj(text, target)
        text.close()
        if source.wait() != 0:
            return None
        target.write(b"COMMIT;\n")
        target.close()
    except BrokenPipeError:  # psql ended: it tells why
        source.kill()
        return False
    return True


def skip_unknown(lines: Iterable[bytes], known: Collection[str]) -> Iterator[bytes]:
    """The preamble of a dump and the line behind it, without the settings that a server does not have."""
    for line in lines:
        setting = SETTING.match(line)
        if setting is None or setting[1].decode() in known:
            yield line
        if not PREAMBLE.match(line):
            return


def _run(command: list[str], secret: dict[str, str]) -> None:
    done = subprocess.run(command, capture_output=True, check=False, cwd="/", env=environment_of_child(secret))  # noqa: S603
    if done.returncode:
        raise DatabaseError(_first_line(done.stderr))


def _read_first_line(file: IO[bytes]) -> str:
    file.seek(0)
    return _first_line(file.read(4000))


def _first_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
    return f"The database could not be copied: {lines[0][:500]}"
