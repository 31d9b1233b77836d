"""Who of the team may decide in a case, confirm what another one proposed, or answer an appeal."""

from models.people.roles import RIGHTS
from models.store.database import Connection, fetch_column, fetch_value


async def list_free(conn: Connection, case_id: int) -> list[int]:
    """Who may decide in this case: has the right, is not whom it is about, and did not step aside."""
    return await fetch_column(
        conn,
        """
        SELECT account.actor_id FROM account JOIN actor ON actor.id = account.actor_id
        WHERE roles && $2::text[] AND disabled_at IS NULL AND waits_since IS NULL AND actor.suspended_at IS NULL
            AND actor.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM moderation_case c WHERE c.id = $1 AND c.actor_id = account.actor_id)
            AND NOT EXISTS (SELECT FROM case_step s
                WHERE s.case_id = $1 AND s.by_id = account.actor_id AND s.act = 'withdrew')
        ORDER BY 'admin' = ANY(roles), account.actor_id
        """,
        case_id,
        sorted(RIGHTS["reports"]),
    )


async def list_seconds(conn: Connection, case_id: int, proposer_id: int | None) -> list[int]:
    """Who may confirm what one of the team proposes: another one, who did not report it unless all others did."""
    others = [id for id in await list_free(conn, case_id) if id != proposer_id]
    reporters = await fetch_column(
        conn, "SELECT reporter_id FROM report WHERE case_id = $1 AND local AND reporter_id IS NOT NULL", case_id
    )
    return [id for id in others if id not in reporters] or others


async def list_impartial(conn: Connection, decision_id: int) -> list[int]:
    """Who may answer an appeal: may decide in the case, and neither decided, confirmed nor reported."""
    case_id: int | None = await fetch_value(conn, "SELECT case_id FROM moderation_decision WHERE id = $1", decision_id)
    part = await fetch_column(
        conn,
        """
        SELECT decided_by FROM moderation_decision WHERE case_id = $1
        UNION SELECT second_id FROM moderation_decision WHERE case_id = $1 AND (seconded_at IS NOT NULL
            OR refused_at IS NOT NULL)
        UNION SELECT reporter_id FROM report WHERE case_id = $1 AND local
        """,
        case_id,
    )
    return [id for id in await list_free(conn, case_id or 0) if id not in part]
