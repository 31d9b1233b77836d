"""A meeting of ours as others receive it: an Event as Mobilizon and Gancio read it, which Mastodon shows as a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from federation.json.fields import PUBLIC
from federation.texts import hashtags
from federation.texts.html_cleaner import link_hashtag, to_text
from federation.uris import tag_url
from federation.vocabulary.meetings import MAX_TIMES, Event, EventTime
from federation.vocabulary.objects import Note
from federation.vocabulary.places import Place
from models.listings.listings import ListingDetails
from models.meetings.meetings import FullMeeting, Meeting
from models.meetings.occurrences import Occurrence
from models.people.actors import Actor
from models.posts import Tag
from models.posts.media.media import Media
from models.settings import Site
from outbox.builders.objects.attachments import build_documents, build_hashtags
from outbox.builders.objects.content import MAX_TYPED, shorten
from outbox.builders.texts.meetings import write_facts, write_summary

HASHTAG = "Rencontre"

LINK = {"fr": "voir et dire que je viens", "en": "see, and say that I come"}

JOIN_MODES = {"members": "restricted", "everybody": "free", "external": "external"}
"""Mobilizon's words for who may register; where nobody has to there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """The times to come of a meeting, and how many come to the next one."""

    coming: Sequence[Occurrence] = ()
    taken: int = 0


def build_event(
    site: Site, author: Actor, full: FullMeeting, attendance: Attendance, media: Iterable[Media] = ()
) -> Event:
    """The meeting; `media` are its pictures in order."""
    meeting, details = full.meeting, full.listing.details
    counted = meeting.registration in ("members", "everybody")
    capacity = next((one.capacity for one in attendance.coming[:1]), None) or meeting.capacity
    return Event(
        note=_build_note(site, author, full, media),
        status="CANCELLED" if details.status == "cancelled" else meeting.status.upper(),
        timezone=meeting.timezone,
        join_mode=JOIN_MODES.get(meeting.registration, ""),
        external_url=meeting.external_url if meeting.registration == "external" else None,
        capacity=capacity if counted else None,
        remaining=max(capacity - attendance.taken, 0) if counted and capacity is not None else None,
        participants=attendance.taken if counted else None,
        rule=meeting.rrule,
        times=_build_times(attendance.coming) if meeting.rrule is not None else (),
    )


def _build_times(coming: Sequence[Occurrence]) -> tuple[EventTime, ...]:
    return tuple(
        EventTime(
            recurs_at=one.recurs_at,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            cancelled=one.cancelled,
            venue=one.venue,
        )
        for one in coming[:MAX_TIMES]
    )


def _build_note(site: Site, author: Actor, full: FullMeeting, media: Iterable[Media]) -> Note:
    post, details = full.listing.post, full.listing.details
    return Note(
        id=post.uri,
        type="Event",
        attributed_to=author.uri,
        name=details.title,
        summary=write_summary(details, full.meeting, post.language or "fr"),
        content=details.description,
        language=post.language,
        url=post.url,
        published=post.published_at,
        updated=post.updated_at,
        start_time=details.begins_at or full.meeting.begins_at,
        end_time=details.ends_at,
        to=tuple(post.to_uris),
        cc=tuple(post.cc_uris),
        context=post.context_uri or f"{post.uri}/context",
        replies=f"{post.uri}/replies",
        likes=f"{post.uri}/likes",
        shares=f"{post.uri}/shares",
        attachments=build_documents(site, media, details.title),
        hashtags=build_hashtags(site, build_meeting_tags(details)),
        location=_build_place(details, full.meeting),
        can_quote=(PUBLIC,) if PUBLIC in (*post.to_uris, *post.cc_uris) else (),
    )


def _build_place(details: ListingDetails, meeting: Meeting) -> Place | None:
    """Where people come: exact, since it is a place to come to, and with decimals, which Mobilizon insists on."""
    name = meeting.venue or details.place_name or ""
    if not name:
        return None
    latitude, longitude = details.latitude, details.longitude
    return Place(
        name=name,
        latitude=None if latitude is None else round(latitude, 6),
        longitude=None if longitude is None else round(longitude, 6),
        street=meeting.street,
        postcode=details.postcode or "",
        locality=(details.place_name or "").partition(" (")[0],
        country="FR",
    )


def build_meeting_content(site: Site, details: ListingDetails, meeting: Meeting, *, url: str, language: str) -> str:
    """The HTML that our own timelines show; others have the text alone, and the rest in properties of its own."""
    language = "en" if language == "en" else "fr"
    title = f"<p><strong>{escape(details.title, quote=False)}</strong></p>"
    link = f'<a href="{escape(url)}">{LINK[language]}</a>'
    facts = " · ".join([*write_facts(details, meeting, language), link])
    tags = " ".join(link_hashtag(tag_url(site, tag.name), tag.name) for tag in _list_own(details))
    return f"{title}{shorten(site, details.description)}<p>{facts}</p><p>{tags}</p>"


def build_meeting_tags(details: ListingDetails) -> tuple[Tag, ...]:
    """The hashtags that a meeting is found under: its kind, its commune, and what was typed in its text."""
    own = _list_own(details)
    said = {tag.tag for tag in own}
    typed = [name for name in hashtags.find_names(to_text(details.description)) if hashtags.fold(name) not in said]
    return (*own, *(Tag(tag=hashtags.fold(name), name=name) for name in typed[:MAX_TYPED]))


def _list_own(details: ListingDetails) -> list[Tag]:
    commune = hashtags.make_name((details.place_name or "").partition(" (")[0].strip())
    names = [HASHTAG, *([commune] if commune else [])]
    return [Tag(tag=hashtags.fold(name), name=name) for name in names]
