"""Nobody came forward: the author of a call hears it from the cooperative, with what remains."""

from dataclasses import dataclass
from datetime import UTC, datetime

from models.listings.listings import Listing
from models.meetings.agenda import AgendaEntry
from models.moments import PARIS
from models.people import accounts, actors
from models.people.actors import Actor
from models.repairs.calls import figures, workshops
from models.repairs.calls.evenings import find_next_evening
from models.repairs.passers_by import UNANSWERED
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.builders.texts.wording import write_day
from outbox.threads.cooperative_messages import write_to_member

NAMED = 3
"""Workshops that the message names."""

FIRST = {
    "fr": "Personne ne s’est encore proposé pour « {title} ».",
    "en": "Nobody has come forward for “{title}” yet.",
}
TOLD = {
    ("fr", False): "{count} personnes ont été prévenues.",
    ("fr", True): "Une personne a été prévenue.",
    ("en", False): "{count} people were told.",
    ("en", True): "One person was told.",
}
NOBODY = {
    "fr": "Nous n’avons trouvé personne à prévenir près de vous.",
    "en": "We found nobody near you to tell.",
}
PLACES = {"fr": "Des lieux où passer : {names}.", "en": "Places to go to: {names}."}
EVENING = {
    "fr": "Prochain rendez-vous de réparation : « {title} », le {day}.",
    "en": "Next repair meeting: “{title}”, on {day}.",
}
LAST = {
    "fr": "Pour relancer l’appel, le laisser ouvert ou le fermer : {page}",
    "en": "To call again, leave it open or close it: {page}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatRemains:
    """Where somebody can go whose call nobody answers: the nearest places with hours, the next evening of repairs."""

    places: list[Actor]
    evening: AgendaEntry | None


async def find_what_remains(conn: Connection, listing: Listing, *, at: datetime) -> WhatRemains:
    """As the author of the call sees it."""
    details = listing.details
    found = await workshops.list_open_places(conn, details.latitude, details.longitude, limit=NAMED)
    known = await actors.map_by_ids(conn, [one.actor_id for one in found])
    point = None
    if details.latitude is not None and details.longitude is not None:
        point = (details.latitude, details.longitude)
    evening = await find_next_evening(conn, listing.post.author_id, point, at=at)
    return WhatRemains(places=[known[one.actor_id] for one in found], evening=evening)


async def tell_author(conn: Connection, site: Site, listing: Listing) -> bool:
    """Write to her, in her language; False where she has no account here that could be written to."""
    author = await actors.get(conn, listing.post.author_id)
    account = await accounts.find(conn, author.id)
    if account is None:
        return False
    if account.passing:  # she has no messages here: her page says it, and a mail if she gave an address
        await jobs.enqueue(conn, UNANSWERED, {"actor_id": author.id}, key=f"{UNANSWERED}:{listing.id}")
        return True
    remains = await find_what_remains(conn, listing, at=datetime.now(UTC))
    people = (await figures.load(conn, listing.id)).notified
    words = {language: _write(listing, remains, people, language) for language in ("fr", "en")}
    return await write_to_member(conn, site, author, words) is not None


def _write(listing: Listing, remains: WhatRemains, people: int, language: str) -> str:
    parts = [FIRST[language].format(title=listing.details.title)]
    parts.append(TOLD[language, people == 1].format(count=people) if people else NOBODY[language])
    if remains.places:
        parts.append(PLACES[language].format(names=", ".join(one.display_name for one in remains.places)))
    if remains.evening is not None:
        begins_at = remains.evening.occurrence.begins_at.astimezone(PARIS)
        day = write_day(begins_at, french=language == "fr")
        parts.append(EVENING[language].format(title=remains.evening.meeting.listing.details.title, day=day))
    parts.append(LAST[language].format(page=listing.post.url))
    return " ".join(parts)
