"""What browsers refused on our pages by our own content policy: counted by directive, page and kind of source."""

from dataclasses import dataclass
from typing import Literal

from models.store.database import Connection, execute, fetch_one

Source = Literal["inline", "eval", "data", "here", "elsewhere"]

DIRECTIVES = frozenset(
    {
        *("default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem"),
        *("style-src-attr", "img-src", "media-src", "font-src", "connect-src", "frame-src", "child-src", "worker-src"),
        *("manifest-src", "object-src", "base-uri", "form-action"),
    }
)
"""What a browser may name (CSP level 3): nothing else is kept, so that the rows of a day have an end.

Who shows a page of ours in a frame (`frame-ancestors`) is refused as it should be: on our pages nothing is missing.
"""

DAYS = 7
"""So long they are looked at, and kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The page where most was refused within DAYS, and what: how often (`times`), on how many `days`.

    `total` is how often anything was.
    """

    directive: str
    page: str
    source: Source
    times: int
    days: int
    total: int


async def note(conn: Connection, *, directive: str, page: str, source: Source) -> None:
    """Count one more."""
    await execute(
        conn,
        """
        INSERT INTO policy_report (directive, page, source) VALUES ($1, $2, $3)
        ON CONFLICT (day, directive, page, source) DO UPDATE SET times = policy_report.times + 1
        """,
        directive,
        page,
        source,
    )


async def find_worst(conn: Connection, *, lasting: int) -> Refused | None:
    """Of what was refused on so many days, if anything was, else of all; None where nothing was refused."""
    return await fetch_one(
        conn,
        Refused,
        """
        SELECT directive, page, source, sum(times)::integer AS times, count(*)::integer AS days,
            (sum(sum(times)) OVER ())::integer AS total
        FROM policy_report WHERE day > CURRENT_DATE - $1::integer
        GROUP BY directive, page, source ORDER BY count(*) >= $2 DESC, 4 DESC, 2, 1 LIMIT 1
        """,
        DAYS,
        lasting,
    )


async def forget_old(conn: Connection) -> int:
    """Delete what nobody looks at any more; a chore."""
    return await execute(conn, "DELETE FROM policy_report WHERE day <= CURRENT_DATE - $1::integer", DAYS)
