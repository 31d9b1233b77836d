"""How each of the team wants to be told of a subject beyond the news on her page: at once, each morning, or never."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from models.people import roles
from models.people.accounts import Account
from models.people.roles import Right
from models.store.database import Connection, execute_many, fetch_records

StaffKind = Literal["reports", "sign_ups", "appeals", "confirmations", "held_posts", "servers", "duty"]

StaffRhythm = Literal["now", "daily", "never"]

KINDS: tuple[StaffKind, ...] = get_args(StaffKind)

RHYTHMS: tuple[StaffRhythm, ...] = get_args(StaffRhythm)

RIGHT_OF_KIND: Mapping[StaffKind, Right] = {
    "reports": "reports",
    "sign_ups": "sign_ups",
    "appeals": "reports",
    "confirmations": "reports",
    "held_posts": "reports",
    "servers": "servers",
    "duty": "duty",
}
"""The right of whoever settles what is told of each subject."""

PROPOSED: StaffRhythm = "now"
"""What holds until somebody chooses: what waits for the team waits for a person."""


async def load(conn: Connection, actor_id: int) -> dict[StaffKind, StaffRhythm]:
    """Every subject, as she chose it or as it is proposed."""
    rows = await fetch_records(conn, "SELECT kind, rhythm FROM staff_choice WHERE actor_id = $1", actor_id)
    kept = {row["kind"]: row["rhythm"] for row in rows}
    return {kind: kept.get(kind, PROPOSED) for kind in KINDS}


async def load_own(conn: Connection, account: Account) -> dict[StaffKind, StaffRhythm]:
    """Those subjects that one of her roles settles; none for whoever holds no role."""
    chosen = await load(conn, account.actor_id)
    return {kind: rhythm for kind, rhythm in chosen.items() if roles.has_right(account, RIGHT_OF_KIND[kind])}


async def save(conn: Connection, actor_id: int, chosen: Mapping[StaffKind, StaffRhythm]) -> None:
    """She wants to be told of these subjects so."""
    await execute_many(
        conn,
        """
        INSERT INTO staff_choice (actor_id, kind, rhythm) VALUES ($1, $2, $3)
        ON CONFLICT (actor_id, kind) DO UPDATE SET rhythm = excluded.rhythm
        """,
        [(actor_id, kind, rhythm) for kind, rhythm in chosen.items()],
    )


async def list_told(conn: Connection, kind: StaffKind, right: Right) -> list[int]:
    """Row ids of those who have this right and did not say that they want to hear nothing of this subject.

    All of them where every one said so: what is told here must reach somebody.
    """
    holders = await roles.list_holders(conn, right)
    return await filter_told(conn, kind, holders) or holders


async def filter_told(conn: Connection, kind: StaffKind, actor_ids: Sequence[int]) -> list[int]:
    """These people without those who said that they want to hear nothing of this subject."""
    rows = await fetch_records(
        conn,
        "SELECT actor_id FROM staff_choice WHERE kind = $1 AND rhythm = 'never' AND actor_id = ANY($2)",
        kind,
        list(actor_ids),
    )
    silent = {row["actor_id"] for row in rows}
    return [id for id in actor_ids if id not in silent]
