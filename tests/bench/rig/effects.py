"""Whether what the 200 said took effect: what must stand in the tables of a server, in any version that has them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import asyncpg

from tests.bench.rig.activities import CHANGED, Author

Ask = Callable[..., Awaitable[Any]]

NOT_DONE = """
    SELECT string_agg(DISTINCT r.type || ' ' || r.state || coalesce(': ' || (to_jsonb(r) ->> 'error'), ''), '; ')
    FROM received r WHERE r.state <> 'done'
"""

SAID: Mapping[str, Callable[[Author], int]] = MappingProxyType(
    {
        "notes": lambda one: len(one.notes),
        "changed notes": lambda one: sum("updated" in note for note in one.notes),
        "followers": lambda one: one.follows,
    }
)
"""How many each author says there are of his."""

TOTALS: Mapping[str, str] = MappingProxyType(
    {
        "notes": "SELECT count(*) FROM post WHERE NOT local AND deleted_at IS NULL",
        "changed notes": f"""
            SELECT count(*) FROM post WHERE NOT local AND deleted_at IS NULL AND content LIKE '%{CHANGED}%'
        """,
        "followers": """
            SELECT count(*) FROM follow f JOIN actor a ON a.id = f.follower_id
            WHERE NOT a.local AND f.state = 'accepted'
        """,
    }
)
"""How many there are."""

GOTOSOCIAL_TOTALS: Mapping[str, str] = MappingProxyType(
    {
        "notes": "SELECT count(*) FROM statuses WHERE NOT local AND boost_of_id IS NULL",
        "changed notes": f"""
            SELECT count(*) FROM statuses WHERE NOT local AND boost_of_id IS NULL AND content LIKE '%{CHANGED}%'
        """,
        "followers": """
            SELECT count(*) FROM follows JOIN accounts ON accounts.id = follows.account_id
            WHERE accounts.domain IS NOT NULL
        """,
    }
)
"""The same of GoToSocial, which deletes what was deleted."""


async def find_faults(ask: Ask, authors: Sequence[Author]) -> list[str]:
    """What did not take effect; `ask` gives one value of the database, and what that does not have is left out."""
    not_done = await _ask(ask, NOT_DONE)
    return [*([f"not done: {not_done}"] if not_done else []), *await compare_totals(ask, authors, TOTALS)]


async def compare_totals(ask: Ask, authors: Sequence[Author], totals: Mapping[str, str]) -> list[str]:
    """Of what there are more or fewer than these say."""
    faults = []
    for name, statement in totals.items():
        found, said = await _ask(ask, statement), sum(map(SAID[name], authors))
        if found is not None and found != said:
            faults.append(f"{found} {name}, not {said}")
    return faults


async def _ask(ask: Ask, statement: str) -> Any:
    try:
        return await ask(statement)
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):  # an older version
        return None
