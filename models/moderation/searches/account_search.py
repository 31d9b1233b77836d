"""Accounts as those who moderate look for them, here and elsewhere: by how they stand, name, server or address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.ids import HIGHEST_ID
from models.people.accounts import Role
from models.store.database import Connection, fetch_all, fetch_column
from models.store.statements import fragment, name_values

Origin = Literal["local", "remote"]

Status = Literal["active", "pending", "disabled", "silenced", "suspended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFilter:
    """What is looked for; None and "" are no condition. `email` is a whole address, names are parts of one.

    `roles`: those who hold any of these. `before`, `after` and `since` are row ids: `after` asks for those just above.
    """

    origin: Origin | None = None
    status: Status | None = None
    username: str = ""
    name: str = ""
    host: str = ""
    email: str = ""
    roles: Sequence[Role] = ()
    before: int | None = None
    after: int | None = None
    since: int | None = None
    limit: int = 100

    @property
    def ceiling(self) -> int:
        """Ids are below this."""
        return HIGHEST_ID if self.before is None else self.before

    @property
    def floor(self) -> int:
        """Ids are above this."""
        return max(self.after or 0, self.since or 0)

    @property
    def wanted_roles(self) -> list[str]:
        """The roles, for the statement."""
        return list(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated:
    """How an actor stands, and for one of ours what is known of the account."""

    actor_id: int
    suspended: bool
    limited: bool
    excluded: bool
    waiting: bool = False
    email: str | None = None
    language: str | None = None
    roles: list[Role]
    confirmed_at: datetime | None = None
    disabled_at: datetime | None = None


_FOUND = """
    FROM actor a LEFT JOIN account m ON m.actor_id = a.id
    WHERE a.deleted_at IS NULL AND a.host <> '' AND (m.actor_id IS NOT NULL OR NOT a.local) AND m.waits_since IS NULL
        AND a.id < :ceiling AND a.id > :floor
        AND (:origin::text IS NULL OR a.local = (:origin = 'local'))
        AND CASE coalesce(:status, '')
            WHEN 'active' THEN a.suspended_at IS NULL AND m.disabled_at IS NULL
            WHEN 'pending' THEN false
            WHEN 'disabled' THEN m.disabled_at IS NOT NULL
            WHEN 'silenced' THEN a.limited_at IS NOT NULL
            WHEN 'suspended' THEN a.suspended_at IS NOT NULL
            ELSE true END
        AND (:username = '' OR strpos(lower(a.username), lower(:username)) > 0)
        AND (:name = '' OR strpos(fold(a.name), fold(:name)) > 0)
        AND (:host = '' OR a.host = lower(:host))
        AND (:email = '' OR lower(m.email) = lower(:email))
        AND (cardinality(:wanted_roles::text[]) = 0 OR m.roles && :wanted_roles)
"""

_NEWEST = name_values("SELECT a.id {found} ORDER BY a.id DESC LIMIT :limit", AccountFilter, found=fragment(_FOUND))

_NEXT = name_values("SELECT a.id {found} ORDER BY a.id LIMIT :limit", AccountFilter, found=fragment(_FOUND))


async def search(conn: Connection, wanted: AccountFilter) -> list[int]:
    """Row ids of the actors that fit, the newest first."""
    if wanted.after is not None:
        found: list[int] = await fetch_column(conn, _NEXT.sql, *_NEXT.args(wanted))
        return found[::-1]
    return await fetch_column(conn, _NEWEST.sql, *_NEWEST.args(wanted))


async def map_moderated(conn: Connection, actor_ids: Sequence[int]) -> dict[int, Moderated]:
    """How these actors stand."""
    found = await fetch_all(
        conn,
        Moderated,
        """
        SELECT a.id AS actor_id, a.suspended_at IS NOT NULL AND m.waits_since IS NULL AS suspended,
            a.limited_at IS NOT NULL AS limited, a.excluded_at IS NOT NULL AS excluded,
            m.waits_since IS NOT NULL AS waiting, m.email, m.language, coalesce(m.roles, '{}') AS roles,
            m.confirmed_at, m.disabled_at
        FROM actor a LEFT JOIN account m ON m.actor_id = a.id WHERE a.id = ANY($1)
        """,
        list(actor_ids),
    )
    return {one.actor_id: one for one in found}
