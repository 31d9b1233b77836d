"""Who looks after the cooperative, by name: the home says who can settle what."""

from dataclasses import dataclass
from datetime import datetime

from models.people.accounts import Role
from models.people.roles import RIGHTS, Right
from models.people.team.duty import find_week
from models.store.database import Connection, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Somebody with roles; `on_duty` are those of them as which she is on duty just now."""

    actor_id: int
    name: str
    roles: list[Role]
    on_duty: list[Role]

    def can(self, right: Right) -> bool:
        """Whether one of her roles has this right."""
        return not RIGHTS[right].isdisjoint(self.roles)

    def is_on_duty_for(self, right: Right) -> bool:
        """Whether she is on duty as a role that has this right."""
        return not RIGHTS[right].isdisjoint(self.on_duty)


async def list_team(conn: Connection, at: datetime) -> list[TeamMember]:
    """Everybody who holds a role and can log in, those seen last first, with who is on duty at this moment."""
    return await fetch_all(
        conn,
        TeamMember,
        """
        SELECT a.actor_id, coalesce(nullif(actor.name, ''), actor.username) AS name, a.roles,
            ARRAY(SELECT d.role FROM duty d WHERE d.actor_id = a.actor_id AND d.week = $1 AND d.role = ANY(a.roles))
                AS on_duty
        FROM account a JOIN actor ON actor.id = a.actor_id
        WHERE a.roles <> '{}' AND a.disabled_at IS NULL AND a.waits_since IS NULL
            AND actor.deleted_at IS NULL AND actor.suspended_at IS NULL
        ORDER BY a.last_seen_at DESC NULLS LAST, a.actor_id
        """,
        find_week(at),
    )
