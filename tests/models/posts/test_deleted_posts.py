"""A post that was taken back stands in no list, no count and no thread, whatever is still tied to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from models import posts
from models.people import actors, member_directory, usage_statistics
from models.people.actors import Actor
from models.personal_data import personal_export
from models.posts import NewPost, Post, Tag, hashtags, notes, reply_threads
from models.posts.parts import count
from models.posts.quotes import quotes
from models.relations import featured_tags, pins
from models.store.database import Connection, execute
from tests.factories import make_member, make_note
from tests.models.marks import GONE, Column, mark_deleted, mark_gone

TAGS = (Tag(tag="velo", name="Velo"), Tag(tag="tente", name="Tente"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice's post, and Bob's answer to it, which quotes it and has two tags; he shows one of them, and pinned it."""

    alice: Actor
    bob: Actor
    root: Post
    answer: Post
    page: str


Read = Callable[[Connection, Scene], Awaitable[object]]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    alice, bob = await make_member(conn), await make_member(conn, "bob", discoverable=True)
    root = await make_note(conn, alice)
    page = str(uuid4())
    url = f"{bob.url}/{page}"
    answer = await make_note(conn, bob, in_reply_to_uri=root.uri, tags=TAGS, url=url)
    quote = await quotes.save(conn, answer, root.uri)
    await quotes.settle(conn, quote.id, "accepted", stamp_uri="https://lomme.test/stamps/1")
    assert await pins.pin(conn, bob.id, answer.id)
    await featured_tags.save(conn, actor_id=bob.id, tag="tente", name="Tente")
    return Scene(alice=alice, bob=bob, root=root, answer=answer, page=page)


async def list_featured(conn: Connection, scene: Scene) -> int:
    return (await featured_tags.list_featured(conn, scene.bob.id))[0].posts


async def count_days(conn: Connection, _: Scene) -> int:
    return sum(day.uses for day in (await hashtags.list_days(conn, ["velo"]))["velo"])


async def count_own(conn: Connection, scene: Scene) -> int:
    return (await actors.count(conn, [scene.bob.id]))[scene.bob.id].posts


async def find_last(conn: Connection, scene: Scene) -> datetime | None:
    return (await actors.count(conn, [scene.bob.id]))[scene.bob.id].last_post_at


async def list_thread(conn: Connection, scene: Scene) -> list[int]:
    found = await reply_threads.list_thread(conn, scene.root.id, after=0, limit=9)
    return [one.id for one in found if one.id != scene.root.id]


async def change(conn: Connection, scene: Scene) -> bool:
    post = scene.answer
    new = NewPost(
        uri=post.uri,
        kind="note",
        local=True,
        author_id=post.author_id,
        url=post.url,
        audience="network",
        content="<p>Changé</p>",
        language="fr",
        published_at=post.published_at,
        updated_at=datetime.now(UTC),
    )
    return await posts.save_edit(conn, post.id, new)


async def list_used(conn: Connection, at: Scene) -> list[tuple[str, str]]:
    await execute(conn, "UPDATE post SET in_reply_to_uri = NULL WHERE id = $1", at.answer.id)
    return await hashtags.list_most_used(conn)


READS: dict[str, Read] = {
    "tags of most people": list_used,
    "by the address of its page": lambda conn, at: posts.find_by_url(conn, at.answer.url),
    "by the number of its page": lambda conn, at: posts.find_by_page(conn, at.page),
    "by its id": lambda conn, at: posts.list_by_ids(conn, [at.answer.id]),
    "by the rule of who may read": lambda conn, at: posts.filter_visible(conn, [at.answer.id], at.alice.id),
    "by its author": lambda conn, at: posts.filter_visible(conn, [at.answer.id], at.bob.id),
    "how its tag is written": lambda conn, at: hashtags.find_name(conn, "velo"),
    "the days of its tag": count_days,
    "tags that begin so": lambda conn, at: hashtags.list_beginning(conn, "ve", limit=5),
    "below what it answers": lambda conn, at: notes.list_descendants(conn, at.root.id),
    "answers": lambda conn, at: reply_threads.list_replies(conn, at.root.id, after=0, limit=9),
    "how many answers": lambda conn, at: reply_threads.count_replies(conn, at.root.id),
    "the thread": list_thread,
    "quotes of what it quotes": lambda conn, at: quotes.list_quoting_ids(conn, at.root.id),
    "posts with a tag that its author shows": list_featured,
    "tags that its author might show": lambda conn, at: featured_tags.list_suggestions(conn, at.bob.id),
    "pinned": lambda conn, at: pins.list_pinned(conn, at.bob.id),
    "how many its author wrote": count_own,
    "when its author wrote last": find_last,
    "what its author takes along": lambda conn, at: personal_export.list_posts(
        conn, at.bob.id, "note", before=None, limit=9
    ),
    "what may be changed": change,
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_it_is_found_until_it_is_taken_back(conn: Connection, scene: Scene, read: Read) -> None:
    before = await read(conn, scene)

    await mark_deleted(conn, scene.answer)

    assert before
    assert not await read(conn, scene)


async def test_counts_go_down_by_one(conn: Connection, scene: Scene) -> None:
    async def read_all() -> list[int]:
        weeks = await usage_statistics.list_weeks(conn)
        return [
            (await count(conn, [scene.root.id], None))[scene.root.id].replies,
            await reply_threads.count_thread(conn, scene.root.id) - 1,
            (await usage_statistics.count_server(conn)).public_posts - 1,
            weeks[0].posts - 1,
        ]

    before = await read_all()
    await mark_deleted(conn, scene.answer)

    assert before == [1] * 4
    assert await read_all() == [0] * 4


async def test_answers_below_what_was_taken_back_go_with_it(conn: Connection, scene: Scene) -> None:
    deep = await make_note(conn, scene.alice, in_reply_to_uri=scene.answer.uri)
    assert await notes.list_descendants(conn, scene.root.id) == [scene.answer.id, deep.id]

    await mark_deleted(conn, deep)

    assert await notes.list_descendants(conn, scene.root.id) == [scene.answer.id]
    assert await list_thread(conn, scene) == [scene.answer.id]
    assert await reply_threads.count_thread(conn, scene.root.id) == 2


async def test_a_thread_whose_beginning_was_taken_back_is_none(conn: Connection, scene: Scene) -> None:
    await mark_deleted(conn, scene.root)

    assert await reply_threads.list_thread(conn, scene.root.id, after=0, limit=9) == []
    assert await reply_threads.count_thread(conn, scene.root.id) == 0


async def test_what_was_taken_back_is_no_longer_quoted_anew(conn: Connection, scene: Scene) -> None:
    late = await make_note(conn, scene.bob)
    await mark_deleted(conn, scene.root)

    saved = await quotes.save(conn, late, scene.root.uri)
    settled = await quotes.settle(conn, saved.id, "accepted", stamp_uri="https://lomme.test/stamps/2")

    assert saved.quoted_id is None
    assert settled is not None and settled.quoted_id is None


async def test_the_directory_goes_by_the_last_post_that_stands(conn: Connection, scene: Scene) -> None:
    carol = await make_member(conn, "carol", discoverable=True)
    await make_note(conn, carol)
    await mark_deleted(conn, await make_note(conn, scene.bob))

    found = await member_directory.list_directory(conn, None, active=True, offset=0, limit=9)

    assert [one.username for one in found] == ["carol", "bob", "alice"]


PUBLIC: dict[str, Read] = {
    "by the rule of who may read": READS["by the rule of who may read"],
    "tags of most people": list_used,
    "answers": READS["answers"],
    "how many answers": READS["how many answers"],
    "the thread": list_thread,
    "the length of the thread": lambda conn, at: _count_below(conn, at),
}


async def _count_below(conn: Connection, scene: Scene) -> int:
    return await reply_threads.count_thread(conn, scene.root.id) - 1


@pytest.mark.parametrize("column", GONE)
async def test_what_somebody_wrote_who_is_gone_is_read_by_nobody(
    conn: Connection, scene: Scene, column: Column
) -> None:
    before = {name for name, read in PUBLIC.items() if await read(conn, scene)}

    await mark_gone(conn, scene.bob, column)

    after: set[Any] = {name for name, read in PUBLIC.items() if await read(conn, scene)}
    assert before == set(PUBLIC)
    assert after - ({"tags of most people"} if column == "deleted_at" else set()) == set()
