"""Files that a document from elsewhere names for one of ours: awaited from now on, or answered as not wanted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from federation.sandbox.pictures import MAX_BYTES
from federation.signatures.multibase import decode_sha256
from federation.vocabulary.agreements import EconomicEvent
from federation.vocabulary.sent_files import SentFile
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import awaited_files, files, proposals
from models.repairs.bikes.awaited_files import FETCH, NewAwaitedFile
from models.repairs.bikes.files import MOST_BYTES, MOST_INVOICES, MOST_RESULT_PHOTOS
from models.repairs.results import results
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox.repairs.bikes.travelling import confirm_file

_FILE = re.compile(r"/files/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What stands behind the id of a person in the address of a file of hers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedPlace:
    """Who tells whom of files, and what they belong to."""

    sender: Actor
    receiver: Actor
    bike_id: int | None = None
    entry_id: int | None = None
    result_id: int | None = None


async def await_files(
    conn: Connection, place: AwaitedPlace, told: Sequence[SentFile], *, photos: int, invoices: int
) -> None:
    """These are awaited from now on: of each kind so many, at addresses of the sender's, none that is too heavy.

    `start_fetching` follows once all of them are known.
    """
    room = {"photo": photos, "invoice": invoices}
    for one in told:
        most = MAX_BYTES if one.kind == "photo" else MOST_BYTES
        digest = decode_sha256(one.digest)
        if room[one.kind] <= 0 or one.size > most or digest is None or not _is_file_uri(one.uri, place.sender.uri):
            continue
        room[one.kind] -= 1
        await awaited_files.add(
            conn,
            NewAwaitedFile(
                uri=one.uri,
                sender_id=place.sender.id,
                receiver_id=place.receiver.id,
                bike_id=place.bike_id,
                entry_id=place.entry_id,
                result_id=place.result_id,
                kind=one.kind,
                file_size=one.size,
                digest=digest,
            ),
        )


async def start_fetching(conn: Connection, receiver: Actor) -> None:
    """What she awaits is fetched, as far as she has room for it."""
    await awaited_files.hold_back(conn, receiver.id)
    await jobs.enqueue(conn, FETCH, key=FETCH)


async def renew_awaited(conn: Connection, site: Site, place: AwaitedPlace, told: Sequence[SentFile]) -> None:
    """Beside a result these are awaited, and no others any more; what has come stays, what is too much is declined."""
    assert place.result_id is not None
    named = {one.uri for one in told}
    await awaited_files.stop_unnamed(conn, place.result_id, named)
    waiting = await awaited_files.list_missing(conn, place.result_id)
    held = await files.list_of_result(conn, place.result_id)
    known = {one.came_uri for one in held} | {one.uri for one in waiting}
    taken = [one.kind for one in held] + [one.kind for one in waiting]
    await await_files(
        conn,
        place,
        [one for one in told if one.uri not in known],
        photos=MOST_RESULT_PHOTOS - taken.count("photo"),
        invoices=MOST_INVOICES - taken.count("invoice"),
    )
    if told:
        await start_fetching(conn, place.receiver)
        await decline_files(conn, site, place, told)


async def decline_files(conn: Connection, site: Site, place: AwaitedPlace, told: Sequence[SentFile]) -> None:
    """Nobody wants these, as far as they are neither here nor awaited: their sender need not keep them.

    She signs nothing else with that: whatever has another address may be an Offer. It is as many as may stand beside
    a result, however many are named.
    """
    known = await awaited_files.list_known(conn, [one.uri for one in told])
    unwanted = [one.uri for one in told if _is_file_uri(one.uri, place.sender.uri) and one.uri not in known]
    for uri in unwanted[: MOST_RESULT_PHOTOS + MOST_INVOICES]:
        await confirm_file(conn, site, place.sender, place.receiver, uri)


async def take_files(conn: Connection, site: Site, sender: Actor, event: EconomicEvent) -> None:
    """What she who repaired put beside her result is fetched for the cyclist, who is of ours; what is named no more is
    not, unless it came. After the cyclist's answer, and for who has no book, nothing more is wanted: what she kept
    before it came is still awaited.
    """
    result = await results.find_by_uri(conn, event.id)
    if result is None or event.result is None or result.cyclist_id is None:
        return
    if sender.id not in (result.author_id, result.repairer_id) or result.author_id != result.repairer_id:
        return
    cyclist = await actors.get(conn, result.cyclist_id)
    if not cyclist.local:
        return
    place = AwaitedPlace(sender=sender, receiver=cyclist, result_id=result.id)
    wanted = result.book_answer is None and await proposals.has_books(conn, cyclist.id)
    await (renew_awaited if wanted else decline_files)(conn, site, place, event.result.files)


def _is_file_uri(uri: str, owner_uri: str) -> bool:
    return uri.startswith(owner_uri) and _FILE.fullmatch(uri.removeprefix(owner_uri)) is not None
