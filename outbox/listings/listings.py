"""Publish, edit, pause, close and withdraw a listing: the fact, its activities and their deliveries, or nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from federation.uris import listing_uri, listing_url, slots_uri
from federation.vocabulary.marketplace import Proposal
from models import posts
from models.errors import Conflict, Invalid
from models.exchanges import points, reserves
from models.listings import listings
from models.listings.listings import OVER, ClosedReason, Listing, ListingDetails, ListingDraft, ListingStatus
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, NewPost
from models.posts.media import media, uploads
from models.posts.quotes import quote_policies
from models.repairs.bookings import appointment_books
from models.repairs.calls import waves
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.create import build_create
from outbox.builders.activities.update import build_update
from outbox.builders.objects.audience import build_address
from outbox.builders.objects.content import build_listing_content, build_listing_tags
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.objects.quotes import add_quotes
from outbox.inside import find_members_uri, require_inside
from outbox.listings import marketplaces
from outbox.listings.house_rules import require_publishable, require_still_publishable
from outbox.listings.listing_defaults import find_end
from outbox.listings.listing_details import describe_draft, keep_reach
from outbox.listings.listing_limits import list_media_types, require_draft, require_reach
from outbox.listings.streams import pass_on, take_back
from outbox.posts.deletions import delete_post
from outbox.presence import require_at_home
from outbox.screening import PostTexts, hold_edit, keep_verdict, screen
from outbox.threads.listing_endings import tell_talking
from outbox.threads.waiting_requests import CLOSED, release_waiting
from outbox.traffic.audience import find_recipients, find_stream, list_addressed, next_moment
from outbox.traffic.send import send

OUTCOMES: dict[str, tuple[ListingStatus, ClosedReason | None]] = {
    "done": ("fulfilled", "here"),
    "elsewhere": ("fulfilled", "elsewhere"),
    "cancelled": ("cancelled", None),
    "paused": ("paused", None),
    "open": ("open", None),
}
"""What an author says became of a listing, and what others are told."""


async def publish(conn: Connection, site: Site, author: Actor, draft: ListingDraft) -> Listing:
    """A new listing of this author: stored, sent and passed on by its stream, or held for a look. Raises Invalid."""
    require_at_home(author)
    at = datetime.now(UTC)
    draft = await find_end(conn, author, require_draft(draft, at=at), at)
    await require_publishable(conn, author, draft)
    await require_inside(conn, author, draft.audience, draft.community_id)
    stream = await find_stream(conn, draft.kind, draft.mode)
    details = await describe_draft(conn, site, author, draft, stream)
    uri = listing_uri(site, author.username, uuid := str(uuid4()))
    details = replace(details, slots_uri=slots_uri(uri) if draft.by_slots else None)
    new = NewPost(
        uri=uri,
        kind="listing",
        local=True,
        author_id=author.id,
        url=listing_url(site, uuid),
        audience=draft.audience,
        content="",
        source=draft.text,
        language=draft.language,
        context_uri=f"{uri}/context",
        published_at=at,
        community_id=draft.community_id,
    )
    verdict = await screen(conn, author, _list_said(draft))
    new = replace(new, hidden=verdict.holds)
    listing = await listings.create_listing(conn, await _complete(conn, site, author, new, details), details)
    if draft.media_ids:
        await uploads.attach(conn, listing.id, author.id, draft.media_ids, types=list_media_types(draft))
    await quote_policies.begin(conn, listing.post, None)
    await keep_verdict(conn, author, listing.id, verdict)
    if not verdict.holds:
        await announce(conn, site, author, listing)
    return listing


def _list_said(draft: ListingDraft) -> PostTexts:
    return PostTexts(texts=(draft.title, draft.text, draft.wants or ""), media_ids=draft.media_ids)


async def announce(conn: Connection, site: Site, author: Actor, listing: Listing) -> None:
    """It stands from now on: everybody whom that concerns is told, here and elsewhere."""
    await notifications.notify_followers(conn, author_id=author.id, post_id=listing.id)
    stream = await find_stream(conn, listing.details.kind, listing.details.mode)
    await _send_create(conn, site, author, listing, stream)
    await points.grant_deposit(conn, listing)
    await waves.begin(conn, listing)


async def edit(
    conn: Connection, site: Site, author: Actor, uri: str, draft: ListingDraft, *, looked_at: bool = False
) -> Listing:
    """The listing as its author now wants it; its state stays, but what had ended and has another end stands again.

    What a filter finds in it waits, and the listing stands as it was meanwhile: others may have an accord about it.
    Raises NotFound for others' listings, and Invalid.
    """
    held = await listings.get_own(conn, uri, author.id)
    at = next_moment(held.post)
    draft = replace(draft, by_slots=held.details.slots_uri is not None)
    draft = await find_end(conn, author, require_draft(draft, at=at), at)
    require_reach(held.post, draft)
    await require_inside(conn, author, draft.audience, draft.community_id, again=held.uri)
    await require_still_publishable(conn, author, held, draft)
    if not looked_at and await hold_edit(conn, author, held.post, _list_said(draft), draft):
        return held
    stream = await find_stream(conn, draft.kind, draft.mode)
    status: ListingStatus = "open" if held.details.status == "expired" else held.details.status
    details = await describe_draft(conn, site, author, draft, stream)
    reason, slots = held.details.closed_reason, held.details.slots_uri
    details = keep_reach(held, replace(details, status=status, closed_reason=reason, slots_uri=slots))
    new = replace(posts.renew(held.post, at), audience=draft.audience, source=draft.text, language=draft.language)
    changed = await _save(conn, site, author, held, new, details)
    await uploads.attach(conn, changed.id, author.id, draft.media_ids, types=list_media_types(draft))
    if changed.post.hidden_at is not None:
        return changed
    if held.post.audience == "coop":
        await _send_create(conn, site, author, changed, stream)
        return changed
    if held.details.stream_uri is not None and held.details.stream_uri != details.stream_uri:
        await take_back(conn, site, held.details.stream_uri, changed.post)
    await _send_update(conn, site, author, changed)
    await pass_on(conn, site, stream, author, changed.post)
    return changed


async def close(conn: Connection, site: Site, author: Actor, uri: str, outcome: str) -> Listing:
    """Tell everybody what became of it; an outcome of OUTCOMES. Raises NotFound for others' listings, and Invalid."""
    if outcome not in OUTCOMES:
        raise Invalid("outcome_unknown", field="outcome")
    held = await listings.get_own(conn, uri, author.id)
    if outcome == "open":
        await require_inside(conn, author, held.post.meant_audience, held.post.community_id, again=held.uri)
    expires_at = held.details.expires_at
    if outcome == "open" and expires_at is not None and expires_at <= datetime.now(UTC):
        raise Conflict("listing_expired", field="expires_at")
    changed = await change_status(conn, site, author, held, *OUTCOMES[outcome])
    if outcome == "cancelled":
        await points.take_back_due(conn, listing_id=held.id)
    return changed


async def pause(conn: Connection, site: Site, author: Actor, uri: str) -> Listing:
    """It is not to be had for a while."""
    return await close(conn, site, author, uri, "paused")


async def reopen(conn: Connection, site: Site, author: Actor, uri: str) -> Listing:
    """It is to be had again. Raises Conflict when its time has passed."""
    return await close(conn, site, author, uri, "open")


async def reserve(conn: Connection, site: Site, author: Actor, uri: str) -> Listing:
    """Somebody is to get it; others still see it, and that it is spoken for. Raises NotFound for others' listings."""
    held = await listings.get_own(conn, uri, author.id)
    return await change_status(conn, site, author, held, "reserved", None)


async def free(conn: Connection, site: Site, author: Actor, uri: str) -> Listing:
    """What was reserved is to be had again. Raises NotFound for others' listings."""
    held = await listings.get_own(conn, uri, author.id)
    if held.details.status != "reserved":
        return held
    return await change_status(conn, site, author, held, "open", None)


async def withdraw(conn: Connection, site: Site, author: Actor, uri: str) -> None:
    """Take it back everywhere; a tombstone stays at its address. Raises NotFound for others' listings."""
    held = await listings.get_own(conn, uri, author.id)
    if held.details.slots_uri is not None and await appointment_books.count_coming(conn, held.id):
        raise Conflict("book_has_visits")  # who comes is seen there: it is closed, and stays until they came
    await release_waiting(conn, site, author, held.id, CLOSED)
    await tell_talking(conn, site, author, held)
    await delete_post(conn, site, author, held.post, stream_uri=held.details.stream_uri)
    await points.take_back_due(conn, listing_id=held.id)


async def change_status(
    conn: Connection,
    site: Site,
    author: Actor,
    held: Listing,
    status: ListingStatus,
    reason: ClosedReason | None,
) -> Listing:
    """It is in this state from now on, everybody is told, and whoever waits for an answer gets one where it is over."""
    if (held.details.status, held.details.closed_reason) == (status, reason):
        return held
    changed = await change(conn, site, author, held, replace(held.details, status=status, closed_reason=reason))
    if status in OVER:
        await release_waiting(conn, site, author, held.id, CLOSED)
        await tell_talking(conn, site, author, changed)
    return changed


async def change(conn: Connection, site: Site, author: Actor, held: Listing, details: ListingDetails) -> Listing:
    """These are its details from now on, and everybody is told."""
    changed = await _save(conn, site, author, held, posts.renew(held.post, next_moment(held.post)), details)
    await _send_update(conn, site, author, changed)
    return changed


async def say_again(conn: Connection, site: Site, author: Actor, listing: Listing) -> None:
    """Tell everybody who has it what changed without its author's doing: its `updated` stays, so it is no edit."""
    await _send_update(conn, site, author, listing, listed=False)


async def _complete(conn: Connection, site: Site, author: Actor, new: NewPost, details: ListingDetails) -> NewPost:
    """With its addressees, the HTML that timelines show, and its hashtags."""
    friends = await actors.list_friend_cooperatives(conn) if new.audience == "territories" else []
    address = build_address(
        author,
        new.audience,
        stream_uri=details.stream_uri,
        named=tuple(friend.uri for friend in friends),
        stays_in=await find_members_uri(conn, new.community_id),
    )
    return replace(
        new,
        content=build_listing_content(site, details, url=new.url, language=new.language),
        tags=build_listing_tags(details),
        to_uris=address.to,
        cc_uris=address.cc,
        silent_ids=tuple(friend.id for friend in friends),
    )


async def _save(
    conn: Connection, site: Site, author: Actor, held: Listing, new: NewPost, details: ListingDetails
) -> Listing:
    new = await _complete(conn, site, author, new, details)
    if not await posts.save_edit(conn, held.id, new):
        raise Conflict("listing_changed")
    await posts.save_audience(conn, held.id, new)
    await listings.save_details(conn, held.id, details)
    await reserves.note_freed(conn, held.id)
    changed = await listings.find_by_post(conn, held.id)
    assert changed is not None
    if changed.post.hidden_at is None:
        await waves.begin(conn, changed)
    return changed


async def _send_create(conn: Connection, site: Site, author: Actor, listing: Listing, stream: Actor | None) -> None:
    if listing.post.audience == "coop":
        return
    document = await _build(conn, site, author, listing)
    create = build_create(site, author, document)
    recipients = await find_recipients(conn, author, listing.post, named=await list_addressed(conn, listing.post))
    recipients = await marketplaces.add_served(conn, recipients, listing, document)
    await send(conn, author, create, recipients, about=listing.uri)
    await pass_on(conn, site, stream, author, listing.post, create)


async def _send_update(conn: Connection, site: Site, author: Actor, listing: Listing, *, listed: bool = True) -> None:
    """To everybody who got it or now would: followers of the author and of the stream, and whoever holds a copy.

    The author's own Update goes to the followers of the stream too, since most servers take no edit of somebody's
    post from a Group.
    """
    post = listing.post
    if post.audience == "coop" or post.hidden_at is not None:
        return  # of what is hidden others have that it is put away, and get it as it will be then
    document = await _build(conn, site, author, listing)
    update = build_update(site, author, document)
    stream_uri = listing.details.stream_uri
    stream = await actors.find_by_uri(conn, stream_uri) if stream_uri else None
    named = await list_addressed(conn, post)
    recipients = await find_recipients(conn, author, post, stream=stream, named=named)
    if post.audience in PUBLIC:
        recipients = replace(recipients, holders_of=post.uri, but_markets=True)
    await send(conn, author, update, recipients, about=post.uri, listed=listed)
    await marketplaces.renew(conn, site, author, listing, document)


async def _build(conn: Connection, site: Site, author: Actor, listing: Listing) -> Proposal:
    pictures = await media.list_by_posts(conn, [listing.id])
    parts = (await quote_policies.load_parts(conn, [listing.post]))[listing.id]
    return add_quotes(author, build_proposal(site, author, listing, pictures[listing.id]), parts)
