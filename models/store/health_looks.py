"""What was seen when something was looked at that is dear to look at: one row each, the last time."""

from dataclasses import dataclass
from datetime import datetime

from models.store.database import Connection, execute, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLook:
    """`said` is what was found, as the doctor writes it down; whether it was `well`, so when to look again."""

    looked_at: datetime
    well: bool
    said: str


async def find(conn: Connection, name: str, about: str) -> KeptLook | None:
    """What this check saw last of this; None where it did not look yet, or looked at something else."""
    return await fetch_one(
        conn, KeptLook, "SELECT looked_at, well, said FROM health_look WHERE name = $1 AND about = $2", name, about
    )


async def save(conn: Connection, name: str, about: str, *, well: bool, said: str) -> None:
    """It looked now."""
    await execute(
        conn,
        """
        INSERT INTO health_look (name, about, well, said) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET about = excluded.about, well = excluded.well, said = excluded.said,
            looked_at = now()
        """,
        name,
        about,
        well,
        said,
    )
