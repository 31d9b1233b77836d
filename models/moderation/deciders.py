"""Who of the team may decide in a case, confirm what another one proposed, or answer an appeal: the one rule of it.

The view `case_part` says who has which part in a case. Whom it is about, and who runs the place that it is about,
never sees it. Who stepped aside decides again only where nobody else is left: nothing waits for ever.
"""

from models.errors import NotFound
from models.people.roles import RIGHTS
from models.store.database import Connection, fetch_column, fetch_value
from models.store.statements import compose, fragment

_TEAM = """
    FROM account m JOIN actor a ON a.id = m.actor_id CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(p.part), '{}') AS parts FROM case_part p
        WHERE p.case_id = {case_id} AND p.actor_id = m.actor_id
    ) AS held
    WHERE m.roles <> '{}' AND m.roles && $2 AND m.disabled_at IS NULL AND m.waits_since IS NULL
        AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND 'about' <> ALL (held.parts)
"""

FREE = fragment(
    "SELECT m.actor_id {team} ORDER BY 'withdrew' = ANY (held.parts) FETCH FIRST ROW WITH TIES",
    team=_TEAM,
)
"""Who may decide in a case (`{case_id}`); `$2` are the roles that moderate."""

HERS = fragment(
    """
    (NOT EXISTS (SELECT FROM case_step s WHERE s.case_id = {case_id} AND s.by_id = {reader} AND s.act = 'withdrew')
        OR {reader} IN ({free}))
    """,
    free=FREE,
)
"""Whether `{reader}`, who moderates, did not step aside in a case, or all did; others are looked for only then."""

SECONDS = fragment(
    """
    SELECT m.actor_id {team} AND 'withdrew' <> ALL (held.parts) AND m.actor_id IS DISTINCT FROM {proposer_id}
    ORDER BY 'reported' = ANY (held.parts) FETCH FIRST ROW WITH TIES
    """,
    team=_TEAM,
)
"""Who may confirm what `{proposer_id}` proposes."""

ANSWERING = fragment(
    """
    SELECT m.actor_id {team}
    ORDER BY CASE WHEN held.parts = '{}' THEN 1 WHEN 'withdrew' = ANY (held.parts) THEN 4
        WHEN 'admin' = ANY (m.roles) THEN 2 ELSE 3 END
    FETCH FIRST ROW WITH TIES
    """,
    team=_TEAM,
)
"""Who may answer an appeal."""

_LIST = "SELECT actor_id FROM account WHERE actor_id IN ({able}) ORDER BY 'admin' = ANY (roles), actor_id"

_LIST_FREE = compose(_LIST, able=fragment(FREE, case_id="$1"))

_LIST_SECONDS = compose(_LIST, able=fragment(SECONDS, case_id="$1", proposer_id="$3"))

_LIST_ANSWERING = compose(_LIST, able=fragment(ANSWERING, case_id="$1"))

_LIST_IMPARTIAL = compose(
    _LIST, able=fragment("SELECT m.actor_id {team} AND held.parts = '{}'", team=_TEAM, case_id="$1")
)


def _roles() -> list[str]:
    return sorted(RIGHTS["reports"])


async def list_free(conn: Connection, case_id: int) -> list[int]:
    """Who may decide in this case: has the right, it is not about her, and she did not step aside unless all did."""
    return await fetch_column(conn, _LIST_FREE, case_id, _roles())


async def list_seconds(conn: Connection, case_id: int, proposer_id: int | None) -> list[int]:
    """Who may confirm what one of the team proposes: another one, who did not report it unless all others did."""
    return await fetch_column(conn, _LIST_SECONDS, case_id, _roles(), proposer_id)


async def list_answering(conn: Connection, case_id: int) -> list[int]:
    """Who may answer an appeal: who had no part in the case, else those who administer, else whoever may decide."""
    return await fetch_column(conn, _LIST_ANSWERING, case_id, _roles())


async def list_impartial(conn: Connection, case_id: int) -> list[int]:
    """Who neither decided, confirmed, refused nor reported in it, nor stepped aside."""
    return await fetch_column(conn, _LIST_IMPARTIAL, case_id, _roles())


async def require_free(conn: Connection, case_id: int | None, actor_id: int | None) -> None:
    """Raises NotFound where she may not decide in this case; a command (nobody) always may."""
    if actor_id is not None and case_id is not None and actor_id not in await list_free(conn, case_id):
        raise NotFound


async def is_concerned(conn: Connection, actor_id: int, about_id: int | None) -> bool:
    """Whether what is about this person, or place, concerns her."""
    return bool(
        await fetch_value(
            conn,
            "SELECT EXISTS (SELECT FROM concerned WHERE about_id = $1 AND actor_id = $2)",
            about_id,
            actor_id,
        )
    )
