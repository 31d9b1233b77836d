"""The manifest of a backup: what it holds, of which instance and moment, with sizes and checksums."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

import msgspec

from federation.media_store import KEY
from models.errors import DeclicError
from models.store.backups import Table
from models.store.migrate import list_migrations

FORMAT = 1

DUMP = "database.dump"
MEDIA = "media"
MANIFEST = "manifest.json"
CHECKSUM = "manifest.json.sha256"
UNFINISHED = ".part"

CHUNK = 1 << 20


class Unusable(DeclicError):
    """This backup cannot be used."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One file of a backup: its path in there, its size in bytes, its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a backup; `missing` are pictures that rows name and the store did not have."""

    format: int = FORMAT
    software: str
    url: str
    made_at: datetime
    postgresql: str
    pg_dump: str
    migrations: list[str]
    database_size: int
    tables: dict[str, Table]
    with_cache: bool
    dump: Entry
    media: list[Entry]
    missing: list[str] = []

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self.dump.size + sum(entry.size for entry in self.media)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, and its checksum beside it."""
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    checksum = f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n"
    for name, content in ((MANIFEST, data), (CHECKSUM, checksum.encode())):
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises Unusable when it is none, unfinished, changed or from a newer version."""
    if folder.name.endswith(UNFINISHED):
        raise Unusable(f"{folder} is a backup that was never finished; take another one.")
    if not folder.is_dir():
        raise Unusable(f"{folder} is no folder.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise Unusable(f"{folder} cannot be read by {describe_account()}: copy it to a folder that is its own.")
    if not (folder / MANIFEST).is_file():
        raise Unusable(_describe_missing(folder))
    data = (folder / MANIFEST).read_bytes()
    checksum = (folder / CHECKSUM).read_text(errors="replace").split(" ")[0] if (folder / CHECKSUM).is_file() else ""
    if checksum != hashlib.sha256(data).hexdigest():
        raise Unusable(f"{folder / MANIFEST} is not the one that was written (see {CHECKSUM}); take another backup.")
    return _decode(folder, data)


def _decode(folder: Path, data: bytes) -> Manifest:
    try:
        if msgspec.json.decode(data, type=dict)["format"] > FORMAT:
            raise Unusable(f"{folder} was made by a newer version of Déclic; install that version or a later one.")
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError):
        raise Unusable(f"{folder / MANIFEST} cannot be understood; take another backup.") from None
    strange = [entry.path for entry in manifest.media if not is_picture(entry.path)]
    strange += [manifest.dump.path] if manifest.dump.path != DUMP else []
    if strange:
        raise Unusable(f"{folder / MANIFEST} names what is no file of a backup ({strange[0]!r:.200}).")
    return manifest


def is_picture(path: str) -> bool:
    """Whether a backup has its pictures at such paths: by their key, and so never outside of it."""
    key = path.rpartition("/")[2]
    return KEY.fullmatch(key) is not None and path == f"{MEDIA}/{key[:2]}/{key}"


def is_inside(folder: Path, path: str) -> bool:
    """Whether it is a file of this folder itself: no link, and behind none, which could lead to anything."""
    return (folder / path).is_file() and (folder / path).resolve() == folder.resolve() / path


def require_known_schema(folder: Path, manifest: Manifest) -> None:
    """Raise Unusable for a schema that this version does not know: older ones are migrated at the next start."""
    known = {migration.name for migration in list_migrations()}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise Unusable(
            f"{folder} was made by a newer version of Déclic ({manifest.software}, {newer[-1]}); install that version "
            "or a later one."
        )


def sum_up(path: Path) -> Entry:
    """Size and checksum of a file as it is now; the path is left for the caller to shorten."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Entry(path=str(path), size=size, sha256=digest.hexdigest())


def describe_account() -> str:
    """The account that this process works as, by its name where it has one."""
    return os.environ.get("LOGNAME") or f"the account {os.geteuid()}"


def _describe_missing(folder: Path) -> str:
    inside = [path for path in sorted(folder.iterdir()) if (path / MANIFEST).is_file()]
    if inside:
        return f"{folder} is no backup itself, but holds some: the last one is {inside[-1]}."
    if (folder / DUMP).is_file():
        return (
            f"{folder} has no {MANIFEST}: it was made before backups had one, or is not whole. `declic restore "
            "--without-manifest` takes it all the same, unchecked."
        )
    return f"{folder} is no backup: there is no {MANIFEST} in it."
