"""Those who answered a listing side by side, for its owner: who each is, what she wrote, when she can, her place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation.texts.html_cleaner import to_text
from models.exchanges import first_words, own_exchanges, reserves
from models.exchanges.first_words import FirstWords
from models.exchanges.own_exchanges import MyExchange
from models.exchanges.reserves import PlaceState, ReservePlace
from models.listings.listings import Listing, has_calendar
from models.people import actors
from models.people.actors import Actor
from models.places import geometry
from models.store.database import Connection
from outbox.exchanges.agreements.turns import is_promised
from web.pages.components.listing_cards import CoopBadge, find_coop_badge
from web.pages.components.response_times import find_reply_time
from web.pages.exchanges.own_exchanges import ExchangeRow, list_rows
from web.rendering.date_ranges import ReaderLocale
from web.rendering.open_graph import cut
from web.rendering.paths import exchange_path

SHOWN = 240
"""So many characters of what somebody wrote."""

BEGINNING = 4_000
"""So many of the HTML of a message are looked at for them."""

COMPARED = 30
"""So many people are shown with everything; of the others the thread says it."""

_NAMED = re.compile(r"\A(?:@\S+\s*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One who answered. `choose` is where her owner says that she has it, "" where it is not that far; `place` her
    number on the list, `until` how long she may say whether she stays, or still wants it.
    """

    row: ExchangeRow
    actor_id: int
    plate: CoopBadge | None
    by_mail: bool
    since: datetime
    distance: float | None
    habit: str
    words: str
    choose: str
    ask: str
    state: PlaceState | None
    place: int | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All of them, those who wait for her first; how many stand on the list, and whether somebody of it is asked."""

    people: tuple[Answer, ...] = ()
    waiting: int = 0
    called: bool = False
    lent: bool = False


async def list_answers(conn: Connection, locale: ReaderLocale, owner_id: int, listing: Listing) -> Answers:
    """The answers to one of the reader's own listings."""
    found = await own_exchanges.list_about(conn, owner_id, listing.id)
    places = await reserves.list_places(conn, listing.id)
    people = await actors.map_by_ids(conn, sorted({one.other_id for one in found}))
    said = await first_words.map_first_words(conn, [one.id for one in found])
    promised = await is_promised(conn, listing)
    rows = {row.id: row for row in await list_rows(conn, locale, found)}
    numbers = {one.actor_id: number for number, one in enumerate(_list_standing(places), start=1)}
    held = {one.actor_id: one for one in places}
    shown = []
    for index, one in enumerate(found):
        other = people[one.other_id]
        full = index < COMPARED
        place = held.get(other.id)
        shown.append(
            Answer(
                row=rows[one.id],
                actor_id=other.id,
                plate=await find_coop_badge(conn, other, None) if full and not other.local else None,
                by_mail=other.guest,
                since=said[one.id].since,
                distance=_find_distance(listing, other),
                habit=await find_reply_time(conn, other.id) if full and other.local and not other.guest else "",
                words=_write_words(said[one.id]),
                choose=_find_choice(listing, one, promised=promised),
                ask=_find_ask(listing, place, promised=promised),
                state=place.state if place is not None else None,
                place=numbers.get(other.id),
                until=place.until if place is not None and place.state != "waiting" else None,
            )
        )
    return Answers(
        people=tuple(sorted(shown, key=_rank)),
        waiting=len(numbers),
        called=any(one.state == "called" for one in places),
        lent=has_calendar(listing.details),
    )


def _list_standing(places: Sequence[ReservePlace]) -> list[ReservePlace]:
    return [one for one in places if one.state != "offered"]


def _rank(answer: Answer) -> tuple[bool, bool, bool, float]:
    """What waits for her first, then the list in its order, then what is new."""
    place = float(answer.place) if answer.place is not None else float("inf")
    return not answer.row.urgent, not answer.row.agreed, not answer.row.unread, place


def _find_choice(listing: Listing, one: MyExchange, *, promised: bool) -> str:
    """Where she is chosen: only what is given once is a choice between people."""
    if has_calendar(listing.details) or promised or not one.turn:
        return ""
    return f"{exchange_path(one.id)}/choisir"


def _find_ask(listing: Listing, place: ReservePlace | None, *, promised: bool) -> str:
    """Where somebody of the list is asked before her turn."""
    if place is None or place.state != "waiting" or has_calendar(listing.details) or promised:
        return ""
    return f"/annonces/d/{listing.id}/liste"


def _find_distance(listing: Listing, other: Actor) -> float | None:
    """Metres between the two, as far as both say where they are."""
    details = listing.details
    if None in (details.latitude, details.longitude, other.latitude, other.longitude):
        return None
    assert details.latitude is not None and details.longitude is not None
    assert other.latitude is not None and other.longitude is not None
    metres = geometry.distance(details.latitude, details.longitude, other.latitude, other.longitude)
    return geometry.describe_distance(metres, max(details.radius or 0, other.radius or 0))


def _write_words(said: FirstWords) -> str:
    """The first lines, without the names before a message."""
    text = said.said or _NAMED.sub("", to_text(said.content[:BEGINNING]))
    return cut(" ".join(text.split()), SHOWN)
