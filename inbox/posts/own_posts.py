"""Posts of ours that were lost, written again as their author signed them: with the same ids, and told to nobody."""

from dataclasses import replace
from datetime import datetime

from federation.texts.html_cleaner import to_text
from federation.vocabulary.embedded import note_of
from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.objects import Note
from inbox.posts.translation import read_details, read_new_post
from models import posts
from models.ids import make_id
from models.listings import listings
from models.listings.listings import ListingDetails
from models.people import actors
from models.people.actors import Actor
from models.posts import NewPost
from models.settings import Site
from models.store.database import Connection
from models.traffic import returned_posts, tombstones
from outbox.listings.listings import withdraw
from outbox.posts.deletions import delete_post

Own = Note | Proposal


async def put_back(conn: Connection, author: Actor, object: Own, host: str, *, hidden: bool) -> None:
    """The post as its author signed it, at its place in time. Its pictures are not with it: their files were lost.

    What was promised of it was lost with the agreement.
    """
    new, details = await _read(conn, author, object)
    post = await posts.create(conn, replace(new, hidden=hidden))
    if post is None:
        return
    if details is not None:
        status = "open" if details.status == "reserved" else details.status
        await listings.save_details(conn, post.id, replace(details, status=status))
    await returned_posts.note_restored(conn, post.uri, author.id, host)


async def edit(conn: Connection, author: Actor, object: Own) -> None:
    """A post that is here is as its author changed it in the time that was lost, unless she changed it since."""
    held = await posts.find_by_uri(conn, note_of(object).id)
    if held is None or held.author_id != author.id or held.deleted_at is not None or held.hidden_at is not None:
        return
    new, details = await _read(conn, author, object)
    if new.updated_at is None or (held.kind == "listing") != (details is not None):
        return
    if await posts.save_edit(conn, held.id, replace(new, url=held.url)) and details is not None:
        listing = await listings.find_by_post(conn, held.id)
        assert listing is not None
        await listings.save_details(conn, held.id, _keep_own(listing.details, details))


async def delete(conn: Connection, site: Site, author: Actor, post_uri: str, restored_at: datetime) -> None:
    """What she deleted is deleted again, and told again to whom it went as far as that is known here.

    Not what is in use since the restoration: she, or somebody else, went on with it. It is hers to delete.
    """
    held = await posts.find_by_uri(conn, post_uri)
    if held is None:
        await tombstones.save_deleted(conn, post_uri, author.uri)
        return
    if held.author_id != author.id or held.deleted_at is not None:
        return
    if await returned_posts.is_used_since(conn, held.id, restored_at):
        return
    listing = await listings.find_by_post(conn, held.id)
    if listing is not None and not listing.details.meeting:
        await withdraw(conn, site, author, post_uri)
    elif listing is None:
        await delete_post(conn, site, author, held)


async def _read(conn: Connection, author: Actor, object: Own) -> tuple[NewPost, ListingDetails | None]:
    """As it is kept for one of ours, with the HTML that was made here: her key signed it, to the letter."""
    note = note_of(object)
    named = {*note.to, *note.cc, *(mention.href for mention in note.mentions)}
    known = {one.uri: one.id for one in await actors.list_by_uris(conn, sorted(named))}
    new, details = read_new_post(author, object, known), read_details(object)
    details = None if details is None else _as_own(details)
    assert new.published_at is not None
    source = to_text(new.content if details is None else details.description)
    id = make_id(new.published_at)
    return replace(new, local=True, raw=None, content=note.content, source=source, id=id), details


def _as_own(told: ListingDetails) -> ListingDetails:
    """As it is kept for one of ours: what others are told besides is reckoned from the rest."""
    left = told.available_quantity
    return replace(
        told,
        calendar_uri=None,
        category_uri=None if told.category else told.category_uri,
        available_quantity=left if told.unit_based or left not in (told.quantity, 0) else None,
    )


def _keep_own(held: ListingDetails, told: ListingDetails) -> ListingDetails:
    """With what is never told to others; what is promised is for the agreements here to say."""
    return replace(
        told,
        points=held.points,
        first_come=held.first_come,
        subcategory=held.subcategory,
        commune_code=held.commune_code,
        stream_uri=held.stream_uri,
        status=held.status if told.status == "reserved" else told.status,
        calendar_uri=held.calendar_uri,
        slots_uri=held.slots_uri,
    )
