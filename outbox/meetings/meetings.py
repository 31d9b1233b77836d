"""Publish, change, call off and withdraw a meeting: the fact, its activities and their deliveries, and who is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from federation.uris import listing_uri, meeting_url
from models.communities import communities
from models.errors import Conflict, Forbidden, Invalid
from models.listings import listings
from models.listings.listings import Listing, ListingDetails, ListingStatus
from models.meetings import agenda, meetings, occurrences, registrations, seats
from models.meetings.meetings import FullMeeting, Meeting
from models.meetings.occurrences import PlannedTime
from models.moderation import held_posts
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import PUBLIC, NewPost, Post, renew
from models.posts.media import media, uploads
from models.posts.media.media import Media
from models.posts.quotes import quote_policies
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.create import build_create
from outbox.builders.texts.meetings import News
from outbox.inside import require_inside
from outbox.meetings.meeting_limits import MeetingDraft, describe, list_spans, make_meeting, require_draft
from outbox.meetings.notices import tell
from outbox.meetings.registrations import offer_freed_seats
from outbox.meetings.saving import alter, complete, save, send_update
from outbox.posts.deletions import delete_post
from outbox.posts.post_documents import build_document
from outbox.presence import require_at_home
from outbox.relations.reactions import share
from outbox.screening import NOTHING, PostTexts, hold_edit, keep_verdict, screen
from outbox.traffic.audience import find_recipients, next_moment
from outbox.traffic.send import send

ORGANISERS = ("Organization", "Group")
"""Who may call people together: the cooperative, its places, a community."""


async def publish(
    conn: Connection, site: Site, organiser: Actor, draft: MeetingDraft, *, by: Actor | None = None
) -> FullMeeting:
    """A new meeting: stored with its times, sent, and shared by the cooperative. Raises Invalid and Forbidden.

    What a member writes for a community (`by`) is looked at as her own posts are, and may wait before it appears.
    """
    require_at_home(organiser)
    if not organiser.local or organiser.type not in ORGANISERS:
        raise Forbidden("meeting_by_cooperative")
    at = datetime.now(UTC)
    draft = require_draft(draft, at=at)
    spans = _require_spans(make_meeting(0, draft), at)
    community_id = await _require_audience(conn, organiser, draft)
    uri = listing_uri(site, organiser.username, uuid := str(uuid4()))
    details = describe(site, organiser, draft, spans[0])
    new = NewPost(
        uri=uri,
        kind="listing",
        local=True,
        author_id=organiser.id,
        url=meeting_url(site, uuid),
        audience=draft.audience,
        content="",
        source=draft.text,
        language=draft.language,
        context_uri=f"{uri}/context",
        published_at=at,
        community_id=community_id,
    )
    verdict = await screen(conn, by, _list_said(draft)) if by is not None else NOTHING
    new = replace(new, hidden=verdict.holds)
    new = await complete(conn, site, organiser, new, details, make_meeting(0, draft))
    listing = await listings.create_listing(conn, new, details)
    full = FullMeeting(listing=listing, meeting=make_meeting(listing.id, draft))
    await meetings.save(conn, full.meeting)
    await occurrences.sync(conn, full.id, spans, since=spans[0].recurs_at)
    if draft.media_ids:
        await uploads.attach(conn, full.id, organiser.id, draft.media_ids)
    await quote_policies.begin(conn, listing.post, None)
    if by is not None:
        await keep_verdict(conn, by, full.id, verdict)
    if not verdict.holds:
        await announce(conn, site, organiser, listing.post)
    return full


def _list_said(draft: MeetingDraft) -> PostTexts:
    return PostTexts(texts=(draft.title, draft.text, draft.venue, draft.street), media_ids=draft.media_ids)


async def _require_audience(conn: Connection, organiser: Actor, draft: MeetingDraft) -> int | None:
    """The community inside which it stays. Raises Invalid for what is not for this organiser to choose.

    What a hidden community announces would tell of it: it stays inside.
    """
    community = await communities.find(conn, organiser.id)
    if community is not None and draft.audience != "community" and (community.hidden or draft.audience == "coop"):
        raise Invalid("meeting_stays_inside", field="audience")
    community_id = organiser.id if draft.audience == "community" else None
    await require_inside(conn, organiser, draft.audience, community_id)
    return community_id


def _require_spans(meeting: Meeting, at: datetime) -> list[PlannedTime]:
    spans = list_spans(meeting, since=at)
    if not spans:
        raise Invalid("meeting_rule_empty", field="rrule")
    return spans


async def announce(conn: Connection, site: Site, organiser: Actor, post: Post) -> None:
    """It stands from now on: everybody whom that concerns is told, here and elsewhere.

    The cooperative shows its followers the public meeting of somebody else here: its places', a community's.
    """
    await notifications.notify_followers(conn, author_id=organiser.id, post_id=post.id)
    if post.audience != "coop":
        create = build_create(site, organiser, await build_document(conn, site, organiser, post))
        await send(conn, organiser, create, await find_recipients(conn, organiser, post), about=post.uri)
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.deleted_at is not None or coop.id == post.author_id or post.audience not in PUBLIC:
        return
    await share(conn, site, coop, post)


async def edit(
    conn: Connection,
    site: Site,
    organiser: Actor,
    meeting_id: int,
    draft: MeetingDraft,
    *,
    by: Actor | None = None,
) -> FullMeeting:
    """The meeting as its organiser now wants it. Whoever is registered is told where its time or place changed.

    Nobody loses a seat by it: fewer seats than are taken are refused. What a filter finds in what a member writes for a
    community (`by`) waits, and the meeting stands as it was. Raises NotFound, Invalid and Conflict.
    """
    held = await _get_standing(conn, organiser, meeting_id)
    at = datetime.now(UTC)
    draft = require_draft(draft, at=at, begun_at=held.meeting.begins_at)
    if draft.audience != held.listing.post.meant_audience:
        raise Invalid("audience_not_narrowable", field="audience")
    meeting = make_meeting(held.id, draft)
    spans = _require_spans(meeting, at)
    await _require_seats(conn, held, draft.capacity, at)
    if by is not None and await hold_edit(conn, by, held.listing.post, _list_said(draft), draft):
        return held
    changes = await occurrences.sync(conn, held.id, spans, since=min(at, spans[0].recurs_at))
    details = await _describe_next(conn, held.id, describe(site, organiser, draft, spans[0]))
    new = replace(renew(held.listing.post, next_moment(held.listing.post)), source=draft.text, language=draft.language)
    changed = await save(conn, site, organiser, alter(held, details, meeting), new)
    await uploads.attach(conn, held.id, organiser.id, draft.media_ids)
    await send_update(conn, site, organiser, changed)
    elsewhere = _place_of(changed) != _place_of(held)
    coming = [one.occurrence.id for one in await agenda.list_entries(conn, held.id, since=at) if not one.cancelled]
    await tell_registered(conn, site, changed, coming if elsewhere else [one.id for one in changes.moved], "moved")
    await tell_registered(conn, site, changed, [one.id for one in changes.dropped], "cancelled")
    await _offer_seats(conn, site, changed, coming)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestMeeting:
    """A meeting as its organiser said it last, and its pictures in order."""

    full: FullMeeting
    attached: list[Media]


async def find_latest(conn: Connection, full: FullMeeting) -> LatestMeeting:
    """What a change of a meeting begins with: the new version that waits, of which others see nothing yet, else what
    stands.
    """
    held = await held_posts.find(conn, full.id)
    if held is None or held.draft is None:
        return LatestMeeting(full=full, attached=(await media.list_by_posts(conn, [full.id]))[full.id])
    draft = held_posts.read_draft(held.draft, MeetingDraft)
    post = replace(full.listing.post, source=draft.text, language=draft.language)
    details = replace(
        full.listing.details, title=draft.title, place_name=draft.place_name, commune_code=draft.commune_code
    )
    found = await media.list_by_ids(conn, draft.media_ids)
    return LatestMeeting(
        full=FullMeeting(listing=Listing(post=post, details=details), meeting=make_meeting(full.id, draft)),
        attached=[found[id] for id in draft.media_ids if id in found],
    )


async def _describe_next(conn: Connection, meeting_id: int, details: ListingDetails) -> ListingDetails:
    """With the time that comes next, which may be one that was changed alone."""
    found = await occurrences.find_meant(conn, meeting_id, None, at=datetime.now(UTC))
    return details if found is None else replace(details, begins_at=found.begins_at, ends_at=found.ends_at)


def _place_of(full: FullMeeting) -> tuple[object, ...]:
    return (full.meeting.venue, full.meeting.street, full.listing.details.place_name)


async def _require_seats(conn: Connection, held: FullMeeting, capacity: int | None, at: datetime) -> None:
    """Raise Invalid for fewer seats than are taken at a time to come: whoever has one is asked first, not put out."""
    await meetings.lock(conn, held.id)
    coming = await agenda.list_entries(conn, held.id, since=at)
    for entry in sorted(coming, key=lambda one: one.occurrence.id):  # in the order of whoever leaves several
        await seats.lock(conn, entry.occurrence.id)
        taken = (await registrations.count(conn, [entry.occurrence.id]))[entry.occurrence.id].taken
        if capacity is not None and entry.occurrence.capacity is None and taken > capacity:
            raise Invalid("meeting_seats_taken", field="capacity", taken=taken)


async def _offer_seats(conn: Connection, site: Site, full: FullMeeting, occurrence_ids: Sequence[int]) -> None:
    for id in occurrence_ids:
        locked = await seats.lock(conn, id)
        if locked is not None:
            await offer_freed_seats(conn, site, full, locked)


async def cancel(conn: Connection, site: Site, organiser: Actor, meeting_id: int) -> FullMeeting:
    """It does not take place, at none of its times; whoever is registered is told. Raises NotFound and Conflict."""
    held = await _get_standing(conn, organiser, meeting_id)
    await meetings.lock(conn, held.id)
    off = await occurrences.cancel_all(conn, held.id, since=datetime.now(UTC))
    changed = await set_status(conn, site, organiser, held, "cancelled")
    await tell_registered(conn, site, changed, off, "cancelled")
    return changed


async def set_status(
    conn: Connection, site: Site, organiser: Actor, held: FullMeeting, status: ListingStatus
) -> FullMeeting:
    """It is called off or over, and everybody who holds it is told so."""
    meeting = replace(held.meeting, status="cancelled") if status == "cancelled" else held.meeting
    wanted = alter(held, replace(held.listing.details, status=status), meeting)
    changed = await save(conn, site, organiser, wanted, renew(held.listing.post, next_moment(held.listing.post)))
    await send_update(conn, site, organiser, changed)
    return changed


async def withdraw(conn: Connection, site: Site, organiser: Actor, meeting_id: int) -> None:
    """Take it back everywhere; a tombstone stays at its address, and who was registered is told. Raises NotFound."""
    held = await meetings.get_own(conn, meeting_id, organiser.id)
    await meetings.lock(conn, held.id)
    off = await occurrences.cancel_all(conn, held.id, since=datetime.now(UTC))
    await tell_registered(conn, site, held, off, "cancelled")
    joined = tuple(await registrations.list_joined(conn, held.id))
    await delete_post(conn, site, organiser, held.listing.post, also=joined)


async def _get_standing(conn: Connection, organiser: Actor, meeting_id: int) -> FullMeeting:
    require_at_home(organiser)
    held = await meetings.get_own(conn, meeting_id, organiser.id)
    if held.listing.details.status in ("cancelled", "fulfilled"):
        raise Conflict("meeting_settled")
    return held


async def tell_registered(
    conn: Connection, site: Site, full: FullMeeting, occurrence_ids: Sequence[int], news: News
) -> None:
    """Everybody who takes part at these times is told; not who never confirmed her address."""
    if news == "moved":
        await registrations.remind_again(conn, occurrence_ids)
    for one in await registrations.list_of_occurrences(conn, occurrence_ids):
        if one.actor_id is not None or one.confirmed_at is not None:
            await tell(conn, site, full, one, news)
