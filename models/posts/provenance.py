"""Where a post comes from beside its author: the client it was written with, and whom it answers."""

from dataclasses import dataclass

from models.store.database import Connection, execute


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


async def save_application(conn: Connection, post_id: int, app: App) -> None:
    """Note which client a post of ours was written with."""
    await execute(
        conn,
        "UPDATE post SET application = left($2, 100), application_website = $3 WHERE id = $1",
        post_id,
        app.name,
        app.website,
    )
