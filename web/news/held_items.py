"""What is new to whoever wrote something that waits for a look: that it waits, and that it appeared."""

from collections.abc import Sequence

from federation.texts.html_cleaner import to_text
from models import posts
from models.listings import listings
from models.news.news import News
from models.store.database import Connection
from web.news.staff_items import StaffNewsItem
from web.rendering.i18n import N_, Say

HELD = {
    "post_held": N_("Ce que vous avez écrit attend d’être relu par l’équipe"),
    "post_released": N_("L’équipe a relu ce que vous avez écrit : c’est paru"),
}
"""By the types that are told here."""

LONGEST = 120


async def list_held_items(conn: Connection, say: Say, rows: Sequence[News]) -> dict[int, StaffNewsItem]:
    """These news by their ids; none of what was taken back."""
    ids = [row.post_id for row in rows if row.post_id is not None]
    found = await posts.map_by_ids(conn, ids) if ids else {}
    titled = await listings.list_by_posts(conn, list(found)) if found else {}
    told: dict[int, StaffNewsItem] = {}
    for row in rows:
        post = found.get(row.post_id or 0)
        if post is not None:
            title = titled[post.id].details.title if post.id in titled else to_text(post.content)
            what = " ".join(title.split())[:LONGEST]
            told[row.id] = StaffNewsItem(words=say(HELD[row.type]), what=what, href=f"/notes/{post.id}")
    return told
