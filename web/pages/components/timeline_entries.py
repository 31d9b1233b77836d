"""Timelines as pages show them: small ads and notes in one list, with who shared what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from models import posts
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, Post, PostKind
from models.posts.media import media
from models.posts.media.media import Media
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.settings import Site
from models.store.database import Connection
from models.timelines import TimelineEntry
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.listing_cards import (
    CoopBadge,
    ListingCard,
    Picture,
    draw_pictures,
    list_cards,
    list_coop_badges,
)
from web.pages.components.people import initial_of, is_reportable
from web.pages.components.quotes import Quoted, list_quoted
from web.rendering.paths import note_path, profile_path

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One entry: a listing as `card`, or a note with its text. `shared_by` names who showed it, "" for nobody.

    Streams pass listings on, which is their work; the plate of the ad says from where.
    """

    id: int
    shared_by: str
    card: ListingCard | None
    author: str
    author_href: str
    initial: str
    href: str
    content: Markup
    warning: str
    sensitive: bool
    private: bool
    inside: bool
    language: str | None
    at: datetime
    pictures: list[Picture]
    files: list[Attachment]
    plate: CoopBadge | None
    poll: Poll | None = None
    quoted: Quoted | None = None
    reportable: bool = False


async def list_timeline_entries(
    conn: Connection,
    site: Site,
    entries: Iterable[TimelineEntry],
    reader_id: int | None,
    *,
    with_own_messages: bool = False,
) -> list[TimelineItem]:
    """The entries with everything that is shown of them to this reader, in their order.

    What she wrote to somebody alone stands where she wrote it, not among what others publish, unless it is asked for.
    """
    wanted = list(entries)
    found = await posts.map_by_ids(conn, [entry.post_id for entry in wanted])
    people = await actors.map_by_ids(conn, _list_people(found, wanted))
    cards = await list_cards(conn, site, _list_ids(found, "listing"))
    quoted = await list_quoted(conn, site, list(found.values()), reader_id)
    photos = await media.list_by_posts(conn, _list_ids(found, "note"))
    asked = await polls.list_by_posts(conn, _list_ids(found, "note"), reader_id)
    plates = await list_coop_badges(conn, [(actor, None) for actor in people.values()])
    card_of = {card.id: card for card in cards}
    shown = [(entry, found[entry.post_id]) for entry in wanted if entry.post_id in found]
    return [
        replace(
            _make_line(
                site,
                post,
                author=people[post.author_id],
                sharer=people.get(entry.shared_by or 0),
                card=card_of.get(post.id),
                photos=photos.get(post.id, []),
            ),
            plate=plates[post.author_id, None],
            poll=asked.get(post.id),
            quoted=quoted.get(post.id),
            reportable=is_reportable(people[post.author_id], reader_id),
        )
        for entry, post in shown
        if with_own_messages or not _is_own_private_message(post, reader_id)
    ]


def _list_people(found: Mapping[int, Post], entries: Iterable[TimelineEntry]) -> set[int]:
    """Who wrote, and who shared."""
    return {post.author_id for post in found.values()} | {entry.shared_by for entry in entries if entry.shared_by}


def _list_ids(found: Mapping[int, Post], kind: PostKind) -> list[int]:
    return [post.id for post in found.values() if post.kind == kind]


def _is_own_private_message(post: Post, reader_id: int | None) -> bool:
    return post.audience == "direct" and post.author_id == reader_id


def _make_line(
    site: Site,
    post: Post,
    *,
    author: Actor,
    sharer: Actor | None,
    card: ListingCard | None,
    photos: list[Media],
) -> TimelineItem:
    return TimelineItem(
        id=post.id,
        shared_by="" if sharer is None or (card is not None and sharer.type == "Group") else sharer.display_name,
        card=card,
        author=author.display_name,
        author_href=profile_path(author),
        initial=initial_of(author.display_name),
        href=note_path(site, post),
        content=Markup(post.content),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        warning=post.warning,
        sensitive=post.sensitive,
        private=post.audience not in (*PUBLIC, "community"),
        inside=post.audience == "community",
        language=post.language,
        at=post.published_at,
        pictures=draw_pictures(site, photos),
        files=list_attachments(site, photos),
        plate=None,
    )
