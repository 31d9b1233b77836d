"""Where copies of backups go, as DECLIC_BACKUP_TO names it; messages never say its secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from models.settings import Settings, SettingsError

PASSPHRASE_LENGTH = 12
"""Characters at least: whoever has the file may try as often as she likes."""

Kind = Literal["folder", "sftp", "s3"]

_HOST = re.compile(r"[0-9a-z]([0-9a-z.-]*[0-9a-z])?|[0-9a-f:.]+", re.IGNORECASE)
_USER = re.compile(r"[0-9a-z_][0-9a-z_.-]*", re.IGNORECASE)
_PATH = re.compile(r"[0-9a-z._/+@=~-]*", re.IGNORECASE)

KNOWN: Mapping[Kind, frozenset[str]] = {
    "folder": frozenset(),
    "sftp": frozenset({"key", "known_hosts"}),
    "s3": frozenset({"region"}),
}
"""What may stand behind the question mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlace:
    """A target, read: `path` is a folder, of a store `/bucket/folder`; `secret` is never shown."""

    kind: Kind
    path: str
    host: str = ""
    port: int | None = None
    user: str = ""
    secret: str = ""
    plain: bool = False
    options: Mapping[str, str]

    def __str__(self) -> str:
        """For messages and administrators: without the secret."""
        if self.kind == "folder":
            return self.path
        port = "" if self.port is None else f":{self.port}"
        return f"{self.kind}://{self.host}{port}{self.path}"


def read_places(settings: Settings) -> list[BackupPlace]:
    """The targets. Raises SettingsError for what is none, and for a passphrase that anybody guesses."""
    if settings.backup_passphrase is not None and len(settings.backup_passphrase) < PASSPHRASE_LENGTH:
        raise SettingsError(f"DECLIC_BACKUP_PASSPHRASE has {PASSPHRASE_LENGTH} characters at least.")
    return [read_place(text) for text in settings.backup_to]


def read_place(text: str) -> BackupPlace:
    """A target as it was typed. Raises SettingsError, which says what is wrong without what is secret."""
    try:
        return _read_folder(text) if text.startswith("/") else _read_address(text)
    except ValueError as error:
        raise SettingsError(f"DECLIC_BACKUP_TO: {error}.") from None


def _read_folder(text: str) -> BackupPlace:
    return BackupPlace(kind="folder", path=text.rstrip("/") or "/", options={})


def _split(text: str) -> tuple[SplitResult, int | None]:
    """Its parts, and its port. What urlsplit says itself quotes the address, of which a secret may be any part."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("this is no address; a / in a key or a secret is written %2F") from None
    if parts.scheme.startswith("s3") and "@" in f"{parts.path}{parts.query}{parts.fragment}":
        raise ValueError("what stands before the @ has a sign that ends it: / is written %2F, ? %3F, # %23, @ %40")
    return parts, port


def _read_address(text: str) -> BackupPlace:
    parts, port = _split(text)
    kinds: dict[str, Kind] = {"sftp": "sftp", "s3": "s3", "s3+http": "s3"}
    if parts.scheme not in kinds:
        raise ValueError("a target is a whole path, sftp://user@host/folder or s3://key:secret@host/bucket/folder")
    kind, host, user = kinds[parts.scheme], parts.hostname or "", unquote(parts.username or "")
    path = unquote(parts.path).rstrip("/")
    if not _HOST.fullmatch(host) or not _PATH.fullmatch(path) or path in {"", "/"}:
        raise ValueError(f"the address of {parts.scheme}:// has a host and a folder, in plain letters and figures")
    options = dict(parse_qsl(parts.query))
    unknown = sorted(options.keys() - KNOWN[kind])
    if unknown:
        raise ValueError(f"{unknown[0]} is no option of {parts.scheme}://; it has {', '.join(sorted(KNOWN[kind]))}")
    place = BackupPlace(
        kind=kind,
        path=path,
        host=host,
        port=port,
        user=user,
        secret=unquote(parts.password or ""),
        plain=parts.scheme == "s3+http",
        options=options,
    )
    _require_account(place)
    return place


def _require_account(place: BackupPlace) -> None:
    if place.kind == "sftp" and (place.secret or not _USER.fullmatch(place.user)):
        raise ValueError("sftp:// wants a user and a key (?key=/etc/declic/backup_key), and takes no password")
    if place.kind == "s3" and not (place.user and place.secret):
        raise ValueError("s3:// wants its key and its secret, with %2F for each / in them")
    if place.plain and place.host not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("s3+http:// is for this machine alone: elsewhere it is s3://, which is encrypted on the way")
