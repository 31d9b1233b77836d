"""What was kept before films were opened, and before apps' websites were, gets what can still be told of it."""

from pathlib import Path

from models.access import applications
from models.access.applications import NewApplication
from models.store import migrate
from models.store.database import Connection, execute, fetch_records
from tests.factories import make_member, make_note

FOLDER = Path(migrate.__file__).parent / "migrations"


async def rerun(conn: Connection, name: str) -> None:
    """What a migration does to rows, once more."""
    text = (FOLDER / f"{name}.sql").read_text()
    await execute(conn, text[text.index("UPDATE ") :])


async def test_films_and_sounds_of_ours_get_their_type_and_nothing_else_does(conn: Connection) -> None:
    alice = await make_member(conn)
    for id, mime, remote in (
        (1, "video/mp4", None),
        (2, "audio/flac", None),
        (3, "application/pdf", None),
        (4, "video/mp4", "https://henin.test/4.mp4"),
    ):
        await execute(
            conn,
            "INSERT INTO media (id, owner_id, type, mime_type, remote_url) VALUES ($1, $2, 'unknown', $3, $4)",
            id,
            alice.id,
            mime,
            remote,
        )

    await rerun(conn, "0110_films")

    kept = await fetch_records(conn, "SELECT type, duration, measures FROM media ORDER BY id")
    assert [row["type"] for row in kept] == ["video", "audio", "unknown", "unknown"]
    assert {(row["duration"], str(row["measures"])) for row in kept} == {(None, "{}")}


async def test_a_website_is_told_of_what_was_written_before_only_where_it_is_sure(conn: Connection) -> None:
    alice = await make_member(conn)
    for name, website in (
        ("Tusky", "https://tusky.app"),
        ("Tusky", "https://tusky.app"),
        ("Deux", "https://un.example"),
        ("Deux", "https://deux.example"),
        ("Sans", None),
    ):
        await applications.register(
            conn, NewApplication(name=name, website=website, redirect_uris=["x:y"], scopes=["read"])
        )
    for name in ("Deux", "Sans", "Tusky"):
        note = await make_note(conn, alice)
        await execute(conn, "UPDATE post SET application = $2 WHERE id = $1", note.id, name)

    await rerun(conn, "0111_application_websites")

    kept = await fetch_records(conn, "SELECT application, application_website FROM post ORDER BY application")
    assert [tuple(row) for row in kept] == [("Deux", None), ("Sans", None), ("Tusky", "https://tusky.app")]
