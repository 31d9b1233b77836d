"""Lists through a client: in every encoding, and nobody else's."""

from models.store.database import connection
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice
from tests.web.api.mastodon.timelines.test_timelines import follow_links

LIST = "/api/v1/lists"


async def test_a_list_is_made_changed_and_deleted(alice: Alice) -> None:
    made = await alice.api.post(LIST, strict.reading_list, title="  Voisins \n du coin ")
    changed = await alice.api.ask("PUT", f"{LIST}/{made['id']}", json={"replies_policy": "none", "exclusive": True})

    strict.reading_list(changed.json)
    assert made == {"id": made["id"], "title": "Voisins du coin", "replies_policy": "list", "exclusive": False}
    assert changed.json == made | {"replies_policy": "none", "exclusive": True}
    assert await alice.api.get(LIST, strict.many(strict.reading_list)) == [changed.json]
    assert await alice.api.get(f"{LIST}/{made['id']}", strict.reading_list) == changed.json
    assert (await alice.api.ask("DELETE", f"{LIST}/{made['id']}")).json == {}
    assert await alice.api.get(LIST) == []
    assert (await alice.api.ask("DELETE", f"{LIST}/{made['id']}")).status == 404


async def test_a_list_without_title_or_with_an_unknown_policy_names_the_field(alice: Alice) -> None:
    for data in ({}, {"title": " "}, {"title": "x" * 256}, {"title": "x", "replies_policy": "all"}):
        answer = await alice.api.ask("POST", LIST, json=data)

        assert answer.status == 422, data


async def test_people_come_and_go_in_json_forms_and_addresses(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        people = [await make_remote_actor(conn, name) for name in ("bob", "carol", "dora")]
        for one in people:
            await make_follow(conn, alice.actor, one)
        stranger = await make_remote_actor(conn, "eve")
    bob, carol, dora = [str(one.id) for one in people]
    members = f"{LIST}/{(await alice.api.post(LIST, title='Voisins'))['id']}/accounts"

    assert (await alice.api.ask("POST", members, json={"account_ids": [bob]})).json == {}
    assert (
        await alice.api.ask("POST", members, data=[("account_ids[]", carol), ("account_ids[]", dora)])
    ).status == 200
    assert (await alice.api.ask("POST", members, json={"account_ids": [bob]})).status == 422
    assert (await alice.api.ask("POST", members, json={"account_ids": [str(stranger.id)]})).status == 404
    shown = await alice.api.get(members, strict.many(strict.account))
    first = await alice.api.ask("GET", f"{members}?limit=1")
    assert [one["id"] for one in shown] == [dora, carol, bob]
    assert first.links.keys() == {"next", "prev"}
    assert await follow_accounts(alice, f"{members}?limit=2") == [[dora, carol], [bob], []]
    assert len(await alice.api.get(members, limit="0")) == 3
    assert (await alice.api.ask("DELETE", members, json={"account_ids": [bob]})).json == {}
    assert (await alice.api.ask("DELETE", f"{members}?account_ids[]={carol}")).json == {}
    assert [one["id"] for one in await alice.api.get(members)] == [dora]


async def follow_accounts(alice: Alice, path: str) -> list[list[str]]:
    pages: list[list[str]] = []
    next_path: str | None = path
    while next_path is not None:
        answer = await alice.api.ask("GET", next_path)
        pages.append([one["id"] for one in answer.json])
        link = answer.links.get("next")
        next_path = link.removeprefix(alice.api.site.url) if link else None
    return pages


async def test_the_timeline_of_a_list_is_walked_by_the_link_header(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
        for one in (bob, carol):
            await make_follow(conn, alice.actor, one)
        made = [str((await make_listing(conn, bob)).id) for _ in range(3)]
        await make_note(conn, carol)
    shown = (await alice.api.post(LIST, title="Voisins"))["id"]
    await alice.api.ask("POST", f"{LIST}/{shown}/accounts", json={"account_ids": [str(bob.id)]})

    pages = await follow_links(alice.api, f"/api/v1/timelines/list/{shown}?limit=2", "next")

    assert pages == [made[:0:-1], made[:1], []]
    on = await alice.api.get(f"/api/v1/accounts/{bob.id}/lists", strict.many(strict.reading_list))
    assert [one["id"] for one in on] == [shown]
    assert await alice.api.get(f"/api/v1/accounts/{carol.id}/lists") == []


async def test_lists_of_others_are_as_if_missing(alice: Alice) -> None:
    shown = (await alice.api.post(LIST, title="Voisins"))["id"]
    async with connection(alice.api.pool) as conn:
        dora = await alice.api.as_member(await make_member(conn, "dora"))

    for method, path in [
        ("GET", f"{LIST}/{shown}"),
        ("PUT", f"{LIST}/{shown}"),
        ("DELETE", f"{LIST}/{shown}"),
        ("GET", f"{LIST}/{shown}/accounts"),
        ("POST", f"{LIST}/{shown}/accounts"),
        ("DELETE", f"{LIST}/{shown}/accounts"),
        ("GET", f"/api/v1/timelines/list/{shown}"),
    ]:
        assert (await dora.ask(method, path)).status == 404, (method, path)
    assert len(await alice.api.get(LIST)) == 1
