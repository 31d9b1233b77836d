"""Files that other servers told ours of: for a bike's book, or beside what a repairer noted; and how far each is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from models.ids import make_id
from models.repairs.bikes import files
from models.repairs.bikes.files import MOST_BYTES_KEPT, Kind
from models.repairs.bikes.sent_files import KEPT
from models.store.database import Connection, execute, fetch_all, fetch_column, fetch_one
from models.store.statements import name_values

Trouble = Literal["away", "missing", "changed", "unreadable", "no-room", "store-full"]

FETCH = "bike_files"
"""The job that fetches what is due at once."""

AT_ONCE = 10
"""All of them are asked for, each for as long as may be, before CLAIMED is over."""

OF_ONE_SERVER = 3
"""Of those: whoever answers late, or names thousands, keeps nobody else waiting."""

CLAIMED = timedelta(minutes=10)
"""So long one that is being fetched is left alone: whoever did so may have died."""

DELAYS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""Until the next try, by how many there were; the last one stays."""

FINAL: frozenset[Trouble] = frozenset({"changed", "unreadable", "no-room"})
"""What trying again by itself does not mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAwaitedFile:
    """A file as it was told of. `receiver_id` is of ours, and it is asked for in her name."""

    uri: str
    sender_id: int
    receiver_id: int
    bike_id: int | None
    entry_id: int | None
    result_id: int | None
    kind: Kind
    file_size: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedFile(NewAwaitedFile):
    """One that is fetched, or was. `next_at` is None once it is here, or nothing is tried any more."""

    id: int
    tries: int
    next_at: datetime | None
    trouble: Trouble | None
    received_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedState:
    """How many have come, and why others have not, `without_room` how many for want of it.

    `until` is when nothing is tried any more, None where nothing is.
    """

    photos: int
    photos_here: int
    invoices: int
    invoices_here: int
    troubles: tuple[Trouble, ...]
    without_room: int
    until: datetime | None


def tell_state(held: Sequence[AwaitedFile]) -> AwaitedState | None:
    """How far those of one bike or result are; None where nothing is awaited."""
    missing = [one for one in held if one.received_at is None]
    here = [one.kind for one in held if one.received_at is not None]
    return _describe([one.kind for one in held], here, missing) if missing else None


def _describe(kinds: Sequence[Kind], here: Sequence[Kind], missing: Sequence[AwaitedFile]) -> AwaitedState:
    return AwaitedState(
        photos=kinds.count("photo"),
        photos_here=here.count("photo"),
        invoices=kinds.count("invoice"),
        invoices_here=here.count("invoice"),
        troubles=tuple(sorted({one.trouble for one in missing if one.trouble is not None})),
        without_room=sum(one.trouble == "no-room" for one in missing),
        until=max((one.created_at + KEPT for one in missing if one.next_at is not None), default=None),
    )


_ADD = name_values(
    """
    INSERT INTO awaited_file (id, uri, sender_id, receiver_id, bike_id, entry_id, result_id, kind, file_size, digest)
    SELECT :id, :uri::text, :sender_id, :receiver_id, :bike_id, :entry_id, :result_id, :kind, :file_size, :digest
    WHERE NOT EXISTS (SELECT FROM bike_file WHERE came_uri = :uri)
    ON CONFLICT (uri) DO NOTHING
    """,
    NewAwaitedFile,
    also=["id"],
)


async def add(conn: Connection, told: NewAwaitedFile) -> None:
    """It is fetched from now on; once however often it is told of."""
    await execute(conn, _ADD.sql, *_ADD.args(told, id=make_id()))


async def hold_back(conn: Connection, receiver_id: int) -> None:
    """Of what is fetched for her only as much is as she has room for; the rest waits until she wants it tried again.

    What was told of counts, not what comes: nobody makes us fetch more than that by sending something else.
    """
    await execute(
        conn,
        """
        UPDATE awaited_file SET trouble = 'no-room', next_at = NULL WHERE id IN (
            SELECT id FROM (
                SELECT id, sum(file_size) OVER (ORDER BY id) AS weight FROM awaited_file
                WHERE receiver_id = $1 AND next_at IS NOT NULL) fetched
            WHERE weight > $2)
        """,
        receiver_id,
        MOST_BYTES_KEPT - await files.weigh_all(conn, receiver_id),
    )


async def list_known(conn: Connection, uris: Sequence[str]) -> set[str]:
    """Those of these addresses at which something is awaited, or was fetched that is still here."""
    return set(
        await fetch_column(
            conn,
            """
            SELECT uri FROM awaited_file WHERE uri = ANY($1)
            UNION SELECT came_uri FROM bike_file WHERE came_uri = ANY($1)
            """,
            [*uris],
        )
    )


async def claim_due(conn: Connection) -> list[AwaitedFile]:
    """Some whose time has come, which nobody else fetches meanwhile: of each server a few, as they were told of."""
    return await fetch_all(
        conn,
        AwaitedFile,
        """
        WITH claimed AS (UPDATE awaited_file SET next_at = now() + $2::interval, tries = tries + 1 WHERE id IN (
            SELECT f.id FROM awaited_file f JOIN (
                SELECT d.id, row_number() OVER (PARTITION BY a.host ORDER BY d.next_at, d.id) AS place
                FROM awaited_file d JOIN actor a ON a.id = d.sender_id WHERE d.next_at <= now()) due ON due.id = f.id
            WHERE f.next_at <= now() AND due.place <= $3
            ORDER BY due.place, f.next_at, f.id LIMIT $1 FOR UPDATE OF f SKIP LOCKED)
        RETURNING *)
        SELECT * FROM claimed ORDER BY id
        """,
        AT_ONCE,
        CLAIMED,
        OF_ONE_SERVER,
    )


async def lock(conn: Connection, awaited_id: int) -> AwaitedFile | None:
    """How it stands by now, before it is fetched and after: None where nobody waits for it any more.

    What it belongs to is held first, as by whoever wants it no more.
    """
    await execute(
        conn,
        """
        SELECT FROM bike WHERE id = (SELECT bike_id FROM awaited_file WHERE id = $1) FOR NO KEY UPDATE
        """,
        awaited_id,
    )
    await execute(
        conn,
        """
        SELECT FROM repair_result WHERE id = (SELECT result_id FROM awaited_file WHERE id = $1) FOR NO KEY UPDATE
        """,
        awaited_id,
    )
    return await fetch_one(
        conn, AwaitedFile, "SELECT * FROM awaited_file WHERE id = $1 AND received_at IS NULL FOR UPDATE", awaited_id
    )


async def mark_received(conn: Connection, awaited: AwaitedFile, file_id: int) -> None:
    """It is here, as this file; with the last of its bike or result nothing is left to say."""
    await execute(conn, "UPDATE bike_file SET came_uri = $2 WHERE id = $1", file_id, awaited.uri)
    await execute(
        conn, "UPDATE awaited_file SET received_at = now(), next_at = NULL, trouble = NULL WHERE id = $1", awaited.id
    )
    await execute(
        conn,
        """
        DELETE FROM awaited_file a WHERE (a.bike_id = $1 OR a.result_id = $2) AND NOT EXISTS (
            SELECT FROM awaited_file o WHERE (o.bike_id = $1 OR o.result_id = $2) AND o.received_at IS NULL)
        """,
        awaited.bike_id,
        awaited.result_id,
    )


async def mark_failed(conn: Connection, awaited: AwaitedFile, trouble: Trouble) -> None:
    """Why it did not come this time, and when it is tried again: not for what stays as it is, nor after KEPT."""
    delay = None if trouble in FINAL else DELAYS[min(awaited.tries, len(DELAYS)) - 1]
    await execute(
        conn,
        """
        UPDATE awaited_file SET trouble = $2,
            next_at = CASE WHEN now() + $3::interval < created_at + $4::interval THEN now() + $3::interval END
        WHERE id = $1 AND received_at IS NULL
        """,
        awaited.id,
        trouble,
        delay,
        KEPT,
    )


async def list_of_bikes(conn: Connection, bike_ids: Sequence[int]) -> list[AwaitedFile]:
    """What is awaited for these bikes and their books, and what of that has come."""
    return await fetch_all(
        conn, AwaitedFile, "SELECT * FROM awaited_file WHERE bike_id = ANY($1) ORDER BY id", [*bike_ids]
    )


async def map_states(conn: Connection, owner_id: int) -> dict[int, AwaitedState]:
    """How far the files of her bikes are, by the bike, where some are awaited."""
    held = await fetch_all(
        conn,
        AwaitedFile,
        "SELECT f.* FROM awaited_file f JOIN bike b ON b.id = f.bike_id WHERE b.owner_id = $1 ORDER BY f.id",
        owner_id,
    )
    of_bike: dict[int, list[AwaitedFile]] = {}
    for one in held:
        of_bike.setdefault(one.bike_id or 0, []).append(one)
    return {id: state for id, its in of_bike.items() if (state := tell_state(its)) is not None}


async def list_of_results(conn: Connection, result_ids: Sequence[int]) -> list[AwaitedFile]:
    """The same beside these results."""
    return await fetch_all(
        conn, AwaitedFile, "SELECT * FROM awaited_file WHERE result_id = ANY($1) ORDER BY id", [*result_ids]
    )


async def list_missing(conn: Connection, result_id: int) -> list[AwaitedFile]:
    """What has not come yet beside this result."""
    return [one for one in await list_of_results(conn, [result_id]) if one.received_at is None]


async def try_again(conn: Connection, ids: Sequence[int]) -> None:
    """These are tried at once, where they are not here, as far as there is room for them."""
    receivers = await fetch_column(
        conn,
        """
        UPDATE awaited_file SET next_at = now(), tries = 0, trouble = nullif(trouble, 'no-room')
        WHERE id = ANY($1) AND received_at IS NULL RETURNING receiver_id
        """,
        [*ids],
    )
    for receiver_id in set(receivers):
        await hold_back(conn, receiver_id)


async def stop(conn: Connection, ids: Sequence[int]) -> list[AwaitedFile]:
    """Nobody waits for these any more; those that had not come."""
    gone = await fetch_all(conn, AwaitedFile, "DELETE FROM awaited_file WHERE id = ANY($1) RETURNING *", [*ids])
    return [one for one in gone if one.received_at is None]


async def stop_unnamed(conn: Connection, result_id: int, uris: Iterable[str]) -> None:
    """Beside this result none but these are awaited any more; what has come stays."""
    await execute(
        conn,
        "DELETE FROM awaited_file WHERE result_id = $1 AND received_at IS NULL AND uri <> ALL($2)",
        result_id,
        list(uris),
    )


async def keep_of_result(conn: Connection, result_id: int, bike_id: int, entry_id: int) -> None:
    """What comes beside a result that she kept goes to that line."""
    await execute(
        conn,
        "UPDATE awaited_file SET bike_id = $2, entry_id = $3, result_id = NULL WHERE result_id = $1",
        result_id,
        bike_id,
        entry_id,
    )
