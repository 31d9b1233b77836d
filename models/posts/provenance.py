"""Where a post comes from beside its author: the client it was written with, and whom it answers."""

from dataclasses import dataclass

from models.store.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A client as it was called and where it lives, when it wrote something."""

    name: str
    website: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """`answered_id` is the author of the post that this one answers, `application` the name of a client."""

    post_id: int
    answered_id: int | None
    application: str | None
    application_website: str | None


async def list_by_posts(conn: Connection, post_ids: list[int]) -> dict[int, Provenance]:
    """The provenance of each of these posts."""
    rows = await fetch_all(
        conn,
        Provenance,
        """
        SELECT p.id AS post_id, parent.author_id AS answered_id, p.application, p.application_website
        FROM post p LEFT JOIN post parent ON parent.id = p.in_reply_to_id
        WHERE p.id = ANY($1)
        """,
        post_ids,
    )
    return {row.post_id: row for row in rows}


async def save_application(conn: Connection, post_id: int, app: App) -> None:
    """Note which client a post of ours was written with."""
    await execute(
        conn,
        "UPDATE post SET application = left($2, 100), application_website = $3 WHERE id = $1",
        post_id,
        app.name,
        app.website,
    )
