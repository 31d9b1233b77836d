"""What of a person waits for a look before it is published, as her case shows it; settled on /coop/retenues alone."""

from dataclasses import dataclass

from models import posts
from models.listings import listings
from models.moderation import held_posts
from models.moderation.held_posts import HeldPost
from models.store.database import Connection
from web.pages.moderation.screening.held_posts import SHOWN, read_texts

MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThing:
    """One of them, with how it would read."""

    held: HeldPost
    title: str
    text: str


async def list_held(conn: Connection, case_id: int, reader_id: int) -> list[HeldThing]:
    """What of a case waits to be published, at most MOST of it."""
    found = await held_posts.list_waiting(conn, reader_id, case_id=case_id, limit=MOST)
    kept = await posts.map_by_ids(conn, [one.post_id for one in found])
    titled = await listings.list_by_posts(conn, list(kept))
    made = []
    for one in found:
        if one.post_id in kept:
            title, text = read_texts(kept[one.post_id], titled.get(one.post_id), one.draft)
            made.append(HeldThing(held=one, title=title, text=text[:SHOWN]))
    return made
