"""What an activity's `object` may hold: the table from an object's type to its reader and to its writer."""

import re
from collections.abc import Callable
from typing import Any, TypeGuard, overload

from federation.errors import Malformed
from federation.json.fields import Json, each, types, uri
from federation.vocabulary.actors import ACTOR_TYPES, ActorDocument, read_actor, write_actor
from federation.vocabulary.agreements import (
    Agreement,
    EconomicEvent,
    read_agreement,
    read_economic_event,
    write_agreement,
    write_economic_event,
)
from federation.vocabulary.bike_books import BikeBook, read_bike_book, write_bike_book
from federation.vocabulary.communities import CharterDocument, require_charter, write_charter
from federation.vocabulary.friendships import Friendship, write_friendship
from federation.vocabulary.marketplace import (
    FlohmarktOffer,
    Proposal,
    is_flohmarkt_offer,
    is_proposal,
    read_flohmarkt_offer,
    read_proposal,
    write_proposal,
)
from federation.vocabulary.meetings import Event, read_event, write_event
from federation.vocabulary.objects import Note, Tombstone, read_note, read_tombstone, write_note, write_tombstone
from federation.vocabulary.polls import Vote, write_vote
from federation.vocabulary.quotes import QuoteAuthorization, read_quote_authorization, write_quote_authorization

Object = (
    Note
    | Proposal
    | FlohmarktOffer
    | Event
    | Tombstone
    | ActorDocument
    | Agreement
    | EconomicEvent
    | Vote
    | QuoteAuthorization
    | CharterDocument
    | BikeBook
    | Friendship
)

OBJECT_READERS: dict[str, Callable[[Json], Object]] = {
    **dict.fromkeys(ACTOR_TYPES, read_actor),
    "Agreement": read_agreement,
    "BikeBook": read_bike_book,
    "Charter": require_charter,
    "EconomicEvent": read_economic_event,
    "Event": read_event,
    "QuoteAuthorization": read_quote_authorization,
    "Tombstone": read_tombstone,
}
"""Types read in a way of their own; all others are listings by their properties, or shown like a Note (AX5, AX25)."""

OBJECT_WRITERS: dict[type[Any], Callable[[Any], Json]] = {
    ActorDocument: write_actor,
    Agreement: write_agreement,
    BikeBook: write_bike_book,
    CharterDocument: write_charter,
    EconomicEvent: write_economic_event,
    Event: write_event,
    Friendship: write_friendship,
    Note: write_note,
    Proposal: write_proposal,
    QuoteAuthorization: write_quote_authorization,
    Tombstone: write_tombstone,
    Vote: write_vote,
}
"""What we ourselves write."""


def read_object(document: Json) -> Object:
    """An object in our form, whatever its type; raises Malformed for one without what its type needs."""
    if is_proposal(document):
        return read_proposal(document)
    if is_flohmarkt_offer(document):
        return read_flohmarkt_offer(document)
    for name in types(document):
        read = OBJECT_READERS.get(re.split("[:#]", name)[-1])
        if read is not None:
            return read(document)
    return read_note(document)


def read_embedded(value: object) -> Object | str:
    """An object, or the address of one to be fetched; of a list the first. Raises Malformed for neither.

    An object that lacks what its type needs counts as its address: fetching may tell more.
    """
    first = next(each(value), None)
    address = uri(first)
    if isinstance(first, dict) and "type" in first:
        try:
            return read_object(first)
        except Malformed:
            if address is None:
                raise
    if address is None:
        raise Malformed("The object of this activity is neither an object nor an address.")
    return address


def id_of(value: Object | str) -> str:
    """The id of an object, or the address itself; empty for an Agreement that has none yet, a bike and a friendship."""
    match value:
        case str():
            return value
        case Proposal() | FlohmarktOffer() | Event():
            return value.note.id
        case BikeBook() | Friendship():
            return ""
        case _:
            return value.id or ""


Postlike = Note | Proposal | FlohmarktOffer | Event
"""What is shown like a post."""


def is_postlike(value: object) -> TypeGuard[Postlike]:
    """Whether it is shown like a post."""
    return isinstance(value, Note | Proposal | FlohmarktOffer | Event)


@overload
def note_of(value: Postlike) -> Note: ...
@overload
def note_of(value: Object | str) -> Note | None: ...
def note_of(value: Object | str) -> Note | None:
    """The part of an object that is shown like a post; None for what is no post."""
    match value:
        case Note():
            return value
        case Proposal() | FlohmarktOffer() | Event():
            return value.note
        case _:
            return None
