"""The verbs of the exchange over our own API: each does what the page does, or says why it is not possible."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from models.exchanges import agreements, exchanges
from models.listings.listings import Listing
from models.moments import PARIS
from models.people import actors
from models.store.database import Connection, connection, execute, fetch_value, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.threads.messages import Words, write
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.outbox.sent_activities import list_sent
from tests.sample_threads import days
from tests.web.api.conftest import Alice, Answer
from tests.web.api.declic.contract import Own
from tests.web.api.mastodon.posts.test_media import picture, upload

OLDER, OLD = "2020-05-01T00:00:00Z", "2020-05-03T00:00:00Z"

TERMS = days(0, 2, place="La Remise")


def sent(**changes: Any) -> dict[str, Any]:
    """Those terms as a program sends them."""
    assert TERMS.begins_at is not None and TERMS.ends_at is not None
    return {
        "begins_at": TERMS.begins_at.astimezone(PARIS).isoformat(),
        "ends_at": TERMS.ends_at.isoformat(),
        "place": "La Remise",
    } | changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Alice lends a tent; Dora is a member too."""

    alice: Own
    dora: Own
    tent: Listing

    async def ask(self, **changes: Any) -> Any:
        """Dora asks for it; the thread as she sees it."""
        answer = await self.dora.ask("POST", f"/listings/{self.tent.id}/exchanges", json=sent(**changes))
        assert answer.status == 200, answer
        return answer.json

    async def act(self, who: Own, thread: Any, act: str, status: int = 200, **more: Any) -> Any:
        """One of the two does something with the latest agreement; a yes is to the terms of this thread."""
        held = thread["agreements"][0]
        terms = {"offer": held["offer"]} if act == "accept" else {}
        answer = await who.ask("POST", f"/agreements/{held['id']}/acts", json={"act": act} | terms | more)
        assert answer.status == status, answer
        return answer.json


@pytest.fixture
async def ground(alice: Alice, own: Own) -> Ground:
    async with transaction(alice.api.pool) as conn:
        dora = await make_member(conn, "dora", name="Dora")
        tent = await make_listing(conn, alice.actor, title="Tente", mode="loan")
    return Ground(alice=own, dora=Own(api=await alice.api.as_member(dora), document=own.document), tent=tent)


async def test_a_loan_from_asking_to_thanks(ground: Ground) -> None:
    asked = await ground.ask(text="Pour Wissant.")
    [held] = asked["agreements"]
    assert (asked["role"], asked["state"], asked["your_turn"], held["yours"]) == ("partner", "requested", False, True)
    assert (held["terms"]["place"], held["verbs"]) == ("La Remise", ["withdraw"])
    hers = await ground.alice.get(f"/exchanges/{asked['id']}")
    assert (hers["role"], hers["your_turn"], hers["unread"]) == ("owner", True, True)
    assert hers["agreements"][0]["verbs"] == ["accept", "counter", "refuse"]

    agreed = await ground.act(ground.alice, asked, "accept", offer=hers["agreements"][0]["offer"])
    assert (agreed["state"], agreed["agreements"][0]["steps"]) == ("agreed", ["out", "back"])
    out = await ground.act(ground.dora, asked, "out")
    assert out["agreements"][0]["steps"] == ["back"]
    back = await ground.act(ground.dora, asked, "back")
    assert (back["agreements"][0]["you_reported"], back["agreements"][0]["steps"]) == (True, [])
    assert (await ground.alice.get(f"/exchanges/{asked['id']}"))["to_confirm"]
    done = await ground.act(ground.alice, asked, "back")
    assert (done["state"], done["agreements"][0]["verified"]) == ("done", True)
    thanked = await ground.dora.ask("POST", f"/agreements/{held['id']}/thanks", json={"text": "Merci Alice !"})
    assert thanked.status == 200
    again = await ground.dora.ask("POST", f"/agreements/{held['id']}/thanks", json={"text": "Encore merci !"})
    assert again.status == 409


async def test_terms_are_countered_until_they_fit(ground: Ground) -> None:
    asked = await ground.ask()
    old = asked["agreements"][0]["offer"]

    changed = await ground.alice.ask("POST", f"/exchanges/{asked['id']}/terms", json=sent(place="Chez moi"))
    late = await ground.act(ground.dora, asked, "accept", status=409, offer=old)
    unsaid = await ground.act(ground.dora, asked, "accept", status=422, offer=None)
    agreed = await ground.act(ground.dora, asked, "accept", offer=changed.json["agreements"][0]["offer"])

    assert changed.json["state"] == "countered"
    assert "plus sur la table" in late["error"]
    assert unsaid["field"] == "offer", "a yes without terms would be one to terms that she has not seen"
    assert (agreed["state"], agreed["agreements"][0]["terms"]["place"]) == ("agreed", "Chez moi")


@pytest.mark.parametrize(
    ("first", "act", "who", "becomes"),
    [
        ((), "refuse", "alice", "refused"),
        ((), "withdraw", "dora", "withdrawn"),
        (("accept",), "cancel", "dora", "cancelled"),
        (("accept",), "cancel", "alice", "cancelled"),
    ],
)
async def test_every_way_out(ground: Ground, first: tuple[str, ...], act: str, who: str, becomes: str) -> None:
    asked = await ground.ask()
    for before in first:
        await ground.act(ground.alice, asked, before)

    ended = await ground.act(getattr(ground, who), asked, act, text="Il pleut.")

    assert (ended["state"], ended["agreements"][0]["reason"]) == (becomes, "Il pleut.")
    again = await ground.dora.ask("POST", f"/exchanges/{asked['id']}/terms", json=sent())
    assert (again.status, again.json["state"], len(again.json["agreements"])) == (200, "requested", 2)


async def test_what_is_not_possible_says_why(ground: Ground, alice: Alice) -> None:
    asked = await ground.ask()

    own_yes = await ground.act(ground.dora, asked, "accept", status=409)
    assert "attend encore une réponse" in own_yes["error"]
    acts = f"/agreements/{asked['agreements'][0]['id']}/acts"
    assert await ground.dora.refused("POST", acts, json={"act": "x"}) == "act"
    path = f"/listings/{ground.tent.id}/exchanges"
    assert await ground.dora.refused("POST", path, json=sent(ends_at=None)) == "ends_at"
    assert await ground.dora.refused("POST", path, json=sent(begins_at=OLD, ends_at=OLDER)) == "ends_at"
    assert await ground.dora.refused("POST", path, json=sent(begins_at=OLDER, ends_at=OLD)) == "begins_at"
    assert await ground.dora.refused("POST", path, json=sent(begins_at="demain")) == "begins_at"
    assert await ground.dora.refused("POST", path, json=sent(place="x" * 201)) == "place"
    assert await ground.dora.refused("POST", path, json=sent(text="x" * 2001)) == "text"
    assert await ground.dora.refused("POST", path, json=sent(quantity="many")) == "quantity"
    async with transaction(alice.api.pool) as conn:
        eve = await make_member(conn, "eve")
    eves = Own(api=await alice.api.as_member(eve), document=ground.alice.document)
    taken = await eves.ask("POST", path, json=sent())
    assert (taken.status, taken.json.get("field")) == (409, "begins_at"), taken.json
    assert (await ground.alice.ask("POST", path, json=sent())).status == 422, "one's own listing"


async def test_strangers_find_nothing(ground: Ground, alice: Alice) -> None:
    asked = await ground.ask()
    async with transaction(alice.api.pool) as conn:
        eve = await make_member(conn, "eve")
    eves = Own(api=await alice.api.as_member(eve), document=ground.alice.document)
    id, held = asked["id"], asked["agreements"][0]["id"]

    for method, path, body in (
        ("GET", f"/exchanges/{id}", None),
        ("GET", f"/exchanges/{id}/entries", None),
        ("POST", f"/exchanges/{id}/terms", sent()),
        ("POST", f"/exchanges/{id}/messages", {"text": "Bonjour"}),
        ("POST", f"/exchanges/{id}/read", {}),
        ("POST", f"/agreements/{held}/acts", {"act": "accept"}),
        ("POST", f"/agreements/{held}/thanks", {"text": "Merci"}),
    ):
        for one in (path, path.replace(id, "1").replace(held, "1")):
            answer = await eves.ask(method, one, **({} if body is None else {"json": body}))
            assert (answer.status, set(answer.json)) == (404, {"error", "code"}), (method, one)
    async with connection(alice.api.pool) as conn:
        assert (await agreements.get(conn, int(held))).state == "requested"


@pytest.mark.parametrize("parallel", [False, True])
async def test_a_repeated_request_asks_once(ground: Ground, alice: Alice, parallel: bool) -> None:
    path, key = f"/listings/{ground.tent.id}/exchanges", {"Idempotency-Key": "une fois"}

    async def ask() -> Answer:
        return await ground.dora.ask("POST", path, json=sent(), headers=key)

    answers = await asyncio.gather(ask(), ask()) if parallel else [await ask(), await ask()]

    assert [one.status for one in answers] == [200, 200]
    assert answers[0].json["agreements"] == answers[1].json["agreements"]
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM agreement") == 1


async def test_a_message_with_a_picture_is_a_status_too(ground: Ground, alice: Alice) -> None:
    asked = await ground.ask()
    photo = (await upload(alice.api, picture(), description="La tente")).json["id"]

    path = f"/exchanges/{asked['id']}/messages"
    written = (await ground.alice.ask("POST", path, json={"text": "La voici.", "media_ids": [photo]})).json

    assert (written["kind"], written["yours"], written["text"]) == ("message", True, "La voici.")
    assert [one["description"] for one in written["photos"]] == ["La tente"]
    status = await ground.dora.api.get(f"/api/v1/statuses/{written['id']}")
    assert status["visibility"] == "direct"
    assert await ground.alice.refused("POST", path, json={"text": ""}) == "text"
    assert await ground.alice.refused("POST", path, json={"media_ids": ["x"]}) == "media_ids"


async def test_terms_for_another_server_travel_as_an_offer(ground: Ground, alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        bob = await make_remote_actor(conn, "bob", territory_uri="https://henin.test/users/coop")
        drill = await make_listing(conn, bob, title="Perceuse", mode="loan")

    asked = await ground.alice.ask("POST", f"/listings/{drill.id}/exchanges", json=sent())

    assert (asked.status, asked.json["other"]["acct"]) == (200, "bob@henin.test")
    async with connection(alice.api.pool) as conn:
        assert [one.type for one in await list_sent(conn)] == ["Offer"]


async def test_reading_alone_changes_nothing(ground: Ground, alice: Alice) -> None:
    asked = await ground.ask()
    reads = Own(api=await alice.api.as_member(alice.actor, "read"), document=ground.alice.document)
    id, held = asked["id"], asked["agreements"][0]["id"]

    for path, body in (
        (f"/agreements/{held}/acts", {"act": "accept"}),
        (f"/exchanges/{id}/messages", {"text": "Bonjour"}),
        (f"/exchanges/{id}/read", {}),
        (f"/exchanges/{id}/terms", sent()),
    ):
        assert (await reads.ask("POST", path, json=body)).status == 403
    assert (await reads.ask("GET", f"/exchanges/{id}")).status == 200
    nobody = Own(api=alice.api.as_anybody(), document=ground.alice.document)
    assert (await nobody.ask("GET", "/exchanges")).status == 401


async def test_the_owner_proposes_to_whoever_only_wrote(ground: Ground, alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        dora = await dora_of(conn)
        thread = await exchanges.open(conn, listing_id=ground.tent.id, owner_id=alice.actor.id, partner_id=dora)
        await write(conn, HERE, await actors.get(conn, dora), thread, Words(text="Elle est libre ?"))

    made = await ground.alice.ask("POST", f"/exchanges/{thread.id}/terms", json=sent())

    assert (made.status, made.json["state"], made.json["agreements"][0]["yours"]) == (200, "countered", True)
    agreed = await ground.act(ground.dora, made.json, "accept")
    assert agreed["state"] == "agreed"


@pytest.mark.parametrize(
    ("before", "act", "who", "events"),
    [
        ((), "accept", "alice", ["agreed"]),
        ((), "refuse", "alice", ["refused"]),
        ((), "withdraw", "dora", ["withdrawn"]),
        (("accept",), "cancel", "dora", ["cancelled"]),
        (("accept",), "out", "dora", ["out"]),
        (("accept", "out"), "back", "alice", ["back"]),
    ],
)
async def test_an_act_that_is_repeated_is_done_once_and_is_no_error(
    ground: Ground, alice: Alice, before: tuple[str, ...], act: str, who: str, events: list[str]
) -> None:
    asked = await ground.ask()
    for one in before:
        await ground.act(ground.alice, asked, one)
    more = {"offer": asked["agreements"][0]["offer"]} if act == "accept" else {}

    both = await asyncio.gather(*(ground.act(getattr(ground, who), asked, act, **more) for _ in range(2)))
    late = await ground.act(getattr(ground, who), asked, act, **more)

    assert [one["state"] for one in both] == [late["state"]] * 2
    kinds = await alice.api.pool.fetch("SELECT kind FROM exchange_event WHERE kind = ANY($1)", [act, *events])
    assert [row["kind"] for row in kinds] == events


async def test_a_yes_to_other_terms_than_those_that_were_agreed_is_no_second_yes(ground: Ground) -> None:
    asked = await ground.ask()
    await ground.act(ground.alice, asked, "accept")

    other = await ground.act(ground.alice, asked, "accept", status=409, offer="https://lomme.test/other")

    assert "plus sur la table" in other["error"]


async def test_whether_words_are_a_yes_is_asked_only_of_those_without_a_button(ground: Ground) -> None:
    asked = await ground.ask()

    refused = await ground.act(ground.alice, asked, "ask_again", status=409)

    assert refused["error"]


@pytest.mark.parametrize(("language", "told"), [("fr", "Quelqu’un d’autre a été choisi"), ("en", "Somebody else was")])
async def test_a_no_that_nobody_wrote_is_read_in_the_members_language(
    ground: Ground, alice: Alice, language: str, told: str
) -> None:
    async with transaction(alice.api.pool) as conn:
        eve = await make_member(conn, "eve")
        pot = await make_listing(conn, alice.actor, title="Marmite", mode="gift")
        await execute(conn, "UPDATE account SET language = $1", language)
        hers = await request(conn, HERE, eve, pot, TERMS)
        await request(conn, HERE, await actors.get(conn, await dora_of(conn)), pot, days(20, 22))
        await accept(conn, HERE, alice.actor, hers)

    [thread] = await ground.dora.get("/exchanges")
    whole = await ground.dora.get(f"/exchanges/{thread['id']}")
    entries = await ground.dora.get(f"/exchanges/{thread['id']}/entries")

    assert whole["agreements"][0]["reason"].startswith(told)
    assert [one["text"].startswith(told) for one in entries if one["kind"] == "refused"] == [True]


async def dora_of(conn: Connection) -> int:
    return int(await fetch_value(conn, "SELECT id FROM actor WHERE username = 'dora'"))
