"""A member asks about a frame number: here, then every friend; each answers for itself, or not at all."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from models.errors import Conflict, Invalid
from models.news import news
from models.people.actors import Actor
from models.repairs.frame_numbers import inquiries, sightings
from models.settings import Settings
from models.store.database import Connection, Pool, connection, transaction
from outbox.repairs.frame_numbers.answers import Asker, answer
from outbox.repairs.frame_numbers.asking import ask
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import FakeFediverse
from tests.frame_numbers import NUMBER, add_bike
from tests.repair_shops import make_friend

HOSTS = ("henin.test", "lens.test", "arras.test")


@pytest.fixture
def fediverse() -> FakeFediverse:
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=fediverse)


@pytest.fixture
async def asker(instance: Instance, fediverse: FakeFediverse) -> Actor:
    """A member of a cooperative with three friends that know the question."""
    async with transaction(instance.pool) as conn:
        server = await make_local_actor(conn, "instance", type="Application")
        await save_local_keys(conn, instance.site, server, await make_key_pairs(instance.settings))
        await make_local_actor(conn, "coop", type="Organization")
        for host in HOSTS:
            await make_friend(conn, host)
            coop = f"https://{host}/users/coop"
            fediverse.add_person("coop", host, type="Organization", stolenBikes=f"{coop}/stolen_bikes")
        return await make_member(conn, "nora")


def let_answer(fediverse: FakeFediverse, host: str, stolen: Any, **told: Any) -> None:
    """What this friend answers to any number."""

    def reply(asked: dict[str, Any]) -> dict[str, Any]:
        return {"type": "StolenBikeAnswer", "inReplyTo": asked["id"], "stolen": stolen} | told

    fediverse.replies[f"https://{host}/users/coop/stolen_bikes"] = reply


async def list_answers(instance: Instance, inquiry_id: int) -> dict[str, bool | None]:
    async with connection(instance.pool) as conn:
        found = await inquiries.map_answers(conn, [inquiry_id])
    return {one.host: one.stolen for one in found[inquiry_id]}


async def test_every_friend_is_asked_and_answers_for_itself(
    instance: Instance, fediverse: FakeFediverse, asker: Actor
) -> None:
    let_answer(fediverse, "henin.test", True)
    let_answer(fediverse, "lens.test", False)

    asked = await ask(instance, asker, "wtu 128-k4471", may_write=False)

    assert await list_answers(instance, asked) == {
        "lomme.test": False,
        "henin.test": True,
        "lens.test": False,
        "arras.test": None,
    }
    questions = {one.inbox.split("/")[2]: one.activity for one in fediverse.posts}
    assert set(questions) == set(HOSTS)
    assert {one["frameNumber"] for one in questions.values()} == {NUMBER}
    assert len({one["id"] for one in questions.values()}) == 3
    assert all("contact" not in one and "nora" not in str(one) for one in questions.values())
    assert {one.key_id for one in fediverse.posts} == {f"{instance.site.url}/users/instance#main-key"}


async def test_her_address_goes_along_only_where_she_said_so(
    instance: Instance, fediverse: FakeFediverse, asker: Actor
) -> None:
    let_answer(fediverse, "henin.test", True)
    let_answer(fediverse, "lens.test", False)

    await ask(instance, asker, NUMBER, may_write=True)

    said = {(one.inbox.split("/")[2], one.activity.get("contact")) for one in fediverse.posts}
    assert said == {(host, None) for host in HOSTS} | {("henin.test", "nora@lomme.test")}


@pytest.mark.parametrize(
    "odd",
    [
        {"stolen": "peut-être"},
        {"stolen": True, "inReplyTo": "urn:uuid:other"},
        {"stolen": True, "type": "Note"},
    ],
)
async def test_an_odd_answer_is_none(
    instance: Instance, fediverse: FakeFediverse, asker: Actor, odd: dict[str, Any]
) -> None:
    let_answer(fediverse, "henin.test", **odd)

    asked = await ask(instance, asker, NUMBER, may_write=False)

    assert (await list_answers(instance, asked))["henin.test"] is None


async def test_who_does_not_know_the_question_is_not_asked_and_who_lies_elsewhere_neither(
    instance: Instance, fediverse: FakeFediverse, asker: Actor
) -> None:
    elsewhere = "https://arras.test/users/coop/stolen_bikes"
    fediverse.add_person("coop", "henin.test", type="Organization")
    fediverse.add_person("coop", "lens.test", type="Organization", stolenBikes=elsewhere)
    fediverse.documents["https://arras.test/users/coop"] = FetchFailed(Cause.TIMED_OUT, "arras.test", retry=True)

    asked = await ask(instance, asker, NUMBER, may_write=False)

    assert fediverse.posts == []
    assert set((await list_answers(instance, asked)).values()) == {False, None}


async def test_the_owner_here_is_told_and_nobody_of_her_own_question(instance: Instance, asker: Actor) -> None:
    async with transaction(instance.pool) as conn:
        owner = await make_member(conn, "olga")
        await add_bike(conn, owner)

    for member in (owner, asker, asker):
        asked = await ask(instance, member, NUMBER, may_write=False)
        assert (await list_answers(instance, asked))["lomme.test"] is True
    await ask(instance, asker, NUMBER, may_write=True)

    async with connection(instance.pool) as conn:
        told = await sightings.list_own(conn, owner.id)
    assert [(one.host, one.contact) for one in told] == [("lomme.test", "nora@lomme.test")]


async def test_the_owner_is_told_in_our_name_where_the_other_cooperative_is_not_known(conn: Connection) -> None:
    coop = await make_local_actor(conn, "coop", type="Organization")
    owner = await make_member(conn, "olga")
    await add_bike(conn, owner)

    assert await answer(conn, HERE, NUMBER, Asker(host="henin.test"))

    told = await news.list_news(conn, owner.id)
    assert [(one.type, one.actor_ids) for one in told] == [("bike_asked", [coop.id])]


async def test_the_owner_is_told_once_of_somebody_who_asks_again_within_the_day(conn: Connection) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    owner = await make_member(conn, "olga")
    await add_bike(conn, owner)

    for _ in range(2):
        for contact in ("", "bob@henin.test"):
            assert await answer(conn, HERE, NUMBER, Asker(host="henin.test", contact=contact))
        await conn.execute("UPDATE frame_sighting SET asked_at = asked_at - interval '1 hour'")

    assert [one.contact for one in await sightings.list_own(conn, owner.id)] == ["bob@henin.test"]
    assert [one.type for one in await news.list_news(conn, owner.id)] == ["bike_asked"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" - ", "frame_number_missing"),
        ("1", "frame_number_length"),
        ("A" * 41, "frame_number_length"),
        ("WTU128É471", "frame_number_signs"),
    ],
)
async def test_what_is_no_number_is_not_asked_and_costs_no_question(
    instance: Instance, fediverse: FakeFediverse, asker: Actor, typed: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(instance, asker, typed, may_write=False)

    async with connection(instance.pool) as conn:
        assert (refused.value.code, await inquiries.count_today(conn, asker.id)) == (code, 0)
    assert fediverse.posts == []


async def test_the_eleventh_question_asks_nobody(instance: Instance, fediverse: FakeFediverse, asker: Actor) -> None:
    for _ in range(10):
        await ask(instance, asker, NUMBER, may_write=False)
    asked = len(fediverse.posts)

    with pytest.raises(Conflict):
        await ask(instance, asker, NUMBER, may_write=False)

    assert len(fediverse.posts) == asked == 30


async def test_no_log_line_has_the_number(instance: Instance, fediverse: FakeFediverse, asker: Actor) -> None:
    let_answer(fediverse, "henin.test", "peut-être")
    with structlog.testing.capture_logs() as lines:
        await ask(instance, asker, NUMBER, may_write=False)

    assert {one["event"] for one in lines} == {"frame_number_not_answered"}
    assert NUMBER not in str(lines)
