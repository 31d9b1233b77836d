"""What has a date in a member's days, in words: what goes out, what comes back, what she keeps, when she is away."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Literal

from models.exchanges.agenda import DatedAgreement, KeptDays
from models.exchanges.agreements import BOUND
from models.meetings.agenda import OwnEntry
from models.people.opening_hours import Closure
from models.settings import Site
from outbox.builders.texts.meetings import write_where
from web.rendering.date_ranges import DAY, DateRange, ReaderLocale, read_span
from web.rendering.formats import format_short_day, to_paris_day
from web.rendering.paths import exchange_path, meeting_path
from web.rendering.render import N_

Look = Literal["agreed", "waiting", "kept"]

BEGINS = {
    ("loan", True): N_("Vous prêtez"),
    ("loan", False): N_("Vous empruntez"),
    ("gift", True): N_("Vous donnez"),
    ("gift", False): N_("Vous recevez"),
    ("swap", True): N_("Vous échangez"),
    ("swap", False): N_("Vous échangez"),
    ("sale", True): N_("Vous vendez"),
    ("sale", False): N_("Vous achetez"),
    ("service", True): N_("Vous donnez un coup de main"),
    ("service", False): N_("On vous donne un coup de main"),
    ("repair", True): N_("Vous réparez un vélo"),
    ("repair", False): N_("On répare votre vélo"),
}
"""What happens when it begins, by how and by whether it is she who gives, lends or does it."""

ELSE = N_("Vous avez rendez-vous")

BACK = {True: N_("Retour chez vous"), False: N_("À rendre")}
"""The end of a loan, by whether it is hers."""

MEETS: dict[str, str] = {
    "seat": N_("Rencontre"),
    "waiting": N_("Vous attendez une place"),
    "asked": N_("Vous attendez une place"),
}
"""A meeting, by how her registration stands."""

ICONS: dict[Look, str] = {"agreed": "agreement", "waiting": "waiting", "kept": "date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry:
    """One thing on one day: what, with whom, from when to when, where, how far it is, and where it leads.

    `ics` is a file for one's own calendar; `urgent` where somebody waits for her. A `span` is put into words only where
    the line is shown.
    """

    day: date
    what: str
    href: str
    icon: str
    hour: time | None = None
    title: str = ""
    other: str = ""
    span: DateRange | None = None
    when: str = ""
    place: str = ""
    state: str = ""
    urgent: bool = False
    ics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaSpan:
    """The days that something lasts, both included; `line` tells it while it goes on."""

    first: date
    last: date
    look: Look
    line: AgendaEntry


@dataclass(frozen=True, slots=True)
class AgendaEntries:
    """Everything with a date: its lines, the days that it lasts, and what should be over and is not said to be."""

    lines: list[AgendaEntry] = field(default_factory=list)
    stretches: list[AgendaSpan] = field(default_factory=list)
    late: list[AgendaEntry] = field(default_factory=list)

    def add(self, stretch: AgendaSpan, *lines: AgendaEntry) -> None:
        """One more thing."""
        self.stretches.append(stretch)
        self.lines.extend(lines)


def add_agreements(locale: ReaderLocale, dated: AgendaEntries, found: Iterable[DatedAgreement], *, today: date) -> None:
    """What is agreed or asked for: a loan goes out on one line and comes back on another."""
    for one in found:
        span = read_span(one.begins_at, one.ends_at)
        assert span is not None
        begins = _build_begin(locale, one, span)
        first, last = _find_days(one, span)
        lines = [_move(begins, first)]
        back = _build_return(locale, one, begins, span)
        if back is not None:
            lines.append(_move(back, last))
        look: Look = "agreed" if one.state in BOUND else "waiting"
        dated.add(AgendaSpan(first=first, last=last, look=look, line=begins), *lines)
        if one.state == "agreed" and last < today:
            dated.late.append(lines[-1])


def add_kept_days(locale: ReaderLocale, dated: AgendaEntries, found: Iterable[KeptDays], *, origin: str) -> None:
    """Days that she keeps for one of her things."""
    for one in found:
        span = read_span(one.begins_at, one.ends_at)
        assert span is not None
        line = AgendaEntry(
            day=span.first,
            what=locale.say("Vous gardez"),
            title=one.title,
            span=span,
            href=one.url.removeprefix(origin) + "#jours",
            icon=ICONS["kept"],
        )
        dated.add(AgendaSpan(first=span.first, last=span.last or span.first, look="kept", line=line), line)


def add_meetings(locale: ReaderLocale, dated: AgendaEntries, found: Iterable[OwnEntry], *, site: Site) -> None:
    """Meetings at which she has a seat, or waits for one; not those that are called off."""
    for own in found:
        one, full = own.entry.occurrence, own.entry.meeting
        if own.registration.state not in MEETS or own.entry.cancelled:
            continue
        span = read_span(one.begins_at, one.ends_at)
        assert span is not None
        sure = own.registration.state == "seat"
        line = AgendaEntry(
            day=span.first,
            hour=span.first_hour,
            what=locale.say(MEETS[own.registration.state]),
            title=full.listing.details.title,
            span=span,
            place=write_where(full.listing.details, full.meeting, one.venue),
            href=meeting_path(site, full.listing, one.id, several=full.meeting.rrule is not None),
            icon=ICONS["agreed" if sure else "waiting"],
        )
        look: Look = "agreed" if sure else "waiting"
        dated.add(AgendaSpan(first=span.first, last=span.last or span.first, look=look, line=line), line)


def add_absence(locale: ReaderLocale, dated: AgendaEntries, back_at: datetime, *, today: date) -> None:
    """She is away from now on, and back on a day."""
    back = to_paris_day(back_at)
    line = AgendaEntry(
        day=today,
        what=locale.say("Vous n’êtes pas là"),
        when=locale.say("De retour le %(day)s", day=format_short_day(back, locale.language)),
        href="/compte/absence",
        icon=ICONS["kept"],
    )
    returns = replace(line, day=back, what=locale.say("Vous êtes de retour"), when="")
    dated.add(AgendaSpan(first=today, last=max(back - DAY, today), look="kept", line=line), line, returns)


def add_closures(locale: ReaderLocale, dated: AgendaEntries, closures: Iterable[Closure]) -> None:
    """Days on which the place is closed."""
    for one in closures:
        line = AgendaEntry(
            day=one.first,
            what=locale.say("Votre lieu est fermé"),
            span=DateRange(first=one.first, last=one.last),
            href="/compte/profil#fermetures",
            icon=ICONS["kept"],
        )
        dated.add(AgendaSpan(first=one.first, last=one.last, look="kept", line=line), line)


def _gives(one: DatedAgreement) -> bool:
    """Whether it is she who gives, lends or does something: whoever offers does, whoever asks does not."""
    return one.own == (one.kind == "offer")


def _build_begin(locale: ReaderLocale, one: DatedAgreement, span: DateRange) -> AgendaEntry:
    look: Look = "agreed" if one.state in BOUND else "waiting"
    return AgendaEntry(
        day=span.first,
        hour=span.first_hour,
        what=locale.say(BEGINS.get((one.mode, _gives(one)), ELSE)),
        title=one.title or locale.say("Annonce retirée"),
        other=one.other,
        span=span,
        place=one.place,
        state=_describe_state(locale, one),
        urgent=one.turn or one.confirm,
        href=exchange_path(one.exchange_id),
        icon="done" if one.state == "done" else ICONS[look],
        ics="" if one.state == "done" else f"/accords/{one.id}.ics",
    )


def _build_return(
    locale: ReaderLocale, one: DatedAgreement, begins: AgendaEntry, span: DateRange
) -> AgendaEntry | None:
    if one.mode != "loan" or span.last is None:
        return None
    return replace(begins, day=span.last, hour=span.last_hour, what=locale.say(BACK[_gives(one)]), ics="")


def _find_days(one: DatedAgreement, span: DateRange) -> tuple[date, date]:
    """The first and the last day, as planned; what was over earlier stands on the day on which it was."""
    first, last = span.first, span.last or span.first
    if one.state == "done" and one.ended_at is not None:
        ended = to_paris_day(one.ended_at)
        first, last = min(first, ended), min(last, ended)
    return first, max(first, last)


def _move(line: AgendaEntry, day: date) -> AgendaEntry:
    """The line on another day, where no hour was planned."""
    return line if line.day == day else replace(line, day=day, hour=None)


def _describe_state(locale: ReaderLocale, one: DatedAgreement) -> str:
    if one.turn:
        return locale.say("À vous de répondre")
    if one.confirm:
        return locale.say("À vous de confirmer")
    if one.reported:
        return locale.say("%(name)s doit confirmer", name=one.other)
    if one.state in BOUND:
        return locale.say("Fait") if one.state == "done" else locale.say("D’accord")
    return locale.say("Confirmation en attente") if one.yes else locale.say("%(name)s doit répondre", name=one.other)
