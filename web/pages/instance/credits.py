"""Whose data, typefaces, pictures and libraries these are, as the files and packages say themselves."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import msgspec

from models import preferences
from web.rendering.assets import FOLDER as STATIC

DATA = Path(preferences.__file__).parent / "data" / "LICENSES.txt"

SHORT = 80
"""Packages that put their whole licence where its name should stand are named by their classifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One package that we use."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """`data` are the paragraphs of the list beside the data; `typefaces` the first line of each licence."""

    data: list[str]
    typefaces: list[str]
    icons: str
    libraries: list[Library]


@cache
def list_credits() -> Credits:
    """Read once: what is installed does not change while we run."""
    map_library = msgspec.json.decode((STATIC / "vendor" / "leaflet" / "MANIFEST.json").read_bytes())
    leaflet = Library(name="leaflet", version=map_library["version"], licence=map_library["licence"])
    names = sorted({re.split(r"[^\w.-]", one)[0] for one in requires("declic") or () if "extra ==" not in one})
    return Credits(
        data=[one.strip() for one in DATA.read_text().split("\n\n") if one.strip()],
        typefaces=[_first_line(path) for path in sorted((STATIC / "fonts").glob("OFL-*.txt"))],
        icons=_first_line(STATIC / "icons" / "LICENSE-lucide.txt"),
        libraries=[*[found for name in names if (found := _find_library(name))], leaflet],
    )


def _first_line(path: Path) -> str:
    lines = [line.strip() for line in path.read_text().splitlines()]
    return next(line for line in lines if line.startswith("Copyright"))


def _find_library(name: str) -> Library | None:
    """None for what is not installed here, such as what only other systems need."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return None
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    plain = next((told[name] for name in ("License-Expression", "License") if name in told), "")
    fitting = plain if 0 < len(plain) <= SHORT and "\n" not in plain else ", ".join(classified)
    return Library(name=told["Name"], version=told["Version"], licence=fitting)
