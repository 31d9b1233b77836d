"""A friend asks about a frame number: yes or no, once; everybody else gets nothing, and so do forgers."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.errors import Malformed, SignatureInvalid
from federation.signatures import SignatureScheme
from inbox.receiving.friends import require_friend
from inbox.receiving.inbox_policy import HostNotAllowed
from inbox.receiving.stolen_bikes import TooManyQuestions, answer_inquiry
from models.errors import NotFound
from models.people.actors import Actor
from models.repairs.frame_numbers import questions, sightings
from models.servers import trust_levels
from models.servers.trust_levels import Decision
from models.store.database import connection, transaction
from tests.factories import HERE, make_member
from tests.fediverse import Person, make_signer, sign_post
from tests.frame_numbers import NUMBER, add_bike, question
from tests.inbox.desk import Desk
from tests.repair_shops import make_friend

PATH = "/users/coop/stolen_bikes"


@pytest.fixture
async def owner(desk: Desk) -> Actor:
    """A member whose bike was stolen."""
    async with transaction(desk.instance.pool) as conn:
        alice = await make_member(conn, "alicia")
        await add_bike(conn, alice)
    return alice


@pytest.fixture
async def server(desk: Desk, owner: Actor) -> Person:
    """The server's own actor of Hénin, a friend."""
    async with transaction(desk.instance.pool) as conn:
        await make_friend(conn)
    return desk.fediverse.add_person("instance", type="Application")


async def ask(desk: Desk, person: Person, asked: Mapping[str, Any], **signing: Any) -> bool:
    envelope = sign_post(HERE, PATH, asked, person.signer, **signing)
    host = await require_friend(desk.instance, envelope)
    told = await answer_inquiry(desk.instance, envelope, host)
    assert told.in_reply_to == asked["id"]
    return told.stolen


async def list_told(desk: Desk, owner: Actor) -> list[tuple[str, str]]:
    async with connection(desk.instance.pool) as conn:
        return [(one.host, one.contact) for one in await sightings.list_own(conn, owner.id)]


async def list_lines(desk: Desk) -> list[tuple[str, str, bool]]:
    async with connection(desk.instance.pool) as conn:
        return [(one.host, one.ending, one.stolen) for one in await questions.list_all(conn)]


@pytest.mark.parametrize("scheme", list(SignatureScheme))
async def test_a_friend_is_told_yes_or_no_and_a_line_stays(
    desk: Desk, server: Person, owner: Actor, scheme: SignatureScheme
) -> None:
    yes = await ask(desk, server, question(), scheme=scheme)
    no = await ask(desk, server, question(frameNumber="ANOTHER99"), scheme=scheme)

    assert (yes, no) == (True, False)
    assert await list_lines(desk) == [("henin.test", "R99", False), ("henin.test", "471", True)]
    assert await list_told(desk, owner) == [("henin.test", "")]
    assert await desk.told(owner) == ["bike_asked"]


async def test_the_number_stands_in_no_table_but_the_owners(desk: Desk, server: Person) -> None:
    await ask(desk, server, question())

    columns = await desk.instance.pool.fetch(
        """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'json')
            AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')
        """
    )
    held = [
        row["table_name"]
        for row in columns
        if await desk.value(
            f'SELECT count(*) FROM "{row["table_name"]}" WHERE "{row["column_name"]}"::text LIKE $1',
            f"%{NUMBER}%",
        )
    ]
    assert held == ["bike"]


async def test_the_same_question_again_is_answered_alike_and_tells_nobody(
    desk: Desk, server: Person, owner: Actor
) -> None:
    asked = question(contact="bob@henin.test")
    assert await ask(desk, server, asked)
    async with transaction(desk.instance.pool) as conn:
        await conn.execute("UPDATE frame_sighting SET asked_at = now() - interval '2 days'")

    again = await asyncio.gather(*(ask(desk, server, asked) for _ in range(5)))

    assert again == [True] * 5
    assert len(await list_lines(desk)) == 1
    assert await list_told(desk, owner) == [("henin.test", "bob@henin.test")]


async def test_whoever_asks_ten_times_is_one_line_to_the_owner(desk: Desk, server: Person, owner: Actor) -> None:
    for _ in range(10):
        assert await ask(desk, server, question())

    assert await list_told(desk, owner) == [("henin.test", "")]
    assert await desk.told(owner) == ["bike_asked"]


async def test_the_hundred_and_first_question_of_a_day_waits(desk: Desk, server: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        for number in range(99):
            await questions.save(conn, "henin.test", f"urn:{number}", "471", stolen=False)

    told = await asyncio.gather(*(ask(desk, server, question()) for _ in range(4)), return_exceptions=True)

    assert sorted(type(one).__name__ for one in told) == [*["TooManyQuestions"] * 3, "bool"]
    with pytest.raises(TooManyQuestions):
        await ask(desk, server, question())
    assert await desk.value("SELECT count(*) FROM frame_question") == 100


async def test_who_says_who_asks_after_a_yes_has_asked_once(desk: Desk, server: Person, owner: Actor) -> None:
    async with transaction(desk.instance.pool) as conn:
        for number in range(99):
            await questions.save(conn, "henin.test", f"urn:{number}", "000", stolen=False)
    complete = question(contact="bob@henin.test")

    told = [await ask(desk, server, one) for one in (question(), complete, complete)]

    assert told == [True] * 3 and await list_told(desk, owner) == [("henin.test", "bob@henin.test")]
    assert await desk.value("SELECT count(*) FROM frame_question") == 100
    for more in (question(contact="bob@henin.test"), question()):
        with pytest.raises(TooManyQuestions):
            await ask(desk, server, more)


async def test_a_no_after_a_yes_is_counted_when_the_day_is_full_and_spends_the_chance(
    desk: Desk, server: Person
) -> None:
    """Else any number could be tried for a minute after a yes, without a trace."""
    async with transaction(desk.instance.pool) as conn:
        for number in range(99):
            await questions.save(conn, "henin.test", f"urn:{number}", "000", stolen=False)
    assert await ask(desk, server, question())

    assert not await ask(desk, server, question(frameNumber="WRONG471", contact="bob@henin.test"))

    assert await desk.value("SELECT count(*) FROM frame_question") == 101
    for tried in ("AGAIN471", NUMBER):
        with pytest.raises(TooManyQuestions):
            await ask(desk, server, question(frameNumber=tried, contact="bob@henin.test"))


@pytest.mark.parametrize("first", [NUMBER, "OTHER471"])
async def test_another_number_with_the_same_end_is_another_question(desk: Desk, server: Person, first: str) -> None:
    """Else numbers could be tried for nothing, after a yes or a no."""
    await ask(desk, server, question(frameNumber=first))

    assert not await ask(desk, server, question(frameNumber="WRONG471", contact="bob@henin.test"))

    assert len(await list_lines(desk)) == 2


async def test_a_minute_later_it_is_another_question(desk: Desk, server: Person) -> None:
    await ask(desk, server, question())
    async with transaction(desk.instance.pool) as conn:
        await conn.execute("UPDATE frame_question SET asked_at = now() - interval '2 minutes'")

    await ask(desk, server, question(contact="bob@henin.test"))

    assert len(await list_lines(desk)) == 2


async def test_strangers_find_nothing_and_no_key_of_theirs_is_fetched(desk: Desk, server: Person) -> None:
    stranger = desk.fediverse.add_person("instance", "mallory.test", type="Application")

    with pytest.raises(NotFound):
        await ask(desk, stranger, question(stranger.uri))

    assert desk.fediverse.fetched == []
    assert await list_lines(desk) == []


async def test_who_was_set_aside_gets_nothing(desk: Desk, server: Person) -> None:
    async with transaction(desk.instance.pool) as conn:
        await trust_levels.save_levels(conn, [Decision(host="henin.test", level="aside")])
    desk.instance.policy.forget()

    with pytest.raises(HostNotAllowed):
        await ask(desk, server, question())


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"actor": "https://mallory.test/users/instance"}, SignatureInvalid),
        ({"actor": "https://henin.test/users/bob"}, SignatureInvalid),
        ({"contact": "bob@other.test"}, Malformed),
        ({"frameNumber": "1"}, Malformed),
        ({"published": (datetime.now(UTC) - timedelta(hours=2)).isoformat()}, Malformed),
        ({"published": (datetime.now(UTC) + timedelta(hours=2)).isoformat()}, Malformed),
    ],
)
async def test_what_is_forged_old_or_odd_changes_nothing(
    desk: Desk, server: Person, owner: Actor, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await ask(desk, server, question(**changes))

    assert (await list_lines(desk), await list_told(desk, owner), await desk.told(owner)) == ([], [], [])


async def test_a_signature_by_another_key_in_the_name_of_a_friend_is_none(desk: Desk, server: Person) -> None:
    forger = Person(uri=server.uri, signer=make_signer(server.signer.key_id, 1), document=server.document)

    with pytest.raises(SignatureInvalid):
        await ask(desk, forger, question())

    assert await list_lines(desk) == []
