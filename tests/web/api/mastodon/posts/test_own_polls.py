"""Polls of one's own through a client: asked, changed, taken back, planned, voted in by members, and over."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.people.account_deletion import delete_due_accounts
from outbox.posts.poll_figures import end_polls, send_figures
from tests.factories import make_follow, make_member, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api
from tests.web.api.mastodon.posts.test_editing import VERSIONS, add_upload
from tests.web.api.mastodon.posts.test_scheduled import SCHEDULED, later, let_time_pass
from web.actions.scheduled_posts import publish_scheduled

URL = "/api/v1/statuses"

ASKED: dict[str, Any] = {"options": ["Lundi", "Mardi"], "expires_in": 3600}


async def ask(alice: Alice, *, status: str = "Quel jour ?", visibility: str = "public", **changes: Any) -> Any:
    wanted = {"status": status, "visibility": visibility, "poll": ASKED | changes}
    answer = await alice.api.ask("POST", URL, json=wanted)
    assert answer.status == 200, answer
    strict.status(answer.json)
    return answer.json


async def vote(api: Api, id: str, *choices: int) -> Any:
    return await api.ask("POST", f"/api/v1/polls/{id}/votes", json={"choices": list(choices)})


async def as_member(alice: Alice, username: str) -> Api:
    async with connection(alice.api.pool) as conn:
        return await alice.api.as_member(await make_member(conn, username))


async def end(alice: Alice) -> None:
    """The time of all polls is over."""
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = now() - interval '1 second'")
    await end_polls(alice.api.instance)


async def test_a_poll_is_asked_as_it_was_typed_in_a_form_or_as_json(alice: Alice) -> None:
    form = [("status", "Quel jour ?"), ("poll[expires_in]", "600"), ("poll[multiple]", "true")]
    form += [("poll[options][]", name) for name in ("  Lundi ", "Mardi\u202e soir", "")]

    typed = await alice.api.ask("POST", URL, data=form)
    poll = (await ask(alice))["poll"]

    strict.status(typed.json)
    assert [one["title"] for one in typed.json["poll"]["options"]] == ["Lundi", "Mardi soir"]
    assert typed.json["poll"]["multiple"] is True
    assert [(one["title"], one["votes_count"]) for one in poll["options"]] == [("Lundi", 0), ("Mardi", 0)]
    assert (poll["votes_count"], poll["voters_count"], poll["expired"], poll["multiple"]) == (0, 0, False, False)
    assert (poll["voted"], poll["own_votes"]) == (True, []), "whoever asks does not vote"
    expires = datetime.fromisoformat(poll["expires_at"])
    assert timedelta(minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"options": ["Lundi"]}, "poll[options]"),
        ({"options": ["Lundi", "  "]}, "poll[options]"),
        ({"options": []}, "poll[options]"),
        ({"options": list("abcde")}, "poll[options]"),
        ({"options": ["a", "b" * 51]}, "poll[options]"),
        ({"options": ["Lundi", "Lundi "]}, "poll[options]"),
        ({"expires_in": 299}, "poll[expires_in]"),
        ({"expires_in": 2_629_747}, "poll[expires_in]"),
        ({"expires_in": None}, "poll[expires_in]"),
        ({"expires_in": "demain"}, "poll[expires_in]"),
        ({"multiple": "peut-être"}, "poll[multiple]"),
    ],
)
async def test_a_poll_outside_the_limits_is_refused_and_the_field_named(
    alice: Alice, changes: dict[str, Any], field: str
) -> None:
    for when in ({}, {"scheduled_at": later(hours=1)}):
        answer = await alice.api.ask("POST", URL, json={"status": "x", "poll": ASKED | changes} | when)

        assert (answer.status, answer.json["field"]) == (422, field), answer
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == 0


async def test_the_limits_that_are_announced_are_those_that_hold(alice: Alice) -> None:
    limits = (await alice.api.get("/api/v2/instance"))["configuration"]["polls"]

    assert limits == {
        "max_options": 4,
        "max_characters_per_option": 50,
        "min_expiration": 300,
        "max_expiration": 2_629_746,
    }
    widest = ["x" * 50, "y" * 50, "z" * 50, "é" * 50]
    await ask(alice, options=widest, expires_in=limits["max_expiration"])
    await ask(alice, options=["Oui", "Non"], expires_in=limits["min_expiration"])


async def test_a_poll_has_words_and_no_pictures(alice: Alice) -> None:
    picture = await add_upload(alice, 1)

    for wrong in ({"status": "x", "media_ids": [picture]}, {"status": " "}):
        assert (await alice.api.ask("POST", URL, json=wrong | {"poll": ASKED})).status == 422
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == 0


async def test_members_vote_once_and_nothing_leaves_that_says_who(alice: Alice) -> None:
    bea, dora = await as_member(alice, "bea"), await as_member(alice, "dora")
    id = (await ask(alice))["id"]

    answers = await asyncio.gather(*(vote(bea, id, 1) for _ in range(3)), vote(dora, id, 0))

    assert sorted(answer.status for answer in answers) == [200, 200, 422, 422]
    poll = await bea.get(f"/api/v1/polls/{id}", strict.poll)
    assert (poll["voted"], poll["own_votes"], poll["voters_count"]) == (True, [1], 2)
    assert [one["votes_count"] for one in poll["options"]] == [1, 1]
    seen = await alice.api.get(f"/api/v1/polls/{id}", strict.poll)
    assert seen["own_votes"] == [] and [one["votes_count"] for one in seen["options"]] == [1, 1]
    assert await alice.api.get("/api/v1/notifications") == []
    async with connection(alice.api.pool) as conn:
        assert await fetch_column(conn, "SELECT type FROM activity") == ["Create"]


async def test_several_may_be_chosen_where_the_poll_says_so(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    one, many = (await ask(alice))["id"], (await ask(alice, multiple=True))["id"]

    assert (await vote(bea, one, 0, 1)).status == 422
    assert (await vote(bea, many, 1, 0)).json["own_votes"] == [0, 1]
    assert (await vote(bea, many, 5)).status == (await vote(bea, many)).status == 422


async def test_nobody_votes_in_her_own_poll(alice: Alice) -> None:
    id = (await ask(alice))["id"]

    assert (await vote(alice.api, id, 0)).status == 422

    assert (await alice.api.get(f"/api/v1/polls/{id}"))["votes_count"] == 0


async def test_hidden_figures_are_shown_to_nobody_until_the_end(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    id = (await ask(alice, hide_totals=True))["id"]
    await vote(bea, id, 1)

    for api in (alice.api, bea, alice.api.as_anybody()):
        poll = await api.get(f"/api/v1/polls/{id}", strict.poll)
        assert [one["votes_count"] for one in poll["options"]] == [None, None]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'poll_figures'") == 0
    await end(alice)
    poll = await alice.api.as_anybody().get(f"/api/v1/polls/{id}", strict.poll)
    assert (poll["expired"], [one["votes_count"] for one in poll["options"]]) == (True, [0, 1])


async def test_the_end_is_told_to_whoever_asked_and_to_whoever_voted_once(alice: Alice) -> None:
    bea, dora = await as_member(alice, "bea"), await as_member(alice, "dora")
    id = (await ask(alice))["id"]
    await vote(bea, id, 1)

    await end(alice)
    await end(alice)

    for api, told in ((alice.api, 1), (bea, 1), (dora, 0)):
        found = await api.get("/api/v1/notifications", strict.many(strict.notification))
        assert [(one["type"], one["status"]["id"], one["account"]["acct"]) for one in found] == [
            ("poll", id, "alice")
        ] * told
    assert (await vote(dora, id, 0)).status == 422
    poll = await dora.get(f"/api/v1/polls/{id}", strict.poll)
    assert (poll["expired"], poll["votes_count"]) == (True, 1)


async def test_the_end_is_told_to_other_servers_with_the_result(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    async with connection(alice.api.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn), alice.actor)
    id = (await ask(alice))["id"]
    await vote(bea, id, 1)

    await end(alice)
    await send_figures(alice.api.instance, {"post": int(id)})

    async with connection(alice.api.pool) as conn:
        row = await conn.fetchrow(
            "SELECT a.body::jsonb AS body, d.inbox FROM activity a JOIN delivery d ON d.activity_id = a.id "
            "WHERE a.type = 'Update'"
        )
        events = await fetch_column(conn, "SELECT object_id FROM stream_event WHERE kind = 'edit'")
    assert row is not None and row["inbox"] == "https://henin.test/inbox"
    question = row["body"]["object"]
    assert question["closed"] == question["endTime"]
    assert [one["replies"]["totalItems"] for one in question["oneOf"]] == [0, 1]
    assert int(id) in events
    assert (await alice.api.get(f"{URL}/{id}", strict.status))["edited_at"] is None


async def test_an_edit_keeps_the_votes_while_the_options_stay(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    id = (await ask(alice))["id"]
    await vote(bea, id, 1)

    kept = await alice.api.ask("PUT", f"{URL}/{id}", json={"status": "Quel jour, donc ?", "poll": ASKED})
    other = ASKED | {"options": ["Lundi", "Jeudi"]}
    emptied = await alice.api.ask("PUT", f"{URL}/{id}", json={"status": "Quel jour, donc ?", "poll": other})
    await vote(bea, id, 0)
    several = await alice.api.ask("PUT", f"{URL}/{id}", json={"status": "x", "poll": other | {"multiple": True}})

    strict.status(kept.json)
    assert [answer.json["poll"]["votes_count"] for answer in (kept, emptied, several)] == [1, 0, 0]
    assert (await bea.get(f"/api/v1/polls/{id}", strict.poll))["voted"] is False
    history = await alice.api.get(f"{URL}/{id}/history", VERSIONS)
    assert [[one["title"] for one in version["poll"]["options"]] for version in history] == [
        ["Lundi", "Mardi"], ["Lundi", "Mardi"], ["Lundi", "Jeudi"], ["Lundi", "Jeudi"]
    ]  # fmt: skip


async def test_an_edit_without_a_poll_takes_it_away_and_the_question_is_a_note(alice: Alice) -> None:
    id = (await ask(alice))["id"]

    plain = await alice.api.ask("PUT", f"{URL}/{id}", json={"status": "C’est réglé"})

    assert plain.json["poll"] is None
    async with connection(alice.api.pool) as conn:
        body = await fetch_value(conn, "SELECT body::jsonb -> 'object' FROM activity WHERE type = 'Update'")
    assert body["type"] == "Note" and "oneOf" not in body


async def test_a_poll_that_is_over_and_begins_again_is_told_again(alice: Alice) -> None:
    id = (await ask(alice))["id"]
    await end(alice)

    again = await alice.api.ask("PUT", f"{URL}/{id}", json={"status": "Encore un jour", "poll": ASKED})

    assert again.json["poll"]["expired"] is False
    assert await alice.api.get("/api/v1/notifications") == []
    await end(alice)
    assert [one["type"] for one in await alice.api.get("/api/v1/notifications")] == ["poll"]


async def test_what_is_taken_back_is_answered_with_its_poll_for_another_try(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    status = await ask(alice)
    await vote(bea, status["id"], 1)

    deleted = await alice.api.ask("DELETE", f"{URL}/{status['id']}")

    assert deleted.json["text"] == "Quel jour ?"
    assert [one["title"] for one in deleted.json["poll"]["options"]] == ["Lundi", "Mardi"]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM poll_vote") == 0
    assert (await vote(bea, status["id"], 0)).status == 404


async def test_a_planned_poll_waits_and_lasts_from_its_moment_on(alice: Alice) -> None:
    asked = ASKED | {"multiple": True}
    planned = await alice.api.ask("POST", URL, json={"status": "x", "poll": asked, "scheduled_at": later(hours=2)})
    SCHEDULED(planned.json)
    assert planned.json["params"]["poll"] == asked | {"hide_totals": False}
    await let_time_pass(alice)

    await publish_scheduled(alice.api.instance, {"id": int(planned.json["id"])})

    [status] = await alice.api.get("/api/v1/timelines/home", strict.many(strict.status))
    assert status["poll"]["multiple"] is True
    assert datetime.fromisoformat(status["poll"]["expires_at"]) > datetime.now(UTC) + timedelta(minutes=59)


async def test_the_same_request_again_asks_once(alice: Alice) -> None:
    wanted = {"status": "Quel jour ?", "poll": ASKED}
    answers = [await alice.api.ask("POST", URL, json=wanted, headers={"Idempotency-Key": "une fois"}) for _ in range(2)]

    assert answers[0].json["poll"]["id"] == answers[1].json["poll"]["id"]


async def test_polls_for_some_are_voted_in_by_those_alone(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    async with connection(alice.api.pool) as conn:
        named = await alice.api.as_member(await make_member(conn, "named"))
    id = (await ask(alice, status="@named, quel jour ?", visibility="direct"))["id"]

    assert (await vote(bea, id, 0)).status == 404
    assert (await vote(named, id, 0)).json["votes_count"] == 1


async def test_a_filter_finds_what_ones_neighbours_ask(alice: Alice) -> None:
    bea = await as_member(alice, "bea")
    values = {"title": "Assez", "context": ["home"], "keywords_attributes": [{"keyword": "mardi"}]}
    await bea.ask("POST", "/api/v2/filters", json=values)
    id = (await ask(alice))["id"]

    assert (await bea.get(f"{URL}/{id}", strict.status))["filtered"][0]["keyword_matches"] == ["mardi"]


async def test_the_votes_of_a_member_who_leaves_count_no_longer(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bea = await make_member(conn, "bea")
    id = (await ask(alice))["id"]
    await vote(await alice.api.as_member(bea), id, 1)
    async with transaction(alice.api.pool) as conn:
        await execute(
            conn,
            "INSERT INTO departure (actor_id, asked_at, due_at) VALUES ($1, now(), now() - interval '1 minute')",
            bea.id,
        )

    await delete_due_accounts(alice.api.instance)

    poll = await alice.api.get(f"/api/v1/polls/{id}", strict.poll)
    assert (poll["votes_count"], poll["voters_count"]) == (0, 0)
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM poll_vote") == 0
