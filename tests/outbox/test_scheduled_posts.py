"""What was to be published later and cannot be comes back to its author, whole, in as many letters as it takes."""

from datetime import UTC, datetime, timedelta

from models.store.database import Connection, fetch_column, fetch_value
from outbox import scheduled_posts
from outbox.posting import PostRequest
from outbox.posts.notes import TEXT_LIMIT
from tests.factories import HERE, make_local_actor, make_member

LONGEST = 4_000
"""Characters of what was typed in one letter."""

CAUSES = {"fr": "Votre compte est fermé.", "en": "Your account is closed."}

LETTERS = "SELECT source FROM post WHERE author_id = $1 ORDER BY id"


def wish(text: str, warning: str = "") -> PostRequest:
    return PostRequest(
        text=text,
        warning=warning,
        sensitive=None,
        audience=None,
        language=None,
        parent_id=None,
        media_ids=(),
    )


async def give_up(conn: Connection, wanted: PostRequest) -> list[str]:
    """The letters that Alice gets."""
    coop, alice = await make_local_actor(conn, "coop", type="Organization"), await make_member(conn)
    held = await scheduled_posts.schedule(conn, alice, wanted, datetime.now(UTC) + timedelta(hours=1), None)
    await scheduled_posts.give_up(conn, HERE, held, CAUSES)
    await scheduled_posts.give_up(conn, HERE, held, CAUSES)  # somebody else was quicker
    assert await fetch_value(conn, "SELECT count(*) FROM scheduled_status") == 0
    return await fetch_column(conn, LETTERS, coop.id)


async def test_a_long_text_comes_back_in_two_letters_and_loses_nothing(conn: Connection) -> None:
    text = "".join(f"{number:05}" for number in range(TEXT_LIMIT // 5))

    first, second = await give_up(conn, wish(text))

    assert "Votre compte est fermé." in first and first.endswith(text[:LONGEST]) and len(first) <= TEXT_LIMIT
    assert second == f"@alice {text[LONGEST:]}"


async def test_what_just_fits_is_one_letter_that_says_all_and_names_nobody(conn: Connection) -> None:
    text = "x" * (LONGEST - len("Attention\n\n") - len("@\u200bbob ")) + "@bob "

    [letter] = await give_up(conn, wish(text, warning="Attention"))

    assert "Attention\n\nxxx" in letter
    assert letter.rstrip().endswith("@\u200bbob")


async def test_another_moment_has_a_job_of_its_own(conn: Connection) -> None:
    alice, now = await make_member(conn), datetime.now(UTC)
    held = await scheduled_posts.schedule(conn, alice, wish("Bonjour"), now + timedelta(hours=1), None)

    await scheduled_posts.reschedule(conn, held, now + timedelta(hours=3))

    waiting = await fetch_column(
        conn,
        "SELECT round(extract(epoch FROM execute_after - now()) / 3600)::int FROM pgqueuer ORDER BY execute_after",
    )
    assert waiting == [1, 3], "the first finds nothing to do"
