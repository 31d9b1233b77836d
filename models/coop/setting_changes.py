"""How settings of the cooperative came to be what they are: who changed which, when, from what to what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models import preferences
from models.errors import Conflict
from models.listings import subcategories
from models.own_categories import Subcategory
from models.preferences import Preferences
from models.store.database import Connection, fetch_all, fetch_one, fetch_value
from models.store.statements import compose

OWN = "subcategories"

TERRITORY = ["territory_kind", "territory_codes", "territory_name"]
"""What says together where the cooperative is: one of them alone would name no place, or another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One setting changed. `by` is a member's name, "" where she is gone; None for a command or the first run."""

    id: int
    at: datetime
    by: str | None
    key: str
    before: Any
    after: Any


_CHANGES = """
    SELECT c.id, c.at, c.key, c.before, c.after,
        CASE WHEN c.by_member THEN coalesce(nullif(a.name, ''), a.username, '') END AS by
    FROM preference_change c LEFT JOIN actor a ON a.id = c.by_id AND a.deleted_at IS NULL
"""

_LATEST = compose(
    """
    {changes} WHERE ($1::text[] IS NULL OR c.key = ANY($1)) AND ($2::bigint IS NULL OR c.id < $2)
    ORDER BY c.id DESC LIMIT $3
    """,
    changes=_CHANGES,
)

_SINCE = compose("{changes} WHERE c.key = ANY($1) AND c.id > $2 ORDER BY c.id", changes=_CHANGES)

_FROM = compose("{changes} WHERE c.key = ANY($1) AND c.at >= $2 ORDER BY c.id", changes=_CHANGES)

_ONE = compose("{changes} WHERE c.id = $1", changes=_CHANGES)


async def list_changes(
    conn: Connection, keys: Collection[str] | None = None, *, before: int | None = None, limit: int = 50
) -> list[SettingChange]:
    """The latest first, of these settings or of all, by keyset on the id."""
    return await fetch_all(
        conn,
        SettingChange,
        _LATEST,
        None if keys is None else list(keys),
        before,
        limit,
    )


async def list_since(conn: Connection, keys: Collection[str], version: int) -> list[SettingChange]:
    """What changed of these settings since a version of them was read, the first change first."""
    return await fetch_all(
        conn,
        SettingChange,
        _SINCE,
        list(keys),
        version,
    )


async def find_change(conn: Connection, id: int) -> SettingChange | None:
    """One change."""
    return await fetch_one(conn, SettingChange, _ONE, id)


async def find_version(conn: Connection, keys: Collection[str]) -> int:
    """The id of what changed last among these settings: by it one knows whether more did since."""
    found: int | None = await fetch_value(conn, "SELECT max(id) FROM preference_change WHERE key = ANY($1)", list(keys))
    return found or 0


def rewind(chosen: Preferences, changes: Iterable[SettingChange]) -> Preferences:
    """The settings as they were before these changes, the first of which stands first."""
    before: dict[str, Any] = {}
    for one in changes:
        before.setdefault(one.key, preferences.read_value(one.key, one.before))
    return replace(chosen, **before)


def is_undoable(chosen: Preferences, change: SettingChange) -> bool:
    """Whether going back to what stood before this change would change anything, and still fits its field."""
    try:
        now, before = getattr(chosen, change.key), preferences.read_value(change.key, change.before)
        return bool(now != (_keep_subcategories(chosen, before) if change.key == OWN else before))
    except (AttributeError, KeyError, ValueError):
        return False


async def undo(conn: Connection, change: SettingChange) -> Preferences:
    """The settings of today with what stood before this change.

    The territory is put back whole. Raises Conflict where it stands already, or fits no more; of sub-categories also
    where those made since are too many with those of then, or have one of their names.
    """
    chosen = await preferences.load_for_change(conn)
    if not is_undoable(chosen, change):
        raise Conflict("setting_not_undoable")
    if change.key in TERRITORY:
        return rewind(chosen, await fetch_all(conn, SettingChange, _FROM, TERRITORY, change.at))
    before = preferences.read_value(change.key, change.before)
    value: Any = before
    if change.key == OWN:
        value = _keep_subcategories(chosen, before)
        subcategories.require_apart(value, before=chosen.subcategories)
    return replace(chosen, **{change.key: value})


def _keep_subcategories(chosen: Preferences, before: tuple[Subcategory, ...]) -> tuple[Subcategory, ...]:
    """As they were before, with those made since: going back takes nothing out of any, only deleting one does."""
    slugs = {one.slug for one in before}
    return (*before, *(one for one in chosen.subcategories if one.slug not in slugs))
