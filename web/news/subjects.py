"""What news are about, by their ids: people, posts, listings and all else, in a fixed number of reads."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from models import posts
from models.listings import listing_expiry, listings
from models.listings.listing_expiry import EndNotice
from models.listings.listings import Listing
from models.news.news import News
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.message_requests.news import filter_notices
from models.store.database import Connection
from web.news.alert_items import ALERTS, list_alert_items
from web.news.decision_items import WORDS as DECIDED
from web.news.decision_items import list_decision_items
from web.news.held_items import HELD, list_held_items
from web.news.leading_mentions import load_messages
from web.news.staff_items import STAFF, StaffNewsItem, list_staff_items
from web.rendering.i18n import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSubjects:
    """As far as the reader may see them: people and posts, listings (`roots`) by what stands in their thread.

    `strangers` are posts that tell of a message request, `ends` of the end of a listing; `staff` goes by news.
    """

    people: Mapping[int, Actor]
    posts: Mapping[int, Post]
    roots: Mapping[int, Listing]
    strangers: Set[int]
    ends: Mapping[int, EndNotice]
    staff: Mapping[int, StaffNewsItem]

    def list_people(self, row: News) -> list[Actor]:
        """Who did it, without those who are gone."""
        return [self.people[id] for id in row.actor_ids if id in self.people]

    def has(self, row: News) -> bool:
        """Whether there is still something to tell of."""
        if row.type in STAFF or row.type in DECIDED or row.type in HELD or row.type in ALERTS:
            return row.id in self.staff
        return row.post_id is None or row.post_id in self.posts


async def load_subjects(conn: Connection, say: Say, reader_id: int, rows: Sequence[News]) -> NewsSubjects:
    people = await load_people(conn, [id for row in rows for id in row.actor_ids])
    visible = await posts.filter_visible(conn, [row.post_id for row in rows if row.post_id], reader_id)
    shown = await load_messages(conn, visible)
    return NewsSubjects(
        people=people,
        posts=shown,
        roots=await listings.list_by_posts(conn, [post.root_id or post.id for post in shown.values()]),
        strangers=await filter_notices(conn, list(shown)),
        ends=await listing_expiry.find_notices(conn, list(shown)),
        staff=await _list_worded(conn, say, reader_id, rows),
    )


async def _list_worded(conn: Connection, say: Say, reader_id: int, rows: Sequence[News]) -> dict[int, StaffNewsItem]:
    """What is told in words of its own: to the team, to whom it decided about, whose posts wait or alerts found."""
    to_team = await list_staff_items(conn, say, reader_id, [row for row in rows if row.type in STAFF])
    decided = await list_decision_items(conn, say, reader_id, [row for row in rows if row.type in DECIDED])
    alerts = await list_alert_items(conn, say, reader_id, [row for row in rows if row.type in ALERTS])
    return to_team | decided | alerts | await list_held_items(conn, say, [row for row in rows if row.type in HELD])


async def load_people(conn: Connection, ids: Sequence[int]) -> dict[int, Actor]:
    """Those of these who are not gone."""
    return {id: actor for id, actor in (await actors.map_by_ids(conn, set(ids))).items() if not actor.gone}
