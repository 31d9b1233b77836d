"""A post of ours that the cooperative put away, as others receive it meanwhile: that it is put away, and nothing of it.

Its address, its author, its audience and what it answers stay, so that others find what they hold and do not delete it.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import escape

from federation.vocabulary.marketplace import Proposal
from federation.vocabulary.meetings import Event
from federation.vocabulary.objects import Note
from models.listings.listings import Listing, ListingDetails
from models.meetings.meetings import FullMeeting, Meeting
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from outbox.builders.objects.event import Attendance, build_event
from outbox.builders.objects.note import build_note
from outbox.builders.objects.proposal import build_proposal

LISTING = {"fr": "Retirée pour le moment", "en": "Withdrawn for the time being"}
POST = {"fr": "Retiré pour le moment.", "en": "Withdrawn for the time being."}


def is_withheld(object: Note | Proposal) -> bool:
    """Whether it says only that it is put away."""
    if isinstance(object, Proposal):
        return object.note.name in LISTING.values() or (object.publishes.name or "") in LISTING.values()
    return object.content in {f"<p>{escape(words)}</p>" for words in POST.values()}


def build_withheld_note(site: Site, author: Actor, post: Post) -> Note:
    """The note, of which nothing can be quoted meanwhile."""
    return replace(build_note(site, author, _withhold_post(post)), can_quote=())


def build_withheld_proposal(site: Site, author: Actor, listing: Listing) -> Proposal:
    """The listing, without the hashtags by which others list it, its calendar, and what marketplaces read."""
    proposal = build_proposal(site, author, _withhold_listing(listing))
    note = replace(proposal.note, hashtags=(), can_quote=())
    return replace(proposal, note=note, flohmarkt=None, unavailabilities=None)


def build_withheld_event(site: Site, author: Actor, full: FullMeeting) -> Event:
    """The meeting, of which nothing but its day is left, since an Event without one is refused."""
    listing = _withhold_listing(full.listing)
    details = replace(listing.details, begins_at=full.meeting.begins_at, place_name=None, status="open")
    meeting = Meeting(post_id=full.id, begins_at=full.meeting.begins_at, timezone=full.meeting.timezone)
    event = build_event(
        site, author, FullMeeting(listing=replace(listing, details=details), meeting=meeting), Attendance()
    )
    return replace(event, note=replace(event.note, summary="", hashtags=(), can_quote=()))


def _withhold_post(post: Post, words: str = "") -> Post:
    """The post without what it says; newer than what others hold."""
    text = words or POST["en" if post.language == "en" else "fr"]
    later = [post.hidden_at or post.published_at, post.published_at]
    if post.updated_at is not None:
        later.append(post.updated_at + timedelta(milliseconds=1))
    return replace(
        post,
        content=f"<p>{escape(text)}</p>",
        source="",
        warning="",
        sensitive=False,
        language="en" if post.language == "en" else "fr",
        updated_at=max(later),
        thanks_for=None,
    )


def _withhold_listing(listing: Listing) -> Listing:
    """The listing, paused, without text, price, days or any place finer than its commune."""
    post, held = listing.post, listing.details
    words = LISTING["en" if post.language == "en" else "fr"]
    details = ListingDetails(
        kind=held.kind,
        mode=held.mode,
        title=words,
        description=f"<p>{escape(words)}.</p>",
        status="paused",
        stream_uri=held.stream_uri,
        territory_uri=held.territory_uri,
        place_name=held.place_name,
        postcode=held.postcode,
        quantity=Decimal(1),
        unit="one",
        expires_at=held.expires_at,
    )
    return Listing(post=_withhold_post(post, f"{words}."), details=details)
