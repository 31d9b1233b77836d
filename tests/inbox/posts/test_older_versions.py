"""An older version that comes late changes nothing (AX7): neither the text nor what hangs on the post."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.processing.prepared import Prepared
from models.moderation import filters
from models.moderation.filters import ModerationRule
from models.people.actors import Actor
from models.posts.polls import votes
from models.store.database import transaction
from tests.fediverse import Person
from tests.inbox.desk import Desk, write_moment

BEGAN = datetime.now(UTC) - timedelta(hours=3)

PHOTO = {"type": "Document", "url": "https://henin.test/1.jpg", "mediaType": "image/jpeg", "name": "Un vélo"}


def at(minutes: int) -> str:
    """So many minutes after the first version."""
    return write_moment(BEGAN + timedelta(minutes=minutes))


def ask(*figures: int, names: tuple[str, ...] = ("oui", "non")) -> dict[str, Any]:
    """What makes a note a Question."""
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": figure}}
        for name, figure in zip(names, figures, strict=True)
    ]
    return {"type": "Question", "oneOf": options, "votersCount": sum(figures)}


@pytest.fixture(params=[True, False], ids=["in sets", "alone"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may take effect together does, and everything alone."""
    if not request.param:
        monkeypatch.setattr(Prepared, "may_be_in_set", False)


@pytest.fixture
async def note(desk: Desk, bob: Person, alice: Actor, ways: None) -> dict[str, Any]:
    """The first version of a note by Bob, whom Alice follows."""
    await desk.follow(alice, bob)
    return desk.note(bob, published=at(0))


async def held(desk: Desk) -> dict[str, Any]:
    """The text, and what hangs on it."""
    row = await desk.row(
        """
        SELECT content, (SELECT array_agg(remote_url ORDER BY position) FROM media WHERE post_id = p.id) AS pictures,
            (SELECT votes FROM poll WHERE post_id = p.id) AS figures,
            (SELECT options FROM poll WHERE post_id = p.id) AS options,
            (SELECT quoted_uri FROM quote WHERE quoting_id = p.id) AS quoted
        FROM post p
        """
    )
    return dict(row)


async def test_what_comes_again_after_a_third_version_brings_nothing_back(
    desk: Desk, bob: Person, note: dict[str, Any]
) -> None:
    quoted = {"quoteUri": "https://bray.test/notes/1"}
    second = note | quoted | {"content": "<p>Deux</p>", "updated": at(10), "attachment": [PHOTO]}
    third = note | ask(4, 2) | {"content": "<p>Trois</p>", "updated": at(20)}
    await desk.take(bob, desk.create(bob, note))
    await desk.take(bob, desk.activity(bob, "Update", second), desk.activity(bob, "Update", third))
    before = await held(desk)

    await desk.take(bob, desk.create(bob, note), desk.activity(bob, "Update", second))

    assert await held(desk) == before
    assert (before["pictures"], before["figures"], before["quoted"]) == (None, [4, 2], None)


async def test_an_older_edit_takes_away_neither_the_photo_nor_the_votes(
    desk: Desk, bob: Person, alice: Actor, note: dict[str, Any]
) -> None:
    asked = note | ask(0, 0) | {"updated": at(20), "attachment": [PHOTO]}
    await desk.take(bob, desk.create(bob, note), desk.activity(bob, "Update", asked))
    async with transaction(desk.instance.pool) as conn:
        post_id = await conn.fetchval("SELECT id FROM post")
        await votes.save(conn, post_id, alice.id, {0: "https://lomme.test/votes/1"})

    await desk.take(bob, desk.activity(bob, "Update", note | {"content": "<p>Entre deux</p>", "updated": at(10)}))

    assert (await held(desk))["pictures"] == [PHOTO["url"]]
    assert await desk.value("SELECT count(*) FROM poll_vote") == 1


async def test_a_photo_that_was_withdrawn_does_not_come_back_with_the_first_version(
    desk: Desk, bob: Person, note: dict[str, Any]
) -> None:
    first = note | {"attachment": [PHOTO]}
    await desk.take(bob, desk.create(bob, first))
    await desk.take(bob, desk.activity(bob, "Update", note | {"content": "<p>Sans photo</p>", "updated": at(10)}))

    await desk.take(bob, desk.create(bob, first))

    assert (await held(desk))["pictures"] is None


async def test_figures_of_the_same_version_come_and_older_ones_do_not(
    desk: Desk, bob: Person, note: dict[str, Any]
) -> None:
    def tell(minutes: int, *figures: int, **changes: Any) -> dict[str, Any]:
        return desk.activity(bob, "Update", note | ask(*figures) | changes, published=at(minutes))

    found = []
    await desk.take(bob, desk.create(bob, note | ask(0, 0)))
    for said in (
        tell(10, 1, 0),  # never edited: without a moment of its own
        tell(20, 1, 1, content="<p>Autrement</p>", attachment=[PHOTO]),
        tell(30, 2, 1, content="<p>Autrement</p>", attachment=[PHOTO]),
        tell(10, 1, 0),  # late, as it read then
        tell(10, 1, 0, content="<p>Autrement</p>"),
        tell(40, 3, 1, content="<p>Autrement</p>", attachment=[PHOTO], updated=at(20)),
        tell(40, 0, 0, content="<p>Autrement</p>", updated=at(15)),
    ):
        await desk.take(bob, said)
        found.append((await held(desk))["figures"])

    assert found == [[1, 0], [1, 1], [2, 1], [2, 1], [2, 1], [3, 1], [3, 1]]
    now = await held(desk)
    assert (now["content"], now["pictures"]) == ("<p>Autrement</p>", [PHOTO["url"]])


async def test_nobody_looks_for_words_in_an_older_version(desk: Desk, bob: Person, note: dict[str, Any]) -> None:
    await desk.take(bob, desk.create(bob, note), desk.activity(bob, "Update", note | {"updated": at(20)}))
    rule = ModerationRule(name="Vente", patterns=("pilules",), action="hold", on_local=True, on_remote=True)
    async with transaction(desk.instance.pool) as conn:
        await filters.save(conn, rule)

    await desk.take(bob, desk.activity(bob, "Update", note | {"content": "<p>Des pilules</p>", "updated": at(10)}))

    assert (await held(desk))["content"] == note["content"]
    assert await desk.value("SELECT count(*) FROM held_post") == 0
