"""Those who answered a listing side by side, for its owner: who each is, what she wrote, when she can, her place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
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


NO_ANSWERS = Answers()
"""What everybody but its owner sees of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """What all cards are made of: the listing, whether it is promised, and who stands on its list in which order."""

    listing: Listing
    promised: bool
    places: Sequence[ReservePlace]

    def find_place(self, actor_id: int) -> ReservePlace | None:
        """Somebody's, if she has one."""
        return next((one for one in self.places if one.actor_id == actor_id), None)

    def find_number(self, place: ReservePlace | None) -> int | None:
        """From 1, for those who said that they stay."""
        standing = [one.id for one in self.places if one.state != "offered"]
        return standing.index(place.id) + 1 if place is not None and place.id in standing else None


async def list_answers(conn: Connection, locale: ReaderLocale, owner_id: int, listing: Listing) -> Answers:
    """The answers to one of the reader's own listings."""
    found = await own_exchanges.list_about(conn, owner_id, listing.id)
    places = await reserves.list_places(conn, listing.id)
    compared = _Compared(listing=listing, promised=await is_promised(conn, listing), places=places)
    people = await actors.map_by_ids(conn, sorted({one.other_id for one in found}))
    said = await first_words.map_first_words(conn, [one.id for one in found])
    rows = await list_rows(conn, locale, found)
    shown = [
        _make_answer(compared, one, row, people[one.other_id], said[one.id])
        for one, row in zip(found, rows, strict=True)
    ]
    shown.sort(key=_rank)
    full = [await _complete(conn, one, people[one.actor_id]) for one in shown[:COMPARED]]
    return Answers(
        people=(*full, *shown[COMPARED:]),
        waiting=sum(one.state != "offered" for one in places),
        called=any(one.state == "called" for one in places),
        lent=has_calendar(listing.details),
    )


def _make_answer(compared: _Compared, one: MyExchange, row: ExchangeRow, other: Actor, said: FirstWords) -> Answer:
    listing, place = compared.listing, compared.find_place(other.id)
    return Answer(
        row=row,
        actor_id=other.id,
        plate=None,
        by_mail=other.guest,
        since=said.since,
        distance=_find_distance(listing, other),
        habit="",
        words=_write_words(said),
        choose=_find_choice(listing, one, promised=compared.promised),
        ask=_find_ask(listing, place, promised=compared.promised),
        state=None if place is None else place.state,
        place=compared.find_number(place),
        until=None if place is None else place.until,
    )


async def _complete(conn: Connection, answer: Answer, other: Actor) -> Answer:
    """With what takes a question for each: the cooperative of people elsewhere, how soon members usually answer."""
    if other.guest:
        return answer
    if other.local:
        return replace(answer, habit=await find_reply_time(conn, other.id))
    return replace(answer, plate=await find_coop_badge(conn, other, None))


def _rank(answer: Answer) -> tuple[bool, bool, bool, float, bool]:
    """What waits for her first, then whose turn it is and the list in its order, then what is new."""
    place = float(answer.place) if answer.place is not None else float("inf")
    return not answer.row.urgent, not answer.row.agreed, answer.state != "called", place, not answer.row.unread


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
