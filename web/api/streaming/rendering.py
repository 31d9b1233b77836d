"""Statuses as JSON for everybody at once: one text for members, one for applications, others only where they differ."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import orjson

from models import posts
from models.relations.blocking import filters
from models.relations.blocking.filters import Context
from models.store.database import Connection
from models.timelines import TimelineEntry
from web.api.entities.filters import find_results, is_hidden
from web.api.entities.statuses import load_statuses
from web.api.entities.values import EntityContext, Json

SOMEBODY = 0
"""No row has this id: a member who did nothing yet with what she sees, as most did when it is new."""


@dataclass(slots=True, kw_only=True)
class Rendered:
    """One status: for members, for applications alone, and for those to whom it reads otherwise.

    `hidden` are those whose filters take it out of their timelines, by the context of these.
    """

    for_members: bytes
    for_apps: bytes = b""
    personal: dict[int, bytes] = field(default_factory=dict)
    hidden: dict[Context, set[int]] = field(default_factory=lambda: {"home": set(), "public": set()})


async def render(
    conn: Connection, look: EntityContext, entries: Sequence[TimelineEntry], reader_ids: Set[int | None]
) -> dict[int, Rendered]:
    """These lines of timelines by their ids, for these readers; what is gone meanwhile is left out."""
    if not entries:
        return {}
    statuses = await load_statuses(conn, look, entries, SOMEBODY)
    rendered = {int(status["id"]): Rendered(for_members=orjson.dumps(status)) for status in statuses}
    if None in reader_ids:
        for status in await load_statuses(conn, look, entries, None):
            if int(status["id"]) in rendered:
                rendered[int(status["id"])].for_apps = orjson.dumps(status)
    members = [id for id in reader_ids if id is not None]
    await _render_filtered(conn, statuses, members, rendered)
    await _render_involved(conn, look, entries, members, rendered)
    return rendered


async def _render_filtered(
    conn: Connection, statuses: Sequence[Json], members: list[int], rendered: dict[int, Rendered]
) -> None:
    """For those whose filters find something."""
    for reader_id, held in (await filters.list_in_force(conn, members)).items():
        for status in statuses:
            own = (status["reblog"] or status)["account"]["id"] == str(reader_id)
            if own or not (found := find_results(held, status)):
                continue
            filtered, of_all = add_filter_results(status, found), rendered[int(status["id"])]
            of_all.personal[reader_id] = orjson.dumps(filtered)
            for context, hidden in of_all.hidden.items():
                if is_hidden(filtered, context):
                    hidden.add(reader_id)


async def _render_involved(
    conn: Connection,
    look: EntityContext,
    entries: Sequence[TimelineEntry],
    members: list[int],
    rendered: dict[int, Rendered],
) -> None:
    """For those who wrote it, or did something with it."""
    involved = await posts.list_involved(conn, [entry.post_id for entry in entries], members)
    for reader_id, post_ids in involved.items():
        own = [entry for entry in entries if entry.post_id in post_ids]
        for status in await load_statuses(conn, look, own, reader_id):
            if int(status["id"]) in rendered:
                rendered[int(status["id"])].personal[reader_id] = orjson.dumps(status)


def add_filter_results(status: Json, found: list[Json]) -> Json:
    """The status with what somebody's filters found in it, in a shared one as well."""
    shared = status["reblog"] and status["reblog"] | {"filtered": found}
    return status | {"filtered": found, "reblog": shared}
