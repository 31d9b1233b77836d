"""What a meeting may contain, and what it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from federation.texts.html_cleaner import from_text
from federation.uris import tag_url
from models.errors import Invalid
from models.listings.listings import ListingDetails, ListingStatus
from models.meetings.meetings import Meeting, RegistrationMode
from models.meetings.occurrences import PlannedTime
from models.meetings.recurrence import AHEAD, EXCLUDED_LIMIT, find_zone, list_starts, require_rule
from models.people.actors import Actor
from models.posts import Audience
from models.settings import Site
from models.texts import NOT_TYPED

TITLE_LEAST = 3
"""Mobilizon takes no shorter one."""

TITLE_LIMIT = 200
TEXT_LIMIT = 5_000
PLACE_LIMIT = 200
CAPACITY_LIMIT = 10_000
PICTURES_LIMIT = 4

LONGEST = timedelta(days=14)
"""So long one time may last."""

FURTHEST = timedelta(days=3 * 366)
"""So far ahead the first time may be."""

AUDIENCES: tuple[Audience, ...] = ("network", "coop", "community")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDraft:
    """What somebody filled in. `begins_at` and `ends_at` are of the first time; `rrule` and `excluded` say the others.

    An `audience` of `community` stays inside the one that calls people together. `place_name` is the
    commune, `venue` the hall in it; `capacity` of None: as many as come.
    """

    title: str
    begins_at: datetime
    ends_at: datetime | None = None
    text: str = ""
    audience: Audience = "network"
    language: str = "fr"
    timezone: str = "Europe/Paris"
    venue: str = ""
    street: str = ""
    place_name: str | None = None
    postcode: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    registration: RegistrationMode = "none"
    external_url: str | None = None
    capacity: int | None = None
    waiting_list: bool = True
    rrule: str | None = None
    excluded: tuple[datetime, ...] = ()
    media_ids: tuple[int, ...] = ()


def require_draft(draft: MeetingDraft, *, at: datetime, begun_at: datetime | None = None) -> MeetingDraft:
    """The draft, its texts tidied. Raises Invalid whose `field` is the first one that is wrong.

    What comes again may have begun long ago where it stands so already (`begun_at`).
    """
    draft = replace(
        draft,
        title=_tidy(draft.title),
        text=NOT_TYPED.sub("", draft.text).replace("\r\n", "\n").strip(),
        venue=_tidy(draft.venue),
        street=_tidy(draft.street),
        place_name=_tidy(draft.place_name or "") or None,
        rrule=require_rule(draft.rrule) if draft.rrule else None,
        timezone=find_zone(draft.timezone).key,
    )
    for check in (_check_words, _check_time, _check_rule, _check_place, _check_seats):
        for problem in check(draft, at):
            raise problem
    if draft.rrule is not None and draft.begins_at != begun_at and draft.begins_at < at - AHEAD:
        raise Invalid("meeting_in_the_past", field="begins_at")
    return draft


def _tidy(text: str) -> str:
    return " ".join(NOT_TYPED.sub("", text).split())


def _check_words(draft: MeetingDraft, _: datetime) -> Iterator[Invalid]:
    if len(draft.title) < TITLE_LEAST:
        yield Invalid("title_missing", field="title")
    if len(draft.title) > TITLE_LIMIT:
        yield Invalid("title_too_long", field="title", most=TITLE_LIMIT)
    if len(draft.text) > TEXT_LIMIT:
        yield Invalid("text_too_long", field="text", most=TEXT_LIMIT)
    if len(draft.media_ids) > PICTURES_LIMIT:
        yield Invalid("too_many_pictures", field="media_ids", most=PICTURES_LIMIT)
    if draft.audience not in AUDIENCES:
        yield Invalid("audience_unknown", field="audience")


def _check_time(draft: MeetingDraft, at: datetime) -> Iterator[Invalid]:
    if draft.ends_at is not None and draft.ends_at <= draft.begins_at:
        yield Invalid("meeting_ends_before", field="ends_at")
    if draft.ends_at is not None and draft.ends_at - draft.begins_at > LONGEST:
        yield Invalid("meeting_too_long", field="ends_at", most=LONGEST.days)
    if draft.begins_at > at + FURTHEST:
        yield Invalid("meeting_too_far", field="begins_at")
    if draft.rrule is None and (draft.ends_at or draft.begins_at) <= at:
        yield Invalid("meeting_in_the_past", field="begins_at")


def _check_rule(draft: MeetingDraft, _: datetime) -> Iterator[Invalid]:
    if len(draft.excluded) > EXCLUDED_LIMIT:
        yield Invalid("meeting_exceptions_too_many", field="excluded", most=EXCLUDED_LIMIT)


def _check_place(draft: MeetingDraft, _: datetime) -> Iterator[Invalid]:
    for field in ("venue", "street", "place_name"):
        if len(getattr(draft, field) or "") > PLACE_LIMIT:
            yield Invalid("meeting_place_too_long", field=field, most=PLACE_LIMIT)
    if not draft.venue and not draft.place_name:
        yield Invalid("meeting_place_missing", field="venue")


def _check_seats(draft: MeetingDraft, _: datetime) -> Iterator[Invalid]:
    if draft.capacity is not None and not 1 <= draft.capacity <= CAPACITY_LIMIT:
        yield Invalid("meeting_capacity_invalid", field="capacity", most=CAPACITY_LIMIT)
    external = draft.external_url or ""
    if draft.registration == "external" and not external.startswith(("https://", "http://")):
        yield Invalid("meeting_address_missing", field="external_url")


def describe(
    site: Site, organiser: Actor, draft: MeetingDraft, next_time: PlannedTime, *, status: ListingStatus = "open"
) -> ListingDetails:
    """The listing: what is offered is the next time, at the place itself, since one comes to it."""
    return ListingDetails(
        kind="offer",
        mode="other",
        title=draft.title,
        description=from_text(draft.text, tag_url=partial(tag_url, site)),
        status=status,
        territory_uri=organiser.territory_uri or organiser.uri,
        place_name=draft.place_name,
        postcode=draft.postcode,
        commune_code=draft.commune_code,
        latitude=draft.latitude,
        longitude=draft.longitude,
        begins_at=next_time.begins_at,
        ends_at=next_time.ends_at,
        meeting=True,
    )


def make_meeting(post_id: int, draft: MeetingDraft) -> Meeting:
    """The row beside it."""
    return Meeting(
        post_id=post_id,
        begins_at=draft.begins_at,
        ends_at=draft.ends_at,
        timezone=draft.timezone,
        venue=draft.venue,
        street=draft.street,
        registration=draft.registration,
        external_url=draft.external_url if draft.registration == "external" else None,
        capacity=draft.capacity,
        waiting_list=draft.waiting_list,
        rrule=draft.rrule,
        excluded=draft.excluded,
    )


def list_spans(meeting: Meeting, *, since: datetime) -> list[PlannedTime]:
    """The times that are told from this moment on: those that have not begun, and one that goes on just now."""
    length = meeting.length or timedelta()
    starts = list_starts(
        meeting.begins_at,
        meeting.timezone,
        meeting.rrule,
        meeting.excluded,
        since=since - length,
        until=since + AHEAD,
    )
    return [
        PlannedTime(recurs_at=start, begins_at=start, ends_at=None if meeting.length is None else start + length)
        for start in starts
    ]
