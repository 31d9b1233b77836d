"""Files that other servers told of, fetched one after the other in the name of whom they are for, and answered."""

from hashlib import sha256

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.media import private_files
from federation.media_store import StoreFull
from federation.own_keys.key_pairs import load_signer
from federation.sandbox.pictures import PicturesBusy, RefusedPicture
from models.errors import Conflict, Invalid, NotFound
from models.repairs.bikes import awaited_files, files, sent_files
from models.repairs.bikes.awaited_files import AwaitedFile, Trouble
from models.repairs.bikes.files import StoredFile
from models.store.database import Connection, transaction
from outbox.repairs.bikes.travelling import confirm_awaited, stop_picture

ACCEPT = "image/jpeg,application/pdf;q=0.9"

MOST_RUNS = 50
"""Times that one run asks for more: the next minute goes on."""

_MISSING = frozenset({Cause.NOT_FOUND, Cause.GONE, Cause.FORBIDDEN, Cause.SIGNATURE_REFUSED})
"""How servers answer those for whom there is nothing."""


async def fetch_job(instance: Instance, _: None) -> None:
    """As the chore, at once: something was told of, or somebody wants it tried again."""
    await fetch_due(instance)


async def fetch_due(instance: Instance) -> int:
    """Fetch what is awaited and due, and let go what was sent and is over. A chore; how many came."""
    async with transaction(instance.pool) as conn:
        await sent_files.forget_over(conn)
    came = 0
    for _ in range(MOST_RUNS):
        async with transaction(instance.pool) as conn:
            due = await awaited_files.claim_due(conn)
        for one in due:
            came += await _fetch(instance, one)
        if not due:
            break
    return came


async def _fetch(instance: Instance, awaited: AwaitedFile) -> bool:
    """Whether it came."""
    if not await _is_wanted(instance, awaited):
        return False
    stored = await _fetch_and_store(instance, awaited)
    if isinstance(stored, StoredFile):
        kept = False
        try:
            kept = await _keep(instance, awaited, stored)
        finally:
            if not kept:
                await private_files.drop(instance, stored)
        return kept
    await _mark_failed(instance, awaited, stored)
    return False


async def _is_wanted(instance: Instance, awaited: AwaitedFile) -> bool:
    """Whether it is fetched at all: somebody waits for it still, and has room for it."""
    try:
        async with transaction(instance.pool) as conn:
            held = await awaited_files.lock(conn, awaited.id)
            if held is None or await _is_replaced(conn, instance, held):
                return False
            await _require_room(conn, held)
            return True
    except Conflict:
        await _mark_failed(instance, awaited, "no-room")
        return False


async def _is_replaced(conn: Connection, instance: Instance, held: AwaitedFile) -> bool:
    """Whether its bike has a picture by now, which its owner put there: that stays, and this one is awaited no more."""
    if held.bike_id is None or held.entry_id is not None or not await files.has_picture(conn, held.bike_id):
        return False
    await stop_picture(conn, instance.site, held.bike_id)
    return True


async def _require_room(conn: Connection, held: AwaitedFile) -> None:
    """Raise Conflict where there is none for what was told of."""
    if held.bike_id is not None:
        await files.require_room(conn, held.bike_id, held.entry_id, held.kind, held.file_size)
    elif held.result_id is not None:
        await files.require_room_beside(conn, held.result_id, held.kind, held.file_size)


async def _mark_failed(instance: Instance, awaited: AwaitedFile, trouble: Trouble) -> None:
    async with transaction(instance.pool) as conn:
        await awaited_files.mark_failed(conn, awaited, trouble)


async def _fetch_and_store(instance: Instance, awaited: AwaitedFile) -> StoredFile | Trouble:
    """The file in our store, made anew where it is a picture; else why not."""
    try:
        signer = await load_signer(instance, awaited.receiver_id)
        fetched = await instance.transport.get_document(
            awaited.uri, accept=ACCEPT, limit=awaited.file_size, signer=signer
        )
    except NotFound:  # she left meanwhile
        return "missing"
    except FetchFailed as failed:
        if failed.cause is Cause.TOO_LARGE:
            return "changed"
        return "missing" if failed.cause in _MISSING else "away"
    if sha256(fetched.body).digest() != awaited.digest:
        return "changed"
    return await _store(instance, awaited, fetched.body)


async def _store(instance: Instance, awaited: AwaitedFile, body: bytes) -> StoredFile | Trouble:
    keep = private_files.keep_photo if awaited.kind == "photo" else private_files.keep_invoice
    try:
        return await keep(instance, body)
    except PicturesBusy:
        return "away"
    except StoreFull:
        return "store-full"
    except (RefusedPicture, Invalid):
        return "unreadable"


async def _keep(instance: Instance, awaited: AwaitedFile, stored: StoredFile) -> bool:
    """Whether it was kept: not where nobody waits for it any more, nor where she has no room."""
    try:
        async with transaction(instance.pool) as conn:
            held = await awaited_files.lock(conn, awaited.id)
            if held is None or await _is_replaced(conn, instance, held):
                return False
            file_id = await _add(conn, held, stored)
            await awaited_files.mark_received(conn, held, file_id)
            await confirm_awaited(conn, instance.site, held)
            return True
    except Conflict:
        await _mark_failed(instance, awaited, "no-room")
        return False


async def _add(conn: Connection, held: AwaitedFile, stored: StoredFile) -> int:
    if held.bike_id is not None:
        return await files.add(conn, held.bike_id, held.entry_id, held.kind, stored)
    assert held.result_id is not None, "a check of the table"
    return await files.add_to_result(conn, held.result_id, held.kind, stored)
