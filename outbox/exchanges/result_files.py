"""Pictures and the invoice that a repairer puts beside what came out: for the cyclist's book, here or elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from federation.uris import file_uri
from models.errors import Conflict
from models.people.actors import Actor
from models.repairs.bikes import files, proposals, sent_files
from models.repairs.bikes.files import BikeFile, Kind, StoredFile
from models.repairs.results.notes import NoteFile, RepairNote
from models.repairs.results.results import RepairResult
from models.repairs.results.sides import find_sides
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """One that lies in the store and goes with a result."""

    kind: Kind
    stored: StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """What goes with a result from now on, and which of those before do not."""

    added: tuple[NewFile, ...] = ()
    dropped: tuple[int, ...] = ()


NO_FILES = FileChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressedFile(NewFile):
    """A new one with the address at which the other server fetches it; None where the other side is here."""

    uri: str | None


async def may_attach(conn: Connection, case: AgreementContext, actor: Actor, own: RepairResult | None) -> bool:
    """Whether she repaired, and the cyclist has a book, here or where files are fetched, and has not answered."""
    return (own is None or own.book_answer is None) and await _has_taker(conn, case, actor)


async def _has_taker(conn: Connection, case: AgreementContext, actor: Actor) -> bool:
    found = find_sides(case.agreement, case.listing.details)
    if found is None or found.repairer_id != actor.id:
        return False
    cyclist = case.other_of(actor)
    return await proposals.has_books(conn, cyclist.id) if cyclist.local else case.reads(cyclist)


async def require_possible(conn: Connection, case: AgreementContext, actor: Actor, own: RepairResult | None) -> None:
    """Raise Conflict where nobody would take a file."""
    if not await _has_taker(conn, case, actor):
        raise Conflict("result_files_for_nobody", field="photos")
    if own is not None and own.book_answer is not None:
        raise Conflict("result_answered", field="photos")


def address(site: Site, actor: Actor, cyclist: Actor, added: Sequence[NewFile]) -> list[AddressedFile]:
    """Each with an address of its own, where it is fetched from."""
    return [
        AddressedFile(
            kind=one.kind,
            stored=one.stored,
            uri=None if cyclist.local else file_uri(site, actor.username),
        )
        for one in added
    ]


async def save(conn: Connection, result_id: int, cyclist: Actor, added: Sequence[AddressedFile]) -> None:
    """They are beside the result. Raises Conflict where those are too many or too heavy."""
    for one in added:
        file_id = await files.add_to_result(conn, result_id, one.kind, one.stored)
        if one.uri is not None:
            await sent_files.send(conn, file_id, one.uri, cyclist.id)


async def list_sent(conn: Connection, result: RepairResult) -> tuple[NoteFile, ...]:
    """What another server is told that goes with this result."""
    held = await files.list_of_result(conn, result.id)
    return tuple(found for one in held if (found := _tell(one, one.kind, one.sent_uri)) is not None)


def with_files(note: RepairNote, before: Sequence[NoteFile], added: Sequence[AddressedFile]) -> RepairNote:
    """The note as another server is told it."""
    new = (_tell(one.stored, one.kind, one.uri) for one in added)
    return replace(note, files=(*before, *(one for one in new if one is not None)))


def _tell(stored: BikeFile | StoredFile, kind: Kind, uri: str | None) -> NoteFile | None:
    if uri is None or stored.digest is None or stored.file_size is None:
        return None
    return NoteFile(kind=kind, mime_type=stored.mime_type, uri=uri, size=stored.file_size, digest=stored.digest)
