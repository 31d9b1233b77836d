"""Repairs as files: strictly as the Open Repair Data Standard 0.3 has them, and a sister file for mechanical bikes.

The columns, their order and the codes are those of https://standard.openrepair.org, apart by commas as its readers
expect; the sister file has three columns more. Nothing in them names anybody, and a number is a hash by a key of this
instance: the same at each reading, and of no use elsewhere.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from federation.own_keys.secret_box import decrypt_secret, encrypt_secret
from models.moments import PARIS
from models.repairs.figures.open_repairs import OpenRepair, list_names, list_repairs
from models.repairs.figures.scrubbing import read_names, scrub
from models.repairs.results.results import Barrier, Outcome
from models.settings import Settings
from models.store import instance_secrets
from models.store.database import Connection, Pool, connection
from web.rendering.feeds.spreadsheets import Cell, write_rows

OpenFile = Literal["ord", "velos"]

COLUMNS = (
    "id", "data_provider", "country", "partner_product_category", "product_category", "product_category_id", "brand",
    "year_of_manufacture", "product_age_estimate", "repair_status", "repair_barrier_if_end_of_life",
    "group_identifier", "event_date", "record_date", "problem",
)  # fmt: skip
"""Of the standard, in its order."""

OWN_COLUMNS = ("organe", "temps_min", "pieces")

STATUSES: dict[Outcome, str] = {
    "fixed": "Fixed",
    "repairable": "Repairable",
    "end-of-life": "End of life",
    "unknown": "Unknown",
}

BARRIERS: dict[Barrier, str] = {
    "parts-not-available": "Spare parts not available",
    "parts-too-expensive": "Spare parts too expensive",
    "no-way-to-open": "No way to open the product",
    "no-information": "Repair information not available",
    "lack-of-equipment": "Lack of equipment",
    "too-worn": "Item too worn out",
}

ORGANS = {
    "flat-tyre": "pneu",
    "brakes": "freins",
    "chain": "transmission",
    "gears": "vitesses",
    "wheel": "roue",
    "electric": "assistance électrique",
    "lights": "éclairage",
    "diagnosis": "diagnostic",
    "other": "autre",
}
"""The words of a file do not depend on who reads it."""

BIKES = {
    "city": "vélo de ville",
    "ebike": "vélo à assistance électrique",
    "cargo": "vélo cargo",
    "mtb": "VTT",
    "road": "vélo de route",
    "child": "vélo d’enfant",
    "folding": "vélo pliant",
    "other": "vélo",
}

LIGHTS = ("Decorative or safety lights", 3)
"""Bike lights, as the standard counts them."""

MISC = ("Misc", 18)
"""Electric bikes, of which the standard has no kind."""

AT_ONCE = 500
"""Rows that are read at once."""

OWNER = 0
"""Keys are the instance's, no account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes, by the key that makes its numbers, and whose names may not stand in what it publishes."""

    name: str
    key: bytes
    names: Collection[str]


async def find_publisher(conn: Connection, settings: Settings, name: str) -> Publisher:
    """What a file is written with. The key is made where there is none: needs a transaction."""
    kept = await instance_secrets.find_or_make(conn, "open_repairs", partial(encrypt_secret, settings, owner=OWNER))
    return Publisher(
        name=name,
        key=decrypt_secret(settings, kept, owner=OWNER),
        names=read_names(await list_names(conn)),
    )


def list_columns(file: OpenFile) -> Sequence[str]:
    """The heads of a file."""
    return COLUMNS if file == "ord" else (*COLUMNS, *OWN_COLUMNS)


def write_repair(publisher: Publisher, one: OpenRepair, file: OpenFile) -> list[Cell]:
    """One line of a file."""
    category, number = _find_category(one) if file == "ord" else ("", "")
    line: list[Cell] = [
        hmac.digest(publisher.key, str(one.id).encode(), hashlib.sha256)[:10].hex(),
        publisher.name,
        "FRA",
        f"{BIKES.get(one.bike_type, BIKES['other'])} ~ {ORGANS[one.organ]}",
        category,
        number,
        scrub(one.brand, publisher.names),
        "",
        "",
        STATUSES[one.outcome],
        BARRIERS[one.barrier] if one.barrier is not None else "",
        publisher.name,
        one.repaired_on,
        one.noted_at.astimezone(PARIS).date(),
        scrub(one.problem, publisher.names),
    ]
    if file == "ord":
        return line
    return [*line, ORGANS[one.organ], one.minutes, " | ".join(scrub(part, publisher.names) for part in one.parts)]


def _find_category(one: OpenRepair) -> tuple[str, int]:
    return LIGHTS if one.organ == "lights" else MISC


async def list_lines(conn: Connection, publisher: Publisher, file: OpenFile, *, limit: int) -> list[list[Cell]]:
    """The first lines of a file, to look at before anybody else does."""
    found = await list_repairs(conn, electric=file == "ord", after=0, limit=limit)
    return [write_repair(publisher, one, file) for one in found]


async def write_file(pool: Pool, publisher: Publisher, file: OpenFile) -> AsyncIterator[str]:
    """A whole file, in pieces as it is read: whoever takes it slowly keeps no connection meanwhile."""
    yield write_rows([list_columns(file)], delimiter=",")
    last: int | None = 0
    while last is not None:
        async with connection(pool) as conn:
            piece, last = await _write_piece(conn, publisher, file, last)
        yield piece


async def write_whole(conn: Connection, publisher: Publisher, file: OpenFile) -> str:
    """The same at once."""
    pieces = [write_rows([list_columns(file)], delimiter=",")]
    last: int | None = 0
    while last is not None:
        piece, last = await _write_piece(conn, publisher, file, last)
        pieces.append(piece)
    return "".join(pieces)


async def _write_piece(conn: Connection, publisher: Publisher, file: OpenFile, after: int) -> tuple[str, int | None]:
    """The next lines, and after which number others come; None where none do."""
    found = await list_repairs(conn, electric=file == "ord", after=after, limit=AT_ONCE)
    lines = write_rows([write_repair(publisher, one, file) for one in found], delimiter=",")
    return lines, found[-1].id if found else None


def name_file(file: OpenFile, day: date) -> str:
    """As it is kept: "reparations-ord-2026-11-29.csv"."""
    return f"reparations-{file}-{day.isoformat()}.csv"
