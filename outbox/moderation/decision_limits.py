"""What cannot be decided about a person: anything where she is gone or the platform itself, or alone administers."""

from models.errors import Conflict, Invalid
from models.moderation.cases import Case
from models.moderation.decisions import DecisionKind
from models.people import actors
from models.people.actors import BUILT_IN
from models.personal_data import account_erasure
from models.store.database import Connection

OF_POSTS: frozenset[DecisionKind] = frozenset({"nothing", "hide"})
"""What touches nobody herself."""


async def require_decidable(conn: Connection, case: Case, kind: DecisionKind) -> None:
    """Raises Invalid where this cannot be decided about whom the case is about."""
    if kind in OF_POSTS:
        return
    found = await actors.list_by_ids(conn, [case.actor_id] if case.actor_id is not None else [])
    if not found:
        raise Invalid("nobody_to_decide_about", field="kind")
    if found[0].local and found[0].username in BUILT_IN:
        raise Invalid("built_in_actor", field="kind")
    if kind in ("suspend", "exclude"):
        await _require_another_admin(conn, found[0].id)


async def _require_another_admin(conn: Connection, actor_id: int) -> None:
    """Raise Invalid rather than have nobody left who administers."""
    try:
        await account_erasure.require_another_admin(conn, actor_id)
    except Conflict as conflict:
        raise Invalid(conflict.code, field="kind") from conflict
