"""The pictures of those who were given none, built-in actors and films: the files in `portraits/`.

An address holds the digest of what it shows, so that a drawing that changes has another one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from federation.media.media_uris import media_origin
from federation.vocabulary.parts import Document
from models.people.actors import BUILT_IN, Actor
from models.settings import Site

FOLDER = Path(__file__).parent / "portraits"

PATH = "/media/portraits/"

MIME_TYPE = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawing: its file, and the last part of its address."""

    file: Path
    name: str


def _find_drawn(stem: str) -> Drawn | None:
    file = FOLDER / f"{stem}.png"
    if not file.is_file():
        return None
    return Drawn(file=file, name=f"{stem}.{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}.png")


ICONS: Mapping[str, Drawn] = MappingProxyType({name: found for name in BUILT_IN if (found := _find_drawn(name))})

HEADERS: Mapping[str, Drawn] = MappingProxyType(
    {name: found for name in BUILT_IN if (found := _find_drawn(f"{name}.header"))}
)

FILM = _find_drawn("film")

FILES: Mapping[str, Drawn] = MappingProxyType(
    {found.file.stem: found for found in (*ICONS.values(), *HEADERS.values(), FILM) if found is not None}
)
"""All of them, by the name of the file without its end."""


def find_icon_url(site: Site, actor: Actor) -> str | None:
    """Where the icon of a built-in actor is; None for everybody else."""
    return _write_url(site, ICONS.get(actor.username) if actor.local else None)


def find_header_url(site: Site, actor: Actor) -> str | None:
    """Where its header is; None where none was drawn, and for everybody else."""
    return header_url(site, actor.username) if actor.local else None


def header_url(site: Site, username: str) -> str | None:
    """The header of the built-in actor of this name."""
    return _write_url(site, HEADERS.get(username))


def film_url(site: Site) -> str | None:
    """What stands for a film of which no picture is known: apps that show films ask for one."""
    return _write_url(site, FILM)


def _write_url(site: Site, found: Drawn | None) -> str | None:
    return f"{media_origin(site)}{PATH}{found.name}" if found else None


def make_document(url: str | None) -> Document | None:
    """The picture at this address as actor documents carry it."""
    return Document(type="Image", url=url, media_type=MIME_TYPE) if url else None
