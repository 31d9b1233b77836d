"""With whom this server deals: no request reaches a host that is set aside, whatever leads there."""

import pytest
from aiohttp import web

from federation.errors import Cause, FetchFailed
from federation.http_client.federation_policy import MOST_COUNTED, FederationPolicy
from federation.http_client.transport import AiohttpTransport
from federation.instance import Instance
from models.servers import trust_levels
from models.settings import Settings
from models.store.database import Pool, connection, execute, transaction
from tests.factories import HERE
from tests.federation.loopback import ALICE, answer_in_turn, serve


class Guests:
    """A guest list of the tests' own."""

    def __init__(self, *asides: str) -> None:
        self.asides = asides

    async def allows(self, host: str) -> bool:
        """All but those set aside."""
        return host not in self.asides


async def set_level(pool: Pool, host: str, level: trust_levels.Level) -> None:
    async with transaction(pool) as conn:
        await trust_levels.save_level(conn, host, level)


async def make_client(*asides: str) -> AiohttpTransport:
    return AiohttpTransport(Settings(url=HERE.url, test_federation=True), hosts=Guests(*asides))


async def test_rs14_nothing_is_asked_of_a_host_set_aside_and_nothing_delivered_there() -> None:
    async with serve(answer_in_turn(200)) as server:
        client = await make_client(server.host)
        with pytest.raises(FetchFailed) as failed:
            await client.get_document(f"{server.url}/users/mallory", signer=ALICE)
        answer = await client.post_activity(f"{server.url}/inbox", b"{}", ALICE)
        await client.close()

    assert server.requests == []
    assert failed.value.cause is Cause.SET_ASIDE and not failed.value.retry
    assert (answer.status, answer.cause) == (None, Cause.SET_ASIDE)


async def test_rs14_a_redirect_does_not_lead_to_a_host_set_aside() -> None:
    async with serve(answer_in_turn(200)) as aside:

        async def redirect(_: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=302, headers={"Location": f"{aside.url}/users/mallory"})

        async with serve(redirect) as welcome:
            client = await make_client(aside.host)
            with pytest.raises(FetchFailed) as failed:
                await client.get_document(f"{welcome.url}/users/bob")
            await client.close()

    assert len(welcome.requests) == 1
    assert aside.requests == []
    assert failed.value.cause is Cause.SET_ASIDE


@pytest.fixture
async def policy(instance: Instance) -> FederationPolicy:
    """What the cooperative of these tests decided."""
    return instance.policy


async def test_a_decision_counts_for_what_stands_under_the_domain_and_for_every_port(
    policy: FederationPolicy, protocol_pool: Pool
) -> None:
    await set_level(protocol_pool, "evil.test", "aside")
    policy.forget()

    asked = ["evil.test", "a.b.evil.test", "evil.test:8443", "notevil.test", "test"]
    assert [await policy.allows(host) for host in asked] == [False, False, False, True, True]


async def test_a_decision_of_another_process_is_known_within_seconds(
    protocol_pool: Pool, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.http_client.federation_policy.RELOAD_SECONDS", -1.0)
    other = FederationPolicy(protocol_pool)
    assert await other.allows("evil.test")

    await set_level(protocol_pool, "evil.test", "aside")
    refused = await other.allows("evil.test")
    await set_level(protocol_pool, "evil.test", "reader")

    assert not refused
    assert await other.allows("evil.test")


async def test_a_restricted_federation_knows_friends_and_guests_only(
    policy: FederationPolicy, protocol_pool: Pool
) -> None:
    async with transaction(protocol_pool) as conn:
        await trust_levels.save_level(conn, "henin.test", "friend")
        await trust_levels.save_listed(conn, "lyon.test", listed=True)
        await trust_levels.save_level(conn, "bad.lyon.test", "aside")
        await trust_levels.save_limited(conn, limited=True)
    policy.forget()

    asked = ["henin.test", "lyon.test", "social.lyon.test", "bad.lyon.test", "brest.test"]
    try:
        assert await policy.is_limited()
        assert [await policy.allows(host) for host in asked] == [True, True, True, False, False]
    finally:
        async with connection(protocol_pool) as conn:
            await execute(conn, "DELETE FROM preference")


async def test_b38_names_of_those_who_knock_are_bounded_in_memory(
    policy: FederationPolicy, protocol_pool: Pool
) -> None:
    async with transaction(protocol_pool) as conn:
        await trust_levels.save_limited(conn, limited=True)
    policy.forget()
    try:
        await policy.allows("h.test")
        for number in range(3 * MOST_COUNTED):
            await policy.note_access_request(f"h{number}.test")
        assert policy.size <= MOST_COUNTED
    finally:
        async with connection(protocol_pool) as conn:
            await execute(conn, "DELETE FROM preference")
            await execute(conn, "DELETE FROM access_request")
