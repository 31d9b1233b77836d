"""Home, public and tag timelines over HTTP, page by page."""

from urllib.parse import quote

import pytest

from models.posts import Tag
from models.posts.media import media
from models.posts.media.media import RemoteDocument
from models.store.database import connection
from tests.factories import make_follow, make_listing, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Answer, Api
from tests.web.asked_statements import list_beginnings, note_statements

STATUSES = strict.many(strict.status)


def ids(answer: Answer) -> list[str]:
    return [status["id"] for status in answer.json]


async def follow_links(api: Api, path: str, relation: str) -> list[list[str]]:
    """Pages from `path` on, as a client walks them that only knows the header."""
    pages: list[list[str]] = []
    next_path: str | None = path
    while next_path is not None:
        answer = await api.ask("GET", next_path)
        STATUSES(answer.json)
        pages.append(ids(answer))
        link = answer.links.get(relation)
        next_path = link.removeprefix(api.site.url) if link else None
    return pages


async def test_home_is_walked_down_and_up_by_the_link_header(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
        made = [str((await make_listing(conn, bob)).id) for _ in range(7)]

    down = await follow_links(alice.api, "/api/v1/timelines/home?limit=3", "next")
    up = await follow_links(alice.api, f"/api/v1/timelines/home?limit=3&min_id={made[0]}", "prev")

    newest_first = made[::-1]
    assert down == [newest_first[:3], newest_first[3:6], newest_first[6:], []]
    assert up == [newest_first[3:6], newest_first[:3], []]


async def test_home_asks_the_database_as_few_questions_for_many_statuses_as_for_few(
    alice: Alice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connection(alice.api.pool) as conn:
        for name in ("bob", "carl", "dora"):
            author = await make_remote_actor(conn, name)
            await make_follow(conn, alice.actor, author)
            for number in range(4):
                await make_listing(conn, author)
                await make_note(conn, author, tags=(Tag(tag=f"velo{number}", name=f"Vélo{number}"),))
    asked = note_statements(monkeypatch)
    found = {}
    for limit in (4, 24):
        for _ in range(2):
            asked.clear()
            assert len((await alice.api.ask("GET", f"/api/v1/timelines/home?limit={limit}")).json) == limit
        found[limit] = len(asked)

    assert found[4] == found[24] <= 9, list_beginnings(asked)


async def test_the_link_header_is_exactly_as_clients_take_it_apart(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        one, two = [(await make_note(conn, alice.actor)).id for _ in range(2)]

    answer = await alice.api.ask("GET", "/api/v1/timelines/public?local=true&limit=5&max_id=9000000000000000000")

    base = "https://lomme.test/api/v1/timelines/public?local=true&limit=5"
    assert answer.headers["Link"] == f'<{base}&max_id={one}>; rel="next", <{base}&min_id={two}>; rel="prev"'


async def test_the_link_header_names_a_tag_with_accents_as_headers_can(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        one = (await make_note(conn, alice.actor, tags=(Tag(tag="depannage", name="Dépannage"),))).id

    answer = await alice.api.ask("GET", "/api/v1/timelines/tag/D%C3%A9pannage?limit=1")

    base = "https://lomme.test/api/v1/timelines/tag/D%C3%A9pannage?limit=1"
    assert answer.headers["Link"] == f'<{base}&max_id={one}>; rel="next", <{base}&min_id={one}>; rel="prev"'


async def test_a_question_too_long_for_a_header_is_answered_without_it(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_note(conn, alice.actor)

    for length, linked in ((500, True), (3_000, False)):
        answer = await alice.api.ask("GET", f"/api/v1/timelines/home?padding={'x' * length}")

        assert (len(answer.json), "Link" in answer.headers) == (1, linked)


async def test_an_empty_page_has_no_link_header(alice: Alice) -> None:
    answer = await alice.api.ask("GET", "/api/v1/timelines/home")

    assert answer.json == []
    assert "Link" not in answer.headers


async def test_public_local_and_remote(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        here = str((await make_listing(conn, alice.actor)).id)
        there = str((await make_listing(conn, bob)).id)
        await make_listing(conn, alice.actor, post={"audience": "coop"})
        await make_note(conn, bob, audience="unlisted")
    everybody = alice.api.as_anybody()

    assert [one["id"] for one in await everybody.get("/api/v1/timelines/public", STATUSES)] == [there, here]
    assert [one["id"] for one in await everybody.get("/api/v1/timelines/public", STATUSES, local="true")] == [here]
    assert [one["id"] for one in await everybody.get("/api/v1/timelines/public", STATUSES, remote="1")] == [there]
    assert await everybody.get("/api/v1/timelines/public", STATUSES, only_media="on") == []


async def test_tags_in_any_spelling_with_any_all_and_none(alice: Alice) -> None:
    def tags(*names: str) -> tuple[Tag, ...]:
        return tuple(Tag(tag=name, name=name) for name in names)

    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        bike = str((await make_listing(conn, bob, post={"tags": tags("depannagevelo", "lomme")})).id)
        tent = str((await make_listing(conn, alice.actor, post={"tags": tags("offre", "lomme")})).id)

    async def find(tag: str, query: str = "") -> list[str]:
        answer = await alice.api.ask("GET", f"/api/v1/timelines/tag/{quote(tag)}{query}")
        STATUSES(answer.json)
        return ids(answer)

    assert await find("DépannageVélo") == [bike]
    assert await find("OFFRE", "?any[]=D%C3%A9pannageV%C3%A9lo") == [tent, bike]
    assert await find("offre", "?all[]=Lomme") == [tent]
    assert await find("lomme", "?none[]=offre") == [bike]
    assert await find("lomme", "?remote=true") == [bike]
    assert await find("lomme", "?local=true&all=offre") == [tent]
    assert await find("nix") == []
    assert await find("#") == []


async def test_pages_of_a_tag_keep_the_other_tags(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for _ in range(3):
            await make_note(conn, alice.actor, tags=(Tag(tag="a", name="a"), Tag(tag="b", name="b")))

    pages = await follow_links(alice.api, "/api/v1/timelines/tag/a?all[]=b&limit=2", "next")

    assert [len(page) for page in pages] == [2, 1, 0]


async def test_the_limit_is_brought_within_its_bounds(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for _ in range(42):
            await make_note(conn, alice.actor)

    async def count(limit: str) -> int:
        return len(await alice.api.get("/api/v1/timelines/home", limit=limit))

    assert [await count(limit) for limit in ("0", "-5", "1", "", "100000")] == [1, 1, 1, 20, 40]


async def test_nonsense_is_refused_with_a_sentence(alice: Alice) -> None:
    for query in ("max_id=abc", "limit=ten", "local=perhaps", "since_id=-1"):
        answer = await alice.api.ask("GET", f"/api/v1/timelines/public?{query}")

        assert answer.status == 422
        assert answer.json["error"].endswith(".")


async def test_only_what_has_a_picture_here_elsewhere_and_under_a_tag(alice: Alice) -> None:
    velo = (Tag(tag="velo", name="Vélo"),)
    async with connection(alice.api.pool) as conn:
        made = {}
        for name, author in (("here", alice.actor), ("there", await make_remote_actor(conn))):
            made[name] = str((await make_listing(conn, author, post={"tags": velo})).id)
            photo = RemoteDocument(url=f"https://henin.test/{name}.jpg", mime_type="image/jpeg")
            await media.save_remote(conn, int(made[name]), [photo])
            await make_note(conn, author, tags=velo)

    async def find(path: str) -> list[str]:
        return [one["id"] for one in await alice.api.get(f"/api/v1/timelines/{path}", STATUSES)]

    for path in ("public", "tag/VÉLO"):
        assert await find(f"{path}?only_media=true") == [made["there"], made["here"]]
        assert await find(f"{path}?only_media=1&local=true") == [made["here"]]
        assert await find(f"{path}?only_media=on&remote=true") == [made["there"]]
        assert await find(f"{path}?local=true&remote=true") == []
