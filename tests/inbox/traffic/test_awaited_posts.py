"""What others do with a post of ours that was lost waits while they are asked for it, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.vocabulary.activities.activities import Activity, Create, Like
from federation.vocabulary.objects import Note
from inbox.errors import PostAwaited
from inbox.traffic.awaited_posts import require_not_awaited
from models.store.database import execute, transaction
from models.traffic import returned_posts
from tests.factories import make_local_actor, make_note
from tests.inbox.desk import Desk

BOB, ALICE = "https://henin.test/users/bob", "https://lomme.test/users/alice"

LOST = "0b9c6f2e-3f0e-4c1c-9a55-6a1f0b7f1a01"


def like(uri: str) -> Like:
    """Bob likes what has this id."""
    return Like(id=f"{BOB}/activities/1", actor=BOB, object=uri)


def answer(uri: str) -> Create:
    """Bob answers it."""
    note = Note(id=f"{BOB}/notes/1", attributed_to=BOB, in_reply_to=uri, to=(ALICE,))
    return Create(id=f"{BOB}/activities/2", actor=BOB, object=note, to=(ALICE,))


async def lose(desk: Desk) -> None:
    """This instance was restored, and asks henin.test what it holds."""
    async with transaction(desk.instance.pool) as conn:
        before = datetime.now(UTC) - timedelta(hours=20)
        await execute(conn, "INSERT INTO restoration (lost_from, told_at) VALUES ($1, now())", before)
        await returned_posts.plan_asking(conn, ["henin.test"])


@pytest.mark.parametrize(
    ("activity", "waits"),
    [
        (like(f"{ALICE}/notes/{LOST}"), True),
        (like(f"{ALICE}/items/{LOST}"), True),
        (answer(f"{ALICE}/items/{LOST}"), True),
        (answer(f"{ALICE}/notes/{LOST}"), False),  # tied whenever it comes, and it may never
        (like(f"{BOB}/notes/{LOST}"), False),
        (like(ALICE), False),
    ],
)
async def test_what_is_about_a_post_of_ours_that_is_not_here_waits(
    desk: Desk, activity: Activity, *, waits: bool
) -> None:
    await require_not_awaited(desk.instance, activity)
    desk.instance.restored.clear()
    await lose(desk)

    if not waits:
        await require_not_awaited(desk.instance, activity)
        return
    with pytest.raises(PostAwaited) as awaited:
        await require_not_awaited(desk.instance, activity)
    assert awaited.value.retry


async def test_nothing_waits_once_all_have_answered(desk: Desk) -> None:
    await lose(desk)
    async with transaction(desk.instance.pool) as conn:
        await returned_posts.note_answered(conn, "henin.test")

    await require_not_awaited(desk.instance, like(f"{ALICE}/notes/{LOST}"))


async def test_nothing_waits_for_a_post_that_is_here(desk: Desk) -> None:
    await lose(desk)
    async with transaction(desk.instance.pool) as conn:
        alice = await make_local_actor(conn)
        post = await make_note(conn, alice)

    await require_not_awaited(desk.instance, like(post.uri))
