"""A bike with its book as it goes to another server: in short while it is offered, whole once both said yes."""

from collections.abc import Sequence

from federation.signatures.multibase import encode_sha256
from federation.vocabulary.bike_books import BikeBook, BookEntry
from federation.vocabulary.sent_files import SentFile
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.entries import BikeEntry
from models.repairs.bikes.files import BikeFile
from models.repairs.bikes.handovers import Handover


def build_short_book(bike: Bike, handover: Handover, lines: int) -> BikeBook:
    """What is read before a yes: the bike's name and kind, and how long its book is."""
    return BikeBook(name=bike.name, bike_type=bike.bike_type, lines=lines, answer_until=handover.expires_at)


def build_whole_book(
    bike: Bike, lines: Sequence[BikeEntry], sent: Sequence[BikeFile], *, offer: str, giver: str
) -> BikeBook:
    """All of it, in answer to the yes to `offer`; `giver` is her name where she wants it told. `sent` are its files,
    each with its address.
    """
    of_entry: dict[int | None, list[BikeFile]] = {}
    for one in sent:
        of_entry.setdefault(one.entry_id, []).append(one)
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
        files=build_files(of_entry.get(None, ())),
        entries=tuple(_build_entry(line, of_entry.get(line.id, ())) for line in lines),
    )


def build_files(sent: Sequence[BikeFile]) -> tuple[SentFile, ...]:
    """Where each is fetched, and what it is to the bit."""
    return tuple(
        SentFile(
            kind=one.kind,
            mime_type=one.mime_type,
            uri=one.sent_uri,
            size=one.file_size,
            digest=encode_sha256(one.digest),
        )
        for one in sent
        if one.sent_uri is not None and one.file_size is not None and one.digest is not None
    )


def _build_entry(line: BikeEntry, sent: Sequence[BikeFile]) -> BookEntry:
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
        files=build_files(sent),
    )
