"""Filters through clients of both generations, and what they do to lists."""

from typing import Any

import pytest

from models.errors import Invalid
from models.news import notifications
from models.relations.blocking import filters
from models.relations.blocking.filters import FilterRule
from models.store.background import stream_events
from models.store.database import connection, execute, fetch_value
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

V1, V2 = "/api/v1/filters", "/api/v2/filters"
STATUSES = strict.many(strict.status)


async def make(alice: Alice, keyword: str = "vélo", context: str = "home", **more: Any) -> Any:
    values = {"title": "Assez", "context": [context], "keywords_attributes": [{"keyword": keyword}]}
    answer = await alice.api.ask("POST", V2, json=values | more)
    assert answer.status == 200, answer
    strict.filter(answer.json)
    return answer.json


async def test_a_filter_is_made_changed_and_deleted_in_json(alice: Alice) -> None:
    made = await make(alice, filter_action="hide", expires_in=3600)
    keyword = made["keywords"][0]

    changed = await alice.api.ask(
        "PUT",
        f"{V2}/{made['id']}",
        json={
            "title": "Plus rien",
            "expires_in": "",
            "keywords_attributes": [
                {"id": keyword["id"], "_destroy": True},
                {"keyword": "tente", "whole_word": False},
            ],
        },
    )

    assert keyword == {"id": keyword["id"], "keyword": "vélo", "whole_word": True}
    assert (made["filter_action"], made["expires_at"] is None) == ("hide", False)
    strict.filter(changed.json)
    assert (changed.json["title"], changed.json["filter_action"], changed.json["expires_at"]) == (
        "Plus rien",
        "hide",
        None,
    )
    assert [(one["keyword"], one["whole_word"]) for one in changed.json["keywords"]] == [("tente", False)]
    assert await alice.api.get(V2, strict.many(strict.filter)) == [changed.json]
    assert await alice.api.get(f"{V2}/{made['id']}", strict.filter) == changed.json
    assert (await alice.api.ask("DELETE", f"{V2}/{made['id']}")).json == {}
    assert await alice.api.get(V2) == []


async def test_forms_write_keywords_with_and_without_numbers(alice: Alice) -> None:
    plain = [("title", "A"), ("context[]", "home"), ("context[]", "thread")]
    unnumbered = [
        *plain,
        ("keywords_attributes[][keyword]", "un"),
        ("keywords_attributes[][keyword]", "deux"),
        ("keywords_attributes[][whole_word]", "false"),
    ]
    numbered = [*plain, ("keywords_attributes[1][whole_word]", "0"), ("keywords_attributes[1][keyword]", "un")]

    first = await alice.api.ask("POST", V2, data=unnumbered)
    second = await alice.api.ask("POST", V2, data=numbered)

    assert first.json["context"] == ["home", "thread"]
    assert [(one["keyword"], one["whole_word"]) for one in first.json["keywords"]] == [("un", True), ("deux", False)]
    assert [(one["keyword"], one["whole_word"]) for one in second.json["keywords"]] == [("un", False)]


@pytest.mark.parametrize(
    "values",
    [
        {"context": ["home"]},
        {"title": "x"},
        {"title": "x", "context": ["nowhere"]},
        {"title": "x", "context": ["home"], "filter_action": "burn"},
        {"title": "x", "context": ["home"], "expires_in": "soon"},
        {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": " "}]},
        {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "x" * 513}]},
        {"title": "x", "context": ["home"], "keywords_attributes": [{"id": "5", "keyword": "x"}]},
        {"title": "x" * 257, "context": ["home"]},
    ],
)
async def test_a_wrong_filter_is_refused_whole(alice: Alice, values: dict[str, Any]) -> None:
    answer = await alice.api.ask("POST", V2, json=values)

    assert answer.status == 422
    assert await alice.api.get(V2) == []


async def test_parts_are_changed_one_by_one_and_streams_are_told(alice: Alice) -> None:
    made = await make(alice)
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor)
        position = await stream_events.read_position(conn)
    path = f"{V2}/{made['id']}"

    keyword = await alice.api.post(f"{path}/keywords", strict.filter_keyword, keyword="tente", whole_word="false")
    changed = await alice.api.ask("PUT", f"{V2}/keywords/{keyword['id']}", data={"keyword": "canoë"})
    named = await alice.api.post(f"{path}/statuses", strict.filter_status, status_id=str(note.id))
    again = await alice.api.post(f"{path}/statuses", strict.filter_status, status_id=str(note.id))

    assert changed.json == keyword | {"keyword": "canoë"}
    assert named == again == {"id": named["id"], "status_id": str(note.id)}
    assert await alice.api.get(f"{path}/keywords", strict.many(strict.filter_keyword)) == [
        *made["keywords"],
        changed.json,
    ]
    assert await alice.api.get(f"{V2}/keywords/{keyword['id']}") == changed.json
    assert await alice.api.get(f"{path}/statuses", strict.many(strict.filter_status)) == [named]
    assert await alice.api.get(f"{V2}/statuses/{named['id']}") == named
    assert (await alice.api.ask("DELETE", f"{V2}/keywords/{keyword['id']}")).json == {}
    assert (await alice.api.ask("DELETE", f"{V2}/statuses/{named['id']}")).json == {}
    assert await alice.api.get(path) == made
    async with connection(alice.api.pool) as conn:
        _, events = await stream_events.list_since(conn, position, 20)
    assert {(event.kind, event.object_id) for event in events} == {("filters", alice.actor.id)}
    assert len(events) == 6


async def test_older_clients_see_each_keyword_as_a_filter(alice: Alice) -> None:
    made = await alice.api.post(V1, strict.filter_v1, phrase="vélo", **{"context[]": "home"}, irreversible="true")

    changed = await alice.api.ask("PUT", f"{V1}/{made['id']}", json={"phrase": "moto", "irreversible": False})

    assert made == {
        "id": made["id"],
        "phrase": "vélo",
        "context": ["home"],
        "whole_word": True,
        "expires_at": None,
        "irreversible": True,
    }
    assert changed.json == made | {"phrase": "moto", "irreversible": False}
    assert await alice.api.get(V1, strict.many(strict.filter_v1)) == [changed.json]
    assert await alice.api.get(f"{V1}/{made['id']}", strict.filter_v1) == changed.json
    [newer] = await alice.api.get(V2, strict.many(strict.filter))
    assert (newer["title"], newer["filter_action"]) == ("moto", "warn")
    assert (await alice.api.ask("DELETE", f"{V1}/{made['id']}")).json == {}
    assert await alice.api.get(V2) == []


async def test_an_older_client_does_not_change_keywords_that_it_does_not_see(alice: Alice) -> None:
    made = await make(alice, keywords_attributes=[{"keyword": "un"}, {"keyword": "deux"}])
    first = made["keywords"][0]["id"]

    refused = await alice.api.ask("PUT", f"{V1}/{first}", json={"phrase": "un", "context": ["public"]})
    allowed = await alice.api.ask("PUT", f"{V1}/{first}", json={"phrase": "trois"})

    assert (refused.status, allowed.status) == (422, 200)
    [kept] = await alice.api.get(V2)
    assert (kept["title"], [one["keyword"] for one in kept["keywords"]]) == ("Assez", ["trois", "deux"])


async def test_filters_of_others_are_as_if_missing(alice: Alice) -> None:
    made = await make(alice)
    keyword = made["keywords"][0]["id"]
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor, audience="followers")
        dora = await alice.api.as_member(await make_member(conn, "dora"))
    own = await dora.post(V2, strict.filter, title="A", **{"context[]": "home"})

    for method, path in [
        ("GET", f"{V2}/{made['id']}"),
        ("PUT", f"{V2}/{made['id']}"),
        ("DELETE", f"{V2}/{made['id']}"),
        ("POST", f"{V2}/{made['id']}/statuses"),
        ("GET", f"{V2}/keywords/{keyword}"),
        ("PUT", f"{V2}/keywords/{keyword}"),
        ("DELETE", f"{V2}/keywords/{keyword}"),
        ("DELETE", f"{V2}/statuses/{keyword}"),
        ("GET", f"{V1}/{keyword}"),
        ("DELETE", f"{V1}/{keyword}"),
        ("DELETE", f"{V1}/9223372036854775807"),
    ]:
        assert (await dora.ask(method, path)).status == 404, (method, path)
    secret = await dora.ask("POST", f"{V2}/{own['id']}/statuses", data={"status_id": str(note.id)})
    assert secret.status == 404
    assert len(await alice.api.get(V2)) == 1


async def test_every_list_says_what_was_found_and_shares_do_too(alice: Alice) -> None:
    await make(alice, "velo")
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
        named = await make_note(conn, bob, content="<p>Un <b>V</b>ÉLO</p>")
        other = await make_note(conn, bob)
        own = await make_note(conn, alice.actor, content="<p>vélo</p>")
    await alice.api.post(f"/api/v1/statuses/{named.id}/reblog")

    home = {one["id"]: one["filtered"] for one in await alice.api.get("/api/v1/timelines/home", STATUSES)}
    wrapper = (await alice.api.get(f"/api/v1/accounts/{alice.actor.id}/statuses", STATUSES))[0]

    [found] = home[str(named.id)]
    assert (found["keyword_matches"], found["status_matches"], found["filter"]["title"]) == (["velo"], [], "Assez")
    assert (home[str(other.id)], home[str(own.id)]) == ([], [])
    assert wrapper["filtered"] == wrapper["reblog"]["filtered"] == [found]
    assert "filtered" not in (await alice.api.as_anybody().get(f"/api/v1/statuses/{named.id}", strict.status))


async def test_what_is_hidden_is_left_out_in_its_contexts_only(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
        parent = await make_note(conn, alice.actor)
        note = await make_note(
            conn, bob, content="<p>vélo</p>", in_reply_to_uri=parent.uri, mention_ids=(alice.actor.id,)
        )
        listing = await make_listing(conn, bob, post={"content": "<p><strong>Vélo</strong></p>"})
        await notifications.notify(conn, recipient_id=alice.actor.id, type="mention", actor_id=bob.id, post_id=note.id)
    lists = {
        "home": ("/api/v1/timelines/home", str(listing.id)),
        "public": ("/api/v1/timelines/public", str(listing.id)),
        "account": (f"/api/v1/accounts/{bob.id}/statuses", str(listing.id)),
        "thread": (f"/api/v1/statuses/{parent.id}/context", str(note.id)),
        "notifications": ("/api/v1/notifications", str(note.id)),
    }

    async def list_shown() -> set[str]:
        return {
            name for name, (path, id) in lists.items() if f'"{id}"' in str(await alice.api.get(path)).replace("'", '"')
        }

    assert await list_shown() == lists.keys()
    for context in lists:
        made = await make(alice, "vélo", context, filter_action="hide")
        assert await list_shown() == lists.keys() - {context}
        await alice.api.ask("DELETE", f"{V2}/{made['id']}")
    assert (await alice.api.get(f"/api/v1/statuses/{note.id}", strict.status))["filtered"] == []


async def test_a_filter_whose_time_is_over_finds_nothing_but_is_kept(alice: Alice) -> None:
    made = await make(alice, expires_in=3600)
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn), content="<p>vélo</p>")
    path = f"/api/v1/statuses/{note.id}"

    before = await alice.api.get(path, strict.status)
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE filter SET expires_at = now() - interval '1 second'")

    assert len(before["filtered"]) == 1
    assert (await alice.api.get(path, strict.status))["filtered"] == []
    assert [one["id"] for one in await alice.api.get(V2)] == [made["id"]]


async def test_filters_have_bounds(alice: Alice) -> None:
    rule = FilterRule(title="A", context=["home"], action="warn", expires_at=None)
    async with connection(alice.api.pool) as conn:
        for _ in range(filters.MOST_FILTERS):
            last = await filters.create(conn, alice.actor.id, rule)
        await execute(
            conn,
            "INSERT INTO filter_keyword SELECT n, $1, 'x', true FROM generate_series(1, $2::int) AS n",
            last.id,
            filters.MOST_KEYWORDS,
        )

        with pytest.raises(Invalid):
            await filters.create(conn, alice.actor.id, rule)
        with pytest.raises(Invalid):
            await filters.add_keyword(conn, alice.actor.id, last.id, "y", whole_word=True)
        assert await fetch_value(conn, "SELECT count(*) FROM filter_keyword") == filters.MOST_KEYWORDS
