"""Which services of this machine serve from one data folder: one is right, a second was started by mistake."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER = "services"
"""In the data folder: a file for each, named by its process, locked as long as that lives; in it where it listens."""

LONGEST = 200


@contextmanager
def held(data: Path, address: str) -> Iterator[None]:
    """This process serves from `data` and listens at `address`; where it cannot be written down nobody is told."""
    try:
        file = _open(data / FOLDER / str(os.getpid()))
    except OSError:
        yield
        return
    try:
        os.write(file, address.encode()[:LONGEST])
        yield
    finally:
        with suppress(OSError):
            (data / FOLDER / str(os.getpid())).unlink()
        os.close(file)


def list_services(data: Path) -> list[str]:
    """Where the services that live now listen, on this machine. What those left behind that died counts for nothing."""
    try:
        files = sorted((data / FOLDER).iterdir())
    except OSError:
        return []
    return [address for file in files if (address := _read_living(file)) is not None]


def _open(path: Path) -> int:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    for left in path.parent.iterdir():
        if _read_living(left) is None:
            left.unlink(missing_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def _read_living(path: Path) -> str | None:
    """What stands in it, while somebody holds it."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(file, LONGEST).decode(errors="replace")
    except OSError:
        return None
    finally:
        os.close(file)
    return None
