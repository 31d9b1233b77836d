"""A territory with six hundred invented listings, which searches are tried on."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models import searches
from models.ids import make_id
from models.searches import Found, NetworkFilter
from models.searches.language.known_words import take_new_words
from models.store.database import Connection, execute, fetch_records, prepare_connection
from tests.databases import copied_database
from tests.factories import make_member

SAMPLES = Path(__file__).parents[2] / "samples" / "searches"


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """The listings, by their names in the samples; reading changes nothing."""

    conn: Connection
    names: dict[int, str]
    titles: dict[str, str]
    places: dict[str, tuple[float, float]]

    def at(self, commune: str) -> dict[str, float]:
        """Where this commune lies, as filters name it."""
        latitude, longitude = self.places[commune]
        return {"latitude": latitude, "longitude": longitude}

    async def find(self, text: str, *, near: str = "Carvin", **filter: Any) -> list[str]:
        """The names of what is found on the first page."""
        found = await searches.list_network(self.conn, NetworkFilter(text=text, **{**self.at(near), **filter}))
        return self.name(found)

    def name(self, found: list[Found]) -> list[str]:
        """The names of these."""
        return [self.names[one.id] for one in found]


def read_lines(name: str) -> list[dict[str, Any]]:
    """A file of the samples."""
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
async def territory(postgres_url: str, furnished: str) -> AsyncIterator[Territory]:
    """The six hundred, in a database with the lists of communes and of words."""
    async with copied_database(postgres_url, furnished) as url:
        conn = await asyncpg.connect(url)
        await prepare_connection(conn)
        yield await _fill(conn)
        await conn.close()


async def _fill(conn: Connection) -> Territory:
    lines, now = read_lines("listings.jsonl"), datetime.now(UTC)
    names = {make_id(now - timedelta(days=line["days_ago"])): line["id"] for line in lines}
    ids = {name: id for id, name in names.items()}
    author = await make_member(conn)
    places = {
        (row["name"], postcode): (row["latitude"], row["longitude"])
        for row in await fetch_records(
            conn, "SELECT name, postcodes, latitude, longitude FROM commune ORDER BY population"
        )
        for postcode in row["postcodes"]
    }
    await execute(
        conn,
        """
        INSERT INTO post (id, uri, kind, local, author_id, url, audience, published_at)
        SELECT id, 'https://lomme.test/' || id, 'listing', true, $2, 'https://lomme.test/' || id, 'network', now()
        FROM unnest($1::bigint[]) AS id
        """,
        list(names),
        author.id,
    )
    columns = (
        "post_id",
        "kind",
        "mode",
        "title",
        "description",
        "category",
        "place_name",
        "postcode",
        "latitude",
        "longitude",
    )
    await conn.copy_records_to_table(
        "listing",
        columns=columns,
        records=[
            (
                *(
                    ids[line["id"]],
                    line["kind"],
                    line["mode"],
                    line["title"],
                    f"<p>{line['text']}</p>",
                    line["category"],
                ),
                *(line["commune"], line["postcode"], *places.get((line["commune"], line["postcode"]), (None, None))),
            )
            for line in lines
        ],
    )
    await take_new_words(conn)
    await execute(conn, "ANALYZE listing, post, known_word, everyday_word")
    return Territory(
        conn=conn,
        names=names,
        titles={line["id"]: line["title"] for line in lines},
        places={name: place for (name, _), place in places.items()},
    )
