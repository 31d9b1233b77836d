"""The form of a meeting: what was typed becomes a draft, and a meeting the values of the form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from multidict import MultiDict

from models.listings.listings import Listing
from models.meetings.meetings import FullMeeting, Meeting, RegistrationMode
from models.moments import PARIS
from models.people.team.public_places import PublicPlace
from models.places import places
from models.places.places import place_fields
from models.posts import Audience
from models.store.database import Connection
from outbox.meetings.meeting_limits import (
    AUDIENCES,
    CAPACITY_LIMIT,
    PLACE_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    MeetingDraft,
)
from web.forms.commune_field import read_commune
from web.forms.date_field import parse_day, read_day
from web.forms.form import Form
from web.pages.meetings.organising.repeats import REPEATS, find_local, read_repeat, write_rule
from web.rendering.i18n import N_

REGISTRATIONS: dict[RegistrationMode, str] = {
    "everybody": N_("Tout le monde, avec ou sans compte"),
    "members": N_("Les membres des coops seulement"),
    "none": N_("On vient sans s’inscrire"),
    "external": N_("On s’inscrit sur un autre site"),
}

AUDIENCE_WORDS: dict[Audience, str] = {
    "network": N_("Tout le réseau : les autres coops la voient aussi"),
    "coop": N_("Les membres d’ici seulement"),
}

COMMUNITY_WORDS: dict[Audience, str] = {
    "network": N_("Tout le monde : elle paraît aussi dans l’agenda et chez les autres coops"),
    "community": N_("Les membres de la communauté seulement"),
}

ADDRESS_LIMIT = 500

NUMBER_LIMIT = 20

HOUR = re.compile(r"(\d{1,2})\s?(?:[hH:]\s?(\d\d)?)?")
"""As browsers send it, or as people write it: 14:30, 14 h 30, 14h, 14."""

FIELDS = {"begins_at": "day", "ends_at": "ends", "rrule": "repeats", "excluded": "exceptions", "media_ids": "photos"}
"""Where the form says what a verb refused; other fields are called alike."""


def list_audiences(*, community: bool, hidden: bool) -> dict[Audience, str]:
    """Who may be chosen to see it; what a hidden community announces stays inside."""
    if not community:
        return AUDIENCE_WORDS
    return {code: words for code, words in COMMUNITY_WORDS.items() if code == "community" or not hidden}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The hall, its street, and where that is."""

    venue: str
    street: str
    place: dict[str, object]


async def read_draft(
    conn: Connection, form: Form, known: Sequence[PublicPlace], media_ids: tuple[int, ...], language: str
) -> MeetingDraft:
    """What the form says, its mistakes noted at their fields; the verb checks the rest."""
    title = form.text("title", limit=TITLE_LIMIT, missing="Donnez un titre à la rencontre.")
    text = form.lines("text", limit=TEXT_LIMIT)
    begins_at, ends_at = read_times(form)
    repeat = form.choice("repeats", REPEATS, default="once")
    last = read_day(form, "until") if repeat != "once" else None
    where = await _read_where(conn, form, known)
    registration = form.choice("registration", REGISTRATIONS, default="everybody")
    return MeetingDraft(
        title=title,
        text=text,
        begins_at=begins_at,
        ends_at=ends_at,
        audience=form.choice("audience", AUDIENCES, default="network"),
        language=language,
        venue=where.venue,
        street=where.street,
        registration=registration,
        external_url=form.text("external_url", limit=ADDRESS_LIMIT) or None,
        capacity=read_capacity(form) if registration in ("everybody", "members") else None,
        waiting_list=form.flag("waiting_list"),
        rrule=write_rule(repeat, begins_at.astimezone(PARIS), last),
        excluded=_read_exceptions(form, begins_at) if repeat != "once" else (),
        media_ids=media_ids,
        **where.place,  # type: ignore[arg-type]  # the fields of a place
    )


def read_times(form: Form) -> tuple[datetime, datetime | None]:
    """Its day and hours; until after midnight where it ends before it begins."""
    day = read_day(form, "day", missing="Dites quel jour.")
    begins = _read_hour(form, "begins", missing="Dites à quelle heure cela commence.") or time()
    ends = _read_hour(form, "ends")
    first = datetime.combine(day or date.today(), begins, PARIS)
    if ends is None:
        return first, None
    last = datetime.combine(first.date(), ends, PARIS)
    return first, last if last > first else last + timedelta(days=1)  # a party ends after midnight


def _read_hour(form: Form, name: str, *, missing: str = "") -> time | None:
    typed = form.text(name, limit=10, missing=missing)
    found = HOUR.fullmatch(typed)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (-1, 0)
    if hour in range(24) and minute in range(60):
        return time(hour, minute)
    if typed:
        form.fail(name, "Écrivez une heure, par exemple 14 h 30.")
    return None


def _read_exceptions(form: Form, begins_at: datetime) -> tuple[datetime, ...]:
    """Days on which it does not take place, one a line, at the hour of the others."""
    found = []
    for line in form.lines("exceptions", limit=TEXT_LIMIT).replace(",", "\n").split():
        try:
            found.append(datetime.combine(parse_day(line), begins_at.astimezone(PARIS).time(), PARIS))
        except ValueError:
            form.fail("exceptions", "« %(typed)s » n’est pas une date. Exemple : 2027-05-09.", typed=line[:30])
    return tuple(found)


async def _read_where(conn: Connection, form: Form, known: Sequence[PublicPlace]) -> Where:
    at = next((one for one in known if one.username == form.typed("at_place")), None)
    if at is not None:
        place = place_fields(at.place)
        name = str(at.place.name).partition(" (")[0]
        return Where(venue=at.name, street=at.street, place=_keep_place(place | {"place_name": name}))
    venue = form.text("venue", limit=PLACE_LIMIT, missing="Dites où l’on se retrouve : la salle, le parc, la rue.")
    street = form.text("street", limit=PLACE_LIMIT)
    commune = await read_commune(conn, form, "commune", missing="Dites dans quelle commune.")
    return Where(venue=venue, street=street, place=_keep_place(place_fields(commune.place if commune else None)))


def _keep_place(fields: dict[str, object]) -> dict[str, object]:
    """Without the circle: one comes to the place itself."""
    return {name: value for name, value in fields.items() if name != "radius"}


def read_capacity(form: Form) -> int | None:
    """How many may come; None where as many as want to may."""
    typed = form.text("capacity", limit=NUMBER_LIMIT)
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()) or not 1 <= int(typed) <= CAPACITY_LIMIT:
        form.fail("capacity", "Dites combien de places il y a, de 1 à %(most)s, ou laissez vide.", most=CAPACITY_LIMIT)
        return None
    return int(typed)


def first_values(organiser: str, known: Sequence[PublicPlace], commune: str) -> MultiDict[str]:
    """A new meeting: at the place that calls it, for everybody, from two to six."""
    at = organiser if any(one.username == organiser for one in known) else ""
    return MultiDict(
        begins="14:00",
        ends="18:00",
        at_place=at,
        commune=commune,
        registration="everybody",
        repeats="once",
        waiting_list="1",
        audience="network",
    )


async def values_of(conn: Connection, full: FullMeeting, known: Sequence[PublicPlace]) -> MultiDict[str]:
    """A meeting as its form has it."""
    meeting, listing = full.meeting, full.listing
    begins = find_local(meeting.begins_at, meeting.timezone)
    repeat, until = read_repeat(meeting.rrule)
    return MultiDict(
        title=listing.details.title,
        text=listing.post.source or "",
        day=begins.date().isoformat(),
        begins=f"{begins:%H:%M}",
        ends=f"{find_local(meeting.ends_at, meeting.timezone):%H:%M}" if meeting.ends_at else "",
        at_place=_find_place(meeting, known),
        venue=meeting.venue,
        street=meeting.street,
        commune=await _name_commune(conn, listing),
        registration=meeting.registration,
        external_url=meeting.external_url or "",
        capacity=str(meeting.capacity or ""),
        waiting_list="1" if meeting.waiting_list else "",
        audience=listing.post.meant_audience,
        repeats=repeat,
        until=until,
        exceptions="\n".join(f"{find_local(one, meeting.timezone):%Y-%m-%d}" for one in meeting.excluded),
    )


def _find_place(meeting: Meeting, known: Sequence[PublicPlace]) -> str:
    """The place of ours where it is."""
    found = (one.username for one in known if (one.name, one.street) == (meeting.venue, meeting.street))
    return next(found, "")


async def _name_commune(conn: Connection, listing: Listing) -> str:
    code = listing.details.commune_code
    commune = await places.find_commune(conn, code) if code else None
    return commune.label if commune is not None else listing.details.place_name or ""
