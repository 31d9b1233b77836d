"""A friend asks to be looked at: it alone, at its own address, a few times a day, one at a time; forgers get none."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from multidict import CIMultiDict

from federation.discovery import outside_look
from federation.errors import Cause, FetchFailed, Malformed, SignatureInvalid
from federation.http_client.answers import Answer
from federation.http_client.doors import Door
from federation.http_client.transport import Fetched
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from federation.vocabulary.looks import LookReport, Seen, Sight
from inbox.receiving.friends import require_friend
from inbox.receiving.inbox_policy import HostNotAllowed
from inbox.receiving.looks import LookUnderWay, TooManyLooks, answer_request
from models.errors import NotFound
from models.limits import LOOKS_GIVEN
from models.servers import looks, trust_levels
from models.servers.trust_levels import Decision
from models.store.database import connection, transaction
from tests.factories import HERE, make_local_actor
from tests.fediverse import FakeFediverse, Person, make_signer, sign_post
from tests.inbox.desk import Desk
from tests.repair_shops import make_friend

PATH = "/users/coop/looks"

HENIN = "https://henin.test"

DATE = "Sun, 29 Nov 2026 09:00:00 GMT"


def request(actor: str = f"{HENIN}/users/instance", **changes: Any) -> dict[str, Any]:
    asked = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"urn:uuid:{uuid4()}",
        "type": "LookRequest",
        "actor": actor,
        "published": datetime.now(UTC).isoformat(),
    }
    return asked | changes


@pytest.fixture
async def server(desk: Desk) -> Person:
    """The server's own actor of Hénin, a friend whose cooperative answers as it should."""
    async with transaction(desk.instance.pool) as conn:
        await make_friend(conn)
        ours = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, HERE, ours, await make_key_pairs(desk.instance.settings))
    desk.fediverse.add_person("coop", type="Organization")
    said = CIMultiDict({"Date": DATE})
    desk.fediverse.documents[f"{HENIN}/healthz"] = Fetched(url="", status=200, headers=said, body=b"{}")
    ends = datetime.now(UTC) + timedelta(days=30, hours=1)
    desk.fediverse.doors[HENIN] = [Door(address="203.0.113.7", is_v6=False, tried=True, certificate_until=ends)]
    return desk.fediverse.add_person("instance", type="Application")


async def ask(desk: Desk, person: Person, asked: Mapping[str, Any], **signing: Any) -> LookReport:
    envelope = sign_post(HERE, PATH, asked, person.signer, **signing)
    host = await require_friend(desk.instance, envelope)
    return await answer_request(desk.instance, envelope, host)


async def list_hosts(desk: Desk) -> list[str]:
    async with connection(desk.instance.pool) as conn:
        return [one.host for one in await looks.list_given(conn)]


def by_check(report: LookReport) -> dict[Sight, Seen]:
    return {one.check: one for one in report.seen}


async def test_a_friend_is_looked_at_and_a_line_stays(desk: Desk, server: Person) -> None:
    report = await ask(desk, server, request())

    seen = by_check(report)
    wells = {check: one.well for check, one in seen.items() if check is not Sight.CLOCK}
    assert wells == {check: True for check in Sight if check is not Sight.CLOCK} | {Sight.IPV6: None}
    assert (seen[Sight.CERTIFICATE].figure, report.addresses) == (30, ("203.0.113.7",))
    assert await list_hosts(desk) == ["henin.test"]
    [visit] = desk.fediverse.posts
    assert (visit.inbox, visit.activity["type"]) == (f"{HENIN}/users/coop/inbox", "View")
    assert visit.key_id == f"{HERE.url}/users/instance#main-key"


async def test_the_same_request_is_answered_alike_and_looked_at_once(desk: Desk, server: Person) -> None:
    asked = request()

    first, again = await ask(desk, server, asked), await ask(desk, server, asked)

    assert first == again and len(desk.fediverse.tried) == 1


@pytest.mark.parametrize(
    ("uri", "what", "check", "cause"),
    [
        (f"{HENIN}/users/coop", {"id": f"{HENIN}/users/other"}, Sight.ACTOR, Cause.WRONG_ID),
        (f"{HENIN}/users/coop", {"inbox": "https://victim.test/inbox"}, Sight.INBOX, Cause.WRONG_ID),
        (f"{HENIN}/users/coop", {"inbox": "http://henin.test/inbox"}, Sight.INBOX, Cause.WRONG_ID),
        (f"{HENIN}/users/coop", {"inbox": "https://henin.test:8443/inbox"}, Sight.INBOX, Cause.WRONG_ID),
    ],
)
async def test_what_the_friend_names_elsewhere_is_never_called(
    uri: str, what: dict[str, str], check: Sight, cause: Cause, desk: Desk, server: Person
) -> None:
    document = desk.fediverse.documents[uri]
    assert isinstance(document, dict)
    desk.fediverse.documents[uri] = document | what

    seen = by_check(await ask(desk, server, request(object="https://victim.test/", host="victim.test")))

    assert (seen[check].well, seen[check].cause) == (False, cause)
    assert {uri.split("/")[2] for uri in (*desk.fediverse.fetched, *desk.fediverse.tried)} == {"henin.test"}
    assert desk.fediverse.posts == []


@pytest.mark.parametrize("cause", [Cause.PRIVATE_ADDRESS, Cause.NAME_NOT_FOUND])
async def test_a_name_that_leads_nowhere_or_inside_is_told_and_nothing_is_asked(
    cause: Cause, desk: Desk, server: Person
) -> None:
    await ask(desk, server, request())
    desk.fediverse.doors[HENIN] = FetchFailed(cause, "henin.test")
    desk.fediverse.fetched.clear()
    desk.fediverse.posts.clear()

    seen = by_check(await ask(desk, server, request()))

    assert (seen[Sight.NAME].well, seen[Sight.NAME].cause) == (False, cause)
    assert seen[Sight.SIGNATURE].well, "it was proven before anything was looked at"
    assert all(one.well is None for check, one in seen.items() if check not in (Sight.NAME, Sight.SIGNATURE))
    assert (desk.fediverse.fetched, desk.fediverse.posts) == ([], [])


async def test_what_fails_is_told_one_by_one(desk: Desk, server: Person) -> None:
    await ask(desk, server, request())
    ends = datetime.now(UTC) + timedelta(days=3, hours=1)
    desk.fediverse.doors[HENIN] = [
        Door(address="203.0.113.7", is_v6=False, tried=True, certificate_until=ends),
        Door(address="2001:db8::7", is_v6=True, tried=True, cause=Cause.CONNECTION_REFUSED),
    ]
    for uri in list(desk.fediverse.documents):
        if "webfinger" in uri:
            desk.fediverse.documents[uri] = FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404)
    desk.fediverse.answers[f"{HENIN}/users/coop/inbox"] = [Answer(status=401, cause=Cause.SIGNATURE_REFUSED)]

    seen = by_check(await ask(desk, server, request()))

    assert seen[Sight.IPV6] == Seen(check=Sight.IPV6, well=False, cause=Cause.CONNECTION_REFUSED)
    assert seen[Sight.CERTIFICATE].figure == 3
    assert seen[Sight.WEBFINGER] == Seen(check=Sight.WEBFINGER, well=False, cause=Cause.NOT_FOUND, figure=404)
    assert seen[Sight.INBOX] == Seen(check=Sight.INBOX, well=False, cause=Cause.SIGNATURE_REFUSED, figure=401)
    assert seen[Sight.CLOCK].well is False


@pytest.mark.parametrize(
    ("routed", "seen"),
    [
        (True, Seen(check=Sight.IPV6, well=False, cause=Cause.UNREACHABLE)),
        (False, Seen(check=Sight.IPV6, well=None)),
    ],
)
async def test_of_ipv6_nothing_is_said_only_where_there_is_none_here(
    routed: bool, seen: Seen, desk: Desk, server: Person
) -> None:
    v4 = Door(address="203.0.113.7", is_v6=False, tried=True)
    v6 = Door(address="2001:db8::7", is_v6=True, tried=True, routed=routed, cause=Cause.UNREACHABLE)
    desk.fediverse.doors[HENIN] = [v4, v6]

    assert by_check(await ask(desk, server, request()))[Sight.IPV6] == seen


async def test_doors_that_open_slowly_are_not_taken_for_a_name_that_is_not_found(
    desk: Desk, server: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def open_slowly(*_: object) -> list[Door]:
        await asyncio.sleep(0)
        return [Door(address="203.0.113.7", is_v6=False, tried=True, cause=Cause.TIMED_OUT)]

    monkeypatch.setattr(outside_look, "SECONDS", 0)
    monkeypatch.setattr(FakeFediverse, "try_doors", open_slowly)

    seen = by_check(await ask(desk, server, request()))

    assert seen[Sight.NAME].well and seen[Sight.IPV4].cause is Cause.TIMED_OUT


async def test_beyond_those_of_a_day_and_beside_another_one_nothing_is_looked_at(desk: Desk, server: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await looks.begin(conn, "lens.test", "urn:uuid:1")
    with pytest.raises(LookUnderWay):
        await ask(desk, server, request())
    async with transaction(desk.instance.pool) as conn:
        await conn.execute("UPDATE given_look SET asked_at = now() - interval '61 seconds'")

    for _ in range(LOOKS_GIVEN.most - 1):
        await ask(desk, server, request())

    told = await asyncio.gather(*(ask(desk, server, request()) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(one, LookReport) for one in told) == 1
    assert all(isinstance(one, LookReport | TooManyLooks | LookUnderWay) for one in told)
    with pytest.raises(TooManyLooks):
        await ask(desk, server, request())
    assert len(desk.fediverse.tried) == LOOKS_GIVEN.most


@pytest.mark.parametrize("level", ["reader", "aside", None])
async def test_who_is_no_friend_finds_nothing_and_is_not_looked_at(
    level: trust_levels.Level | None, desk: Desk, server: Person
) -> None:
    stranger = desk.fediverse.add_person("instance", "mallory.test", type="Application")
    if level is not None:
        async with transaction(desk.instance.pool) as conn:
            await trust_levels.save_levels(conn, [Decision(host="mallory.test", level=level)])
        desk.instance.policy.forget()

    with pytest.raises(HostNotAllowed if level == "aside" else NotFound):
        await ask(desk, stranger, request(stranger.uri))

    assert (desk.fediverse.fetched, desk.fediverse.tried, await list_hosts(desk)) == ([], [], [])


async def test_who_lives_below_the_name_of_a_friend_is_none(desk: Desk, server: Person) -> None:
    below = desk.fediverse.add_person("instance", "shop.henin.test", type="Application")

    with pytest.raises(NotFound):
        await ask(desk, below, request(below.uri))

    assert (desk.fediverse.tried, await list_hosts(desk)) == ([], [])


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"actor": "https://victim.test/users/instance"}, SignatureInvalid),
        ({"actor": f"{HENIN}/users/bob"}, SignatureInvalid),
        ({"type": "Note"}, Malformed),
        ({"published": (datetime.now(UTC) - timedelta(hours=2)).isoformat()}, Malformed),
        ({"published": (datetime.now(UTC) + timedelta(hours=2)).isoformat()}, Malformed),
    ],
)
async def test_what_is_forged_old_or_odd_is_not_acted_upon(
    desk: Desk, server: Person, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await ask(desk, server, request(**changes))

    assert (desk.fediverse.tried, await list_hosts(desk)) == ([], [])


async def test_a_signature_by_another_key_in_the_name_of_a_friend_is_none(desk: Desk, server: Person) -> None:
    forger = Person(uri=server.uri, signer=make_signer(server.signer.key_id, 1), document=server.document)

    with pytest.raises(SignatureInvalid):
        await ask(desk, forger, request())

    assert (desk.fediverse.tried, await list_hosts(desk)) == ([], [])
