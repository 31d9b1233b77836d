"""When and where a meeting is, and what those who come are told of it, in the languages of the interface (pure)."""

from datetime import datetime
from html import escape
from typing import Literal

from models.listings.listings import ListingDetails
from models.meetings.meetings import Meeting
from models.meetings.recurrence import find_zone
from outbox.builders.texts.wording import NBSP, write_day

News = Literal["seat", "waiting", "moved", "cancelled", "reminder", "refused", "left"]
"""What somebody who registered is told: she comes, she waits, it is at another time or place, it does not take place,
it is tomorrow, she cannot come, she comes no more."""

_DAYS = (
    ("lundi", "Monday"),
    ("mardi", "Tuesday"),
    ("mercredi", "Wednesday"),
    ("jeudi", "Thursday"),
    ("vendredi", "Friday"),
    ("samedi", "Saturday"),
    ("dimanche", "Sunday"),
)

CANCELLED = {"fr": "Annulée", "en": "Cancelled"}

WORDS: dict[tuple[News, str], str] = {
    ("seat", "fr"): "Votre place est gardée : « {title} », {when}, {where}. Si vous ne pouvez plus venir : {page}",
    ("seat", "en"): "Your seat is kept: “{title}”, {when}, {where}. If you cannot come any more: {page}",
    (
        "waiting",
        "fr",
    ): "C’est complet : vous êtes sur la liste d’attente ({place}) pour « {title} », {when}, {where}. Nous "
    "vous écrivons dès qu’une place se libère : {page}",
    (
        "waiting",
        "en",
    ): "It is full: you are on the waiting list ({place}) for “{title}”, {when}, {where}. We write to you "
    "as soon as a seat is free: {page}",
    (
        "moved",
        "fr",
    ): "Cela change : « {title} » a lieu {when}, {where}. Votre inscription reste. Si vous ne pouvez plus "
    "venir : {page}",
    (
        "moved",
        "en",
    ): "A change: “{title}” takes place {when}, {where}. You stay registered. If you cannot come any more: {page}",
    ("cancelled", "fr"): "« {title} », prévue {when}, {where}, n’aura pas lieu. {page}",
    ("cancelled", "en"): "“{title}”, planned {when}, {where}, will not take place. {page}",
    ("reminder", "fr"): "À bientôt : « {title} », {when}, {where}. Si vous ne pouvez plus venir, laissez votre place à "
    "quelqu’un : {page}",
    ("reminder", "en"): "See you soon: “{title}”, {when}, {where}. If you cannot come any more, leave your seat to "
    "somebody: {page}",
    ("refused", "fr"): "Votre inscription n’a pas pu être prise pour « {title} », {when}, {where} : {page}",
    ("refused", "en"): "Your registration could not be taken for “{title}”, {when}, {where}: {page}",
    ("left", "fr"): "C’est noté : vous ne venez pas à « {title} », {when}. {page}",
    ("left", "en"): "Noted: you do not come to “{title}”, {when}. {page}",
}


def write_when(begins_at: datetime, ends_at: datetime | None, timezone: str, language: str) -> str:
    """`samedi 12 décembre 2026, de 14 h à 18 h`; in English `Saturday 12 December 2026, 14:00 to 18:00`."""
    french, zone = language != "en", find_zone(timezone)
    first = begins_at.astimezone(zone)
    last = None if ends_at is None else ends_at.astimezone(zone)
    day = _write_date(first, french=french)
    begins = _write_hour(first, french=french)
    if last is None:
        return f"{day}, à {begins}" if french else f"{day}, {begins}"
    ends = _write_hour(last, french=french)
    if last.date() != first.date():
        other = _write_date(last, french=french)
        return f"du {day}, {begins}, au {other}, {ends}" if french else f"{day}, {begins}, to {other}, {ends}"
    return f"{day}, de {begins} à {ends}" if french else f"{day}, {begins} to {ends}"


def _write_date(moment: datetime, *, french: bool) -> str:
    return f"{_DAYS[moment.weekday()][0 if french else 1]} {write_day(moment, french=french)} {moment.year}"


def _write_hour(moment: datetime, *, french: bool) -> str:
    if not french:
        return f"{moment:%H:%M}"
    return f"{moment.hour}{NBSP}h" + (f"{NBSP}{moment:%M}" if moment.minute else "")


def write_where(details: ListingDetails, meeting: Meeting, venue: str = "") -> str:
    """The hall, its street and its commune: `Salle du Marais, 3 rue du Lin, Lomme`; `venue` is that of one time.

    Others write the hall before the commune too: it is said once.
    """
    commune = (details.place_name or "").removeprefix(f"{meeting.venue}, " if meeting.venue else "")
    parts = (venue,) if venue else (meeting.venue, meeting.street, commune)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def write_summary(details: ListingDetails, meeting: Meeting, language: str) -> str:
    """One line with what whoever wants to come has to know: all that Mastodon shows between the title and the link."""
    when = write_when(details.begins_at or meeting.begins_at, details.ends_at, meeting.timezone, language)
    where = write_where(details, meeting)
    line = f"{when} · {where}" if where else when
    if details.status == "cancelled":
        return f"{CANCELLED['en' if language == 'en' else 'fr']}{NBSP}: {line}"
    return line[:1].upper() + line[1:]


def write_facts(details: ListingDetails, meeting: Meeting, language: str) -> list[str]:
    """The same as HTML, in parts."""
    when = write_when(details.begins_at or meeting.begins_at, details.ends_at, meeting.timezone, language)
    where = write_where(details, meeting)
    return [f"🗓️ {escape(when, quote=False)}", *([f"📍 {escape(where, quote=False)}"] if where else [])]


REASONS: dict[str, str] = {
    "meeting_full": "C’est complet, et il n’y a pas de liste d’attente.",
    "meeting_over": "C’est déjà passé.",
    "meeting_cancelled": "Cela n’aura pas lieu.",
    "meeting_without_registration": "On vient sans s’inscrire.",
    "meeting_registers_elsewhere": "On s’inscrit ailleurs : l’adresse est sur la page.",
    "meeting_for_members": "C’est réservé aux membres des coopératives.",
    "meeting_time_unknown": "Cette rencontre n’a pas lieu à cette date.",
    "meeting_too_many_people": "Cela fait trop de personnes pour une seule inscription.",
}
"""Why a Join is refused: these words go to whoever asked, at another server."""


_REGISTERED = {
    "fr": (
        ("{n} personne vient en plus", "{n} personnes viennent en plus"),
        ("{n} attend une place", "{n} attendent une place"),
        ("{n} ne vient plus", "{n} ne viennent plus"),
    ),
    "en": (
        ("{n} more person comes", "{n} more people come"),
        ("{n} waits for a seat", "{n} wait for a seat"),
        ("{n} comes no more", "{n} come no more"),
    ),
}
"""Who comes, who waits and who comes no more, each for one and for several."""


def write_registered(title: str, counts: tuple[int, int, int], page: str, language: str) -> str:
    """One sentence for those who organise: `« Troc » : 3 personnes viennent en plus, 1 attend une place.`"""
    words = _REGISTERED["en" if language == "en" else "fr"]
    said = ", ".join(forms[count > 1].format(n=count) for forms, count in zip(words, counts, strict=True) if count)
    if language == "en":
        return f"“{title}”: {said}. Who comes: {page}"
    return f"« {title} » : {said}. Qui vient : {page}"


def write_refused(title: str, words: str, language: str, *, edited: bool) -> str:
    """To those who lead a community: the team lets what they announce, or a new version of it, not appear, and why."""
    if language == "en":
        what = "stays as it was: the new version is not accepted" if edited else "will not appear"
        return f"“{title}” {what}. The cooperative’s team writes: {words}"
    what = "reste comme avant : la nouvelle version n’est pas acceptée" if edited else "ne paraîtra pas"
    return f"« {title} » {what}. L’équipe de la coop écrit : {words}"
