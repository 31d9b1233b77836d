"""The static files: read once at start, named by their content, compressed once."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from web.rendering.packed_css import pack

FOLDER = Path(__file__).parents[1] / "static"

PREFIX = "/static/"

SERVED = frozenset({".css", ".js", ".svg", ".woff2", ".png", ".webp", ".txt", ".webmanifest"})
"""What browsers may ask for; anything else in the folder stays there."""

COMPRESSED = frozenset({".css", ".js", ".svg", ".txt", ".webmanifest"})

CSS_URL = re.compile(r"url\(([^()\"':#]+)\)")

COMMENT_LINE = re.compile(rb"^[ \t]*(?://[^\n]*|/\*[^\n]*\*/)[ \t]*\n", re.MULTILINE)
"""A line of a script of ours that only says something to whoever reads it here; those of others say their licence."""

TYPES = {
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent; `gzipped` is None where compressing would not pay."""

    body: bytes
    gzipped: bytes | None
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """`urls`: path in the folder → address with the content's hash; `files`: that address without prefix → file."""

    urls: Mapping[str, str]
    files: Mapping[str, Asset]


def load_assets(folder: Path = FOLDER) -> Assets:
    """Every served file of `folder`; style sheets come last, since they name the others by their hashed addresses."""
    paths = sorted(
        (path for path in folder.rglob("*") if path.is_file() and path.suffix in SERVED),
        key=lambda path: (path.suffix == ".css", path.as_posix()),
    )
    urls: dict[str, str] = {}
    files: dict[str, Asset] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        body = path.read_bytes()
        if path.suffix == ".js" and path.parent == folder:
            body = COMMENT_LINE.sub(b"", body)
        if path.suffix == ".css":
            body = _point_to_hashed(pack(body.decode("utf-8")), PurePosixPath(name).parent, urls).encode("utf-8")
        hashed = _hashed_name(name, body)
        urls[name] = PREFIX + hashed
        files[hashed] = _make_asset(path.suffix, body)
    return Assets(urls=urls, files=files)


def _make_asset(suffix: str, body: bytes) -> Asset:
    content_type = TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
    gzipped = gzip.compress(body, compresslevel=9, mtime=0) if suffix in COMPRESSED else None
    return Asset(body=body, gzipped=gzipped, content_type=content_type)


def _hashed_name(name: str, body: bytes) -> str:
    path = PurePosixPath(name)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix()


def _point_to_hashed(text: str, parent: PurePosixPath, urls: Mapping[str, str]) -> str:
    return CSS_URL.sub(lambda found: f"url({urls[(parent / found[1].strip()).as_posix()]})", text)
