"""A bike with its book as it goes to another server: in short while it is offered, whole once both said yes."""

from collections.abc import Sequence

from federation.vocabulary.bike_books import BikeBook, BookEntry
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.entries import BikeEntry
from models.repairs.bikes.handovers import Handover


def build_short_book(bike: Bike, handover: Handover, lines: int) -> BikeBook:
    """What is read before a yes: the bike's name and kind, and how long its book is."""
    return BikeBook(name=bike.name, bike_type=bike.bike_type, lines=lines, answer_until=handover.expires_at)


def build_whole_book(bike: Bike, lines: Sequence[BikeEntry], *, offer: str, giver: str) -> BikeBook:
    """All of it, in answer to the yes to `offer`; `giver` is her name where she wants it told. Files stay behind."""
    return BikeBook(
        name=bike.name,
        bike_type=bike.bike_type,
        lines=len(lines),
        offer=offer,
        brand=bike.brand,
        model=bike.model,
        made_in=bike.made_in,
        wheel_size=bike.wheel_size,
        frame_number=bike.frame_number,
        giver=giver,
        entries=tuple(map(_build_entry, lines)),
    )


def _build_entry(line: BikeEntry) -> BookEntry:
    return BookEntry(
        done_on=line.done_on,
        title=line.title,
        text=line.text,
        organ=line.organ,
        outcome=line.outcome,
        minutes=line.minutes,
        parts=tuple(line.parts),
        repairer=line.repairer,
        kilometres=line.kilometres,
    )
