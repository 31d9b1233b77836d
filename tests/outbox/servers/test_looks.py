"""Ask a friend to look: only a friend, not too often; what it says is kept, and so is why it says nothing."""

from pathlib import Path
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from models.errors import Conflict
from models.limits import LOOKS_ASKED
from models.people.actors import Actor
from models.servers import looks
from models.servers.looks import AskedLook
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from outbox.servers.looks import JOB, NO_FRIEND, NO_KEY, UNKNOWN, ask_job, begin, request_look
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.repair_shops import make_friend

DESK = "https://henin.test/users/coop/looks"


@pytest.fixture
def fediverse() -> FakeFediverse:
    return FakeFediverse()


@pytest.fixture
async def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """A cooperative with one friend, which looks when it is asked."""
    made = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)
    async with transaction(pool) as conn:
        server = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, HERE, server, await make_key_pairs(made.settings))
        await make_local_actor(conn, "coop", type="Organization")
        await make_friend(conn)
    fediverse.add_person("coop", type="Organization", looks=DESK)
    answer(fediverse)
    return made


def answer(fediverse: FakeFediverse, **changes: Any) -> None:
    def reply(asked: dict[str, Any]) -> dict[str, Any]:
        seen = [{"check": "inbox", "well": True, "figure": 202}]
        return {"type": "LookReport", "inReplyTo": asked["id"], "addresses": [], "seen": seen} | changes

    fediverse.replies[DESK] = reply


def fail(fediverse: FakeFediverse, failed: FetchFailed) -> None:
    def reply(_: dict[str, Any]) -> dict[str, Any]:
        raise failed

    fediverse.replies[DESK] = reply


async def ask(instance: Instance) -> AskedLook:
    async with transaction(instance.pool) as conn:
        look_id = await begin(conn, "henin.test", None)
    await ask_job(instance, look_id)
    return await find(instance)


async def find(instance: Instance) -> AskedLook:
    async with connection(instance.pool) as conn:
        return (await looks.list_asked(conn))[0]


async def test_what_the_friend_saw_is_kept_as_far_as_it_is_known(instance: Instance, fediverse: FakeFediverse) -> None:
    answer(fediverse, note="<script>", addresses=["203.0.113.7", "<b>"])

    look = await ask(instance)

    assert look.seen is not None and "script" not in str(look.seen) and look.seen["addresses"] == ["203.0.113.7"]
    assert (look.host, look.name, look.failure, look.waits) == ("henin.test", "Hénin-Carvin", None, False)
    [posted] = fediverse.posts
    assert posted.activity.keys() == {"@context", "id", "type", "actor", "published"}
    assert posted.key_id == f"{HERE.url}/users/instance#main-key"


@pytest.mark.parametrize(
    ("failed", "kept", "clock"),
    [
        (FetchFailed(Cause.CLOCK, "henin.test", answer=401, clock=900), "clock", 900),
        (FetchFailed(Cause.SIGNATURE_REFUSED, "henin.test", answer=401, clock=1), "signature_refused", 1),
        (FetchFailed(Cause.NOT_FOUND, "henin.test", answer=404), NO_FRIEND, None),
        (FetchFailed(Cause.FORBIDDEN, "henin.test", answer=403), NO_FRIEND, None),
        (FetchFailed(Cause.SERVER_ERROR, "henin.test", answer=503), NO_KEY, None),
        (FetchFailed(Cause.TOO_MANY_REQUESTS, "henin.test", answer=429), "too_many_requests", None),
        (FetchFailed(Cause.TIMED_OUT, "henin.test"), "timed_out", None),
    ],
)
async def test_why_the_friend_saw_nothing_is_kept(
    failed: FetchFailed, kept: str, clock: int | None, instance: Instance, fediverse: FakeFediverse
) -> None:
    fail(fediverse, failed)

    look = await ask(instance)

    assert (look.failure, look.clock, look.seen, look.waits) == (kept, clock, None, False)


@pytest.mark.parametrize("odd", [{"type": "Note"}, {"inReplyTo": "urn:uuid:other"}])
async def test_an_odd_answer_is_none(odd: dict[str, Any], instance: Instance, fediverse: FakeFediverse) -> None:
    answer(fediverse, **odd)

    assert (await ask(instance)).failure == Cause.NOT_AN_OBJECT


@pytest.mark.parametrize("desk", [None, "https://victim.test/users/coop/looks", "http://henin.test/users/coop/looks"])
async def test_who_cannot_look_or_names_another_server_is_not_asked(
    desk: str | None, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person("coop", type="Organization", **({"looks": desk} if desk else {}))

    assert (await ask(instance)).failure == UNKNOWN
    assert fediverse.posts == []


async def test_a_friend_that_does_not_answer_at_all_is_told(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.documents["https://henin.test/users/coop"] = FetchFailed(Cause.CERTIFICATE_EXPIRED, "henin.test")

    assert (await ask(instance)).failure == Cause.CERTIFICATE_EXPIRED


async def test_a_job_that_runs_twice_asks_for_the_same_look(instance: Instance, fediverse: FakeFediverse) -> None:
    async with transaction(instance.pool) as conn:
        look_id = await begin(conn, "henin.test", None)
    await ask_job(instance, look_id)
    async with transaction(instance.pool) as conn:
        await conn.execute("UPDATE asked_look SET ended_at = NULL, seen = NULL")
    await ask_job(instance, look_id)
    await ask(instance)

    first, again, other = [one.activity["id"] for one in fediverse.posts]
    assert first == again != other


async def test_looks_that_saw_nothing_do_not_count(instance: Instance, fediverse: FakeFediverse) -> None:
    fail(fediverse, FetchFailed(Cause.TIMED_OUT, "henin.test"))
    for _ in range(LOOKS_ASKED.most):
        await ask(instance)
    answer(fediverse)

    assert (await ask(instance)).seen


async def test_only_a_friend_is_asked_once_at_a_time_and_a_few_times_a_day(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        me: Actor = await make_member(conn, "nadia", roles=["admin"])
        for host in ("stranger.test", ""):
            with pytest.raises(Conflict, match="look_no_friend"):
                await request_look(conn, host, me.id)
        await request_look(conn, "henin.test", me.id)
        with pytest.raises(Conflict, match="look_waits"):
            await request_look(conn, "henin.test", me.id)
        await conn.execute("UPDATE asked_look SET asked_at = now() - interval '6 minutes'")
        assert await conn.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB) == 1
    late = await find(instance)
    await ask_job(instance, late.id)
    for _ in range(LOOKS_ASKED.most):
        await ask(instance)
    async with transaction(instance.pool) as conn:
        with pytest.raises(Conflict, match="looks_too_many"):
            await request_look(conn, "henin.test", me.id)

    assert (late.asker, late.waits, late.ended_at) == ("nadia", False, None)
    async with connection(instance.pool) as conn:
        assert (await looks.list_asked(conn))[-1].ended_at is None, "nobody waited for it any more"


async def test_who_asked_is_forgotten_with_her_account_and_all_of_it_after_a_month(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        me = await make_member(conn, "nadia", roles=["admin"])
        await looks.ask(conn, "henin.test", me.id)
        given = await looks.begin(conn, "henin.test", "urn:uuid:1")
        assert given is not None
        await looks.forget_asker(conn, me.id)
        assert [one.asker for one in await looks.list_asked(conn)] == [None]
        assert (await looks.forget_asked(conn), await looks.forget_given(conn)) == (0, 0)
        for table in ("asked_look", "given_look"):
            await conn.execute(f"UPDATE {table} SET asked_at = now() - interval '31 days'")
        assert (await looks.forget_asked(conn), await looks.forget_given(conn)) == (1, 1)
