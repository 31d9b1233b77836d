"""Sub-categories of the cooperative's own under the shared categories, as listings and alerts hold on to them.

What they are is a setting (`Preferences.subcategories`), which the database follows (`keep_subcategories`).
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from models.errors import Conflict
from models.listings import categories
from models.listings.categories import OWN
from models.own_categories import Subcategory
from models.places.places import fold_name
from models.store.database import Connection, execute, fetch_all, fetch_value
from models.texts import decompose

SLUG_LIMIT = 30
"""Characters of the own part of a slug: it stands in addresses."""

MOST = 12
"""Sub-categories of one category: more are no help in a list on a phone."""

_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubcategoryUse:
    """What would lose its sub-category: listings, whatever their state, and searches that somebody watches."""

    listings: int
    alerts: int


def make_slug(category: str, label: str, taken: Collection[str]) -> str:
    """The slug of a new one under this category, which no other has: it stays when the label changes."""
    plain = _ACCENTS.sub("", decompose(label)).casefold()
    own = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LIMIT].strip("-") or "autre"
    numbered = (f"{category}{OWN}{own}{f'-{number}' if number > 1 else ''}" for number in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)


def require_apart(own: Collection[Subcategory], *, before: Collection[Subcategory]) -> None:
    """Raise Conflict where one category would have too many of these, or two that nobody could tell apart.

    What is so before is no reason.
    """
    known = {str(fault) for fault in _list_faults(before)}
    for fault in _list_faults(own):
        if str(fault) not in known:
            raise fault


def _list_faults(own: Collection[Subcategory]) -> Iterator[Conflict]:
    for slug, count in Counter(one.category for one in own).items():
        if count > MOST:
            yield Conflict("subcategories_too_many", name=_name(slug), most=MOST)
    seen = {(one.category, fold_name(_name(one.category))) for one in own}
    for one in own:
        said = (one.category, fold_name(one.label))
        if said in seen:
            yield Conflict("subcategories_alike", name=one.label, category=_name(one.category))
        seen.add(said)


def _name(slug: str) -> str:
    shared = categories.find(slug)
    return slug if shared is None else shared.french


async def find_label(conn: Connection, chosen: str | None) -> str | None:
    """What the sub-category that was chosen is called; None for a shared category, and for one that is gone."""
    if chosen is None or OWN not in chosen:
        return None
    found: str | None = await fetch_value(conn, "SELECT label FROM subcategory WHERE slug = $1", chosen)
    return found


async def hold(conn: Connection, chosen: str | None) -> str | None:
    """The same, and it stays as it is until the transaction ends: nobody renames or moves what is being written."""
    if chosen is not None:
        await execute(conn, "SELECT FROM subcategory WHERE slug = $1 FOR SHARE", chosen)
    return await find_label(conn, chosen)


async def count_uses(conn: Connection, slug: str) -> SubcategoryUse:
    """What is in it."""
    rows = await fetch_all(
        conn,
        SubcategoryUse,
        """
        SELECT (SELECT count(*) FROM listing l JOIN post p ON p.id = l.post_id
                WHERE l.subcategory = $1 AND p.deleted_at IS NULL) AS listings,
            (SELECT count(*) FROM search_alert WHERE subcategory = $1) AS alerts
        """,
        slug,
    )
    return rows[0]


async def move(conn: Connection, slug: str, to: str) -> None:
    """What is in one is in another one of the same category from now on, searches that are watched too.

    Their address says so, unless she watches that one already.
    """
    await execute(conn, "SELECT FROM subcategory WHERE slug = $1 FOR UPDATE", slug)  # who writes into it goes first
    await execute(conn, "UPDATE listing SET subcategory = $2 WHERE subcategory = $1", slug, to)
    await execute(
        conn,
        """
        UPDATE search_alert s SET subcategory = $2, category = $2,
            parameters = CASE WHEN EXISTS (SELECT FROM search_alert o WHERE o.actor_id = s.actor_id
                AND o.parameters = changed.parameters) THEN s.parameters ELSE changed.parameters END
        FROM (SELECT id, array_to_string(array_replace(string_to_array(parameters, '&'), 'cat=' || $1, 'cat=' || $2),
            '&') AS parameters FROM search_alert WHERE subcategory = $1) AS changed
        WHERE changed.id = s.id
        """,
        slug,
        to,
    )
