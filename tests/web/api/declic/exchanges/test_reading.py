"""One's exchanges over our own API: lists, one of them, its lines, and when a listing is taken."""

from typing import Any

from models.exchanges import exchanges
from models.exchanges.agreements import Agreement
from models.moments import PARIS
from models.people.actors import Actor
from models.store.database import transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import refuse
from outbox.threads.agreement_context import Said
from outbox.threads.messages import Words, write
from tests.factories import HERE, make_listing, make_member
from tests.sample_threads import days
from tests.web.api.conftest import Alice
from tests.web.api.declic.contract import Own


async def talk(alice: Alice, count: int = 1) -> tuple[Actor, list[Agreement]]:
    """Dora asks for things of Alice's, one thread each."""
    made = []
    async with transaction(alice.api.pool) as conn:
        dora = await make_member(conn, "dora", name="Dora")
        for number in range(count):
            listing = await make_listing(conn, alice.actor, title=f"Chose {number}", mode="loan")
            made.append(await request(conn, HERE, dora, listing, days(10, 12), Said(text="S’il vous plaît.")))
    return dora, made


async def test_lists_go_back_page_by_page(alice: Alice, own: Own) -> None:
    await talk(alice, 5)

    seen: list[str] = []
    path: str | None = "/exchanges?limit=2"
    while path:
        answer = await own.ask("GET", path)
        seen += [one["listing"]["title"] for one in answer.json]
        link = answer.headers.get("Link", "")
        assert "prev" not in link
        path = link.partition("/api/v1/declic")[2].partition(">")[0] or None

    assert seen == [f"Chose {number}" for number in (4, 3, 2, 1, 0)]


async def test_what_waits_what_goes_on_and_what_is_over(alice: Alice, own: Own) -> None:
    _, made = await talk(alice, 3)
    async with transaction(alice.api.pool) as conn:
        await refuse(conn, HERE, alice.actor, made[0])
        await accept(conn, HERE, alice.actor, made[1])

    async def titles(state: str) -> list[str]:
        return [one["listing"]["title"] for one in await own.get(f"/exchanges?state={state}")]

    assert await titles("waiting") == ["Chose 2"]
    assert await titles("over") == ["Chose 0"]
    assert sorted(await titles("open")) == ["Chose 1", "Chose 2"]
    assert len(await titles("all")) == 3
    assert await own.refused("GET", "/exchanges?state=perhaps") == "state"
    assert await own.refused("GET", "/exchanges?max_id=x") == "max_id"


async def test_a_thread_is_read_line_by_line_each_thing_once(alice: Alice, own: Own) -> None:
    dora, [made] = await talk(alice)
    async with transaction(alice.api.pool) as conn:
        thread = await exchanges.get_for(conn, made.exchange_id, dora.id)
        await write(conn, HERE, alice.actor, thread, Words(text="Bonjour !"))
        await accept(conn, HERE, alice.actor, made)
    path = f"/exchanges/{made.exchange_id}/entries"

    lines = await own.get(path)

    assert [(one["kind"], one["yours"]) for one in lines] == [("agreed", True), ("message", True), ("requested", False)]
    assert lines[2]["text"] == "S’il vous plaît." and lines[2]["terms"]["begins_at"] is not None
    assert lines[1]["text"] == "Bonjour !", "without the name of whom it is for"
    first: Any = await own.ask("GET", f"{path}?limit=2")
    assert f"max_id={lines[1]['id']}" in first.headers["Link"]
    assert await own.get(f"{path}?limit=2&max_id={lines[1]['id']}") == lines[2:]


async def test_what_was_read_is_marked_by_a_request_alone(alice: Alice, own: Own) -> None:
    _, [made] = await talk(alice)

    assert (await own.get(f"/exchanges/{made.exchange_id}"))["unread"]
    assert (await own.get(f"/exchanges/{made.exchange_id}"))["unread"], "to look is not to have read"
    read = await own.ask("POST", f"/exchanges/{made.exchange_id}/read")

    assert (read.status, read.json["unread"]) == (200, False)
    assert not (await own.get("/exchanges"))[0]["unread"]


async def test_a_calendar_tells_days_and_nothing_else(alice: Alice, own: Own, open: Own) -> None:
    _, [made] = await talk(alice)
    async with transaction(alice.api.pool) as conn:
        gift = await make_listing(conn, alice.actor, title="Plantes", mode="gift")
        hidden = await make_listing(conn, alice.actor, title="Entre nous", mode="loan", post={"audience": "coop"})

    calendar = await open.get(f"/listings/{made.listing_id}/calendar")

    assert made.begins_at is not None
    assert (calendar["dated"], calendar["known"], calendar["told_at"]) == (True, True, None)
    [taken] = calendar["ranges"]
    assert set(taken) == {"begins_at", "ends_at"}
    assert taken["begins_at"][:10] <= f"{made.begins_at.astimezone(PARIS):%Y-%m-%d}" <= taken["ends_at"][:10]
    assert await open.get(f"/listings/{gift.id}/calendar") == {
        "dated": False,
        "known": True,
        "told_at": None,
        "ranges": [],
    }
    assert (await open.ask("GET", f"/listings/{hidden.id}/calendar")).status == 404
    assert (await own.ask("GET", f"/listings/{hidden.id}/calendar")).status == 200
