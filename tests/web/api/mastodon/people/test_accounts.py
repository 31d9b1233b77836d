"""Who somebody is, what they wrote, who follows them."""

from datetime import UTC, datetime

from federation.texts.html_cleaner import clean
from models import posts
from models.people import absences
from models.relations import reactions
from models.store.database import connection, execute
from tests.factories import make_follow, make_listing, make_local_actor, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api

ACCOUNTS = strict.many(strict.account)
STATUSES = strict.many(strict.status)


async def test_who_is_away_says_so_first_until_she_is_back(alice: Alice) -> None:
    back = datetime(2030, 8, 2, 22, tzinfo=UTC)
    async with connection(alice.api.pool) as conn:
        await absences.set_away(conn, alice.actor.id, back)
        gone = await make_remote_actor(conn, away_until=back, fields=[{"name": "Ville", "value": "Hénin"}])
        over = await make_remote_actor(conn, "zoe", away_until=datetime(2020, 1, 1, tzinfo=UTC))

    shown = [
        (await alice.api.get(f"/api/v1/accounts/{id}", strict.account))["fields"]
        for id in (alice.actor.id, gone.id, over.id)
    ]
    own = await alice.api.get("/api/v1/accounts/verify_credentials", strict.own_account)

    assert [[row["name"] for row in rows] for rows in shown] == [["Absence"], ["Absence", "Ville"], []]
    assert shown[0][0]["value"] == "De retour le 3 août 2030" and own["source"]["fields"] == []


async def test_the_reader_learns_who_she_is_and_what_she_typed(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await execute(
            conn,
            "UPDATE actor SET summary = $2, fields = $3 WHERE id = $1",
            alice.actor.id,
            clean("<p>J’aime <strong>bricoler</strong></p>"),
            [{"name": "Site", "value": '<a href="https://alice.example">alice</a>'}],
        )
        await make_follow(conn, await make_remote_actor(conn), alice.actor, state="pending")

    own = await alice.api.get("/api/v1/accounts/verify_credentials", strict.own_account)

    assert own["acct"] == "alice"
    assert own["source"]["note"] == "J’aime bricoler"
    assert own["source"]["fields"][0]["value"] == "alice"
    assert own["source"]["follow_requests_count"] == 1


async def test_anybody_sees_an_account_by_id_and_by_handle(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
        await make_note(conn, bob)
    api = alice.api.as_anybody()

    account = await api.get(f"/api/v1/accounts/{bob.id}", strict.account)

    assert account["acct"] == "bob@henin.test"
    assert (account["followers_count"], account["statuses_count"]) == (1, 1)
    assert account["last_status_at"] is not None
    for acct in ("bob@henin.test", "@Bob@HENIN.test"):
        assert (await api.get("/api/v1/accounts/lookup", strict.account, acct=acct))["id"] == str(bob.id)
    for acct in ("alice", "@alice", "alice@lomme.test"):
        assert (await api.get("/api/v1/accounts/lookup", strict.account, acct=acct))["acct"] == "alice"


async def test_what_somebody_shares_counts_as_a_post_so_a_stream_is_not_empty(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)
        stream = await make_local_actor(conn, "offres", type="Group")
        elsewhere = await make_remote_actor(conn, "demandes")
        for actor in (stream, elsewhere):
            await reactions.share(conn, uri=f"{actor.uri}/share", actor_id=actor.id, post_id=listing.id)

    api = alice.api.as_anybody()
    accounts = [await api.get(f"/api/v1/accounts/{one.id}", strict.account) for one in (stream, elsewhere)]
    async with connection(alice.api.pool) as conn:
        await posts.delete(conn, listing.id)
    after = await api.get(f"/api/v1/accounts/{stream.id}", strict.account)

    assert [one["statuses_count"] for one in accounts] == [1, 1]
    assert all(one["last_status_at"] for one in accounts)
    assert (after["statuses_count"], after["last_status_at"]) == (0, None)


async def test_unknown_deleted_and_suspended_accounts_are_missing_alike(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob, carol = await make_remote_actor(conn), await make_remote_actor(conn, "carol")
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", bob.id)
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE id = $1", carol.id)

    paths = [f"/api/v1/accounts/{id}{part}" for id in (bob.id, carol.id, 5, "9" * 30) for part in ("", "/statuses")]
    paths += [f"/api/v1/accounts/lookup?acct={acct}" for acct in ("", "@", "bob@henin.test", "a b", "x@y z", "nobody")]
    answers = [await alice.api.ask("GET", path) for path in paths]

    assert {(answer.status, answer.json["code"]) for answer in answers} == {(404, "not_found")}


async def test_several_accounts_come_in_the_order_asked(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)

    found = await alice.api.ask("GET", f"/api/v1/accounts?id[]={bob.id}&id[]=3&id[]={alice.actor.id}&id[]=x")

    ACCOUNTS(found.json)
    assert [one["acct"] for one in found.json] == ["bob@henin.test", "alice"]


async def test_who_did_not_confirm_her_address_is_not_found_by_number_either(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        dora = await make_member(conn, "dora")
        await execute(conn, "UPDATE account SET confirmed_at = NULL WHERE actor_id = $1", dora.id)

    found = [
        await alice.api.get(path)
        for path in (f"/api/v1/accounts?id[]={dora.id}", f"/api/v1/accounts/relationships?id[]={dora.id}")
    ]

    assert found == [[], []]
    assert (await alice.api.ask("GET", f"/api/v1/accounts/{dora.id}")).status == 404


async def test_what_somebody_wrote_narrows_and_never_shows_more_than_the_reader_may_see(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        open_ = await make_listing(conn, bob)
        coop = await make_listing(conn, bob, post={"audience": "coop"})
        secret = await make_note(conn, bob, audience="direct")
        answer = await make_note(conn, bob, in_reply_to_uri=open_.uri)
    path = f"/api/v1/accounts/{bob.id}/statuses"

    async def read(api: Api = alice.api, **params: str) -> list[int]:
        return [int(one["id"]) for one in await api.get(path, STATUSES, **params)]

    assert await read() == [answer.id, coop.id, open_.id]
    assert await read(alice.api.as_anybody()) == [answer.id, open_.id]
    assert await read(exclude_replies="true") == [coop.id, open_.id]
    assert await read(pinned="true") == []
    assert secret.id not in await read()


async def test_followers_are_paged_by_the_follows_own_ids(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        people = [await make_remote_actor(conn, f"p{number}") for number in range(3)]
        for person in people:
            await make_follow(conn, person, alice.actor)
        await make_follow(conn, alice.actor, people[0])
        await make_follow(conn, alice.actor, people[1], state="pending")

    first = await alice.api.ask("GET", f"/api/v1/accounts/{alice.actor.id}/followers?limit=2")
    second = await alice.api.ask("GET", first.links["next"].removeprefix(alice.api.site.url))
    following = await alice.api.get(f"/api/v1/accounts/{alice.actor.id}/following", ACCOUNTS)

    ACCOUNTS(first.json)
    assert [one["username"] for one in first.json + second.json] == ["p2", "p1", "p0"]
    assert [one["username"] for one in following] == ["p0"]


async def test_search_finds_exact_handles_first_and_can_keep_to_the_followed(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn, "bob")
        await make_remote_actor(conn, "bobby", name="Robert")
        await make_follow(conn, alice.actor, bob)

    async def find(**params: str) -> list[str]:
        return [one["username"] for one in await alice.api.get("/api/v1/accounts/search", ACCOUNTS, **params)]

    assert set(await find(q="bob")) == {"bob", "bobby"}
    assert await find(q="@bob@henin.test") == ["bob"]
    assert await find(q="ROBÉRT") == ["bobby"]
    assert await find(q="bob", following="true") == ["bob"]
    assert (await alice.api.ask("GET", "/api/v1/accounts/search?q=")).status == 422


async def test_preferences_name_what_clients_start_with(alice: Alice) -> None:
    assert await alice.api.get("/api/v1/preferences") == {
        "posting:default:visibility": "public",
        "posting:default:sensitive": False,
        "posting:default:language": "fr",
        "posting:default:quote_policy": "public",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
    }


async def test_completion_asks_for_somebody_unknown_only_with_resolve(alice: Alice) -> None:
    alice.api.fediverse.add_person("carol", "carvin.test")
    path = "/api/v1/accounts/search"

    known = await alice.api.get(path, ACCOUNTS, q="carol@carvin.test")
    resolved = await alice.api.get(path, ACCOUNTS, q="@carol@carvin.test", resolve="true")
    missing = await alice.api.get(path, ACCOUNTS, q="@nobody@carvin.test", resolve="true")

    assert (known, missing) == ([], [])
    assert [one["acct"] for one in resolved] == ["carol@carvin.test"]
