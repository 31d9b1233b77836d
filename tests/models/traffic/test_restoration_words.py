"""Which names stay taken once this instance lost something, on whose word, and how the team gives one back."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict
from models.people import accounts
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic import restoration_words
from models.traffic.restoration_words import MOST_NAMES, MOST_NAMES_OF_HOST, MOST_TAKEN_BACK
from tests.factories import make_member, make_remote_actor

LOST = datetime.now(UTC) - timedelta(hours=20)


@pytest.fixture
async def lost(conn: Connection) -> Connection:
    """Alice is here, henin.test was known before the loss, mallory.test only after it."""
    await make_member(conn, "alice")
    for host in ("henin.test", "mallory.test"):
        await make_remote_actor(conn, "bob", host)
    await execute(conn, "UPDATE actor SET created_at = $1 WHERE host = 'henin.test'", LOST - timedelta(days=1))
    await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", LOST)
    return conn


async def test_names_that_others_speak_of_stay_taken_after_a_loss_alone(lost: Connection) -> None:
    taken = await restoration_words.take_names(lost, "henin.test", ["carol", "alice", "dora"])
    again = await restoration_words.take_names(lost, "henin.test", ["carol"])
    await execute(lost, "UPDATE restoration SET names = $1", MOST_NAMES)
    full = await restoration_words.take_names(lost, "henin.test", ["erin"])
    await execute(lost, "DELETE FROM restoration")
    without = await restoration_words.take_names(lost, "henin.test", ["erin"])

    assert (sorted(taken), again, full, without) == (["carol", "dora"], [], [], [])
    assert await fetch_column(lost, "SELECT username FROM used_username WHERE told_by = 'henin.test' ORDER BY 1") == [
        "carol",
        "dora",
    ]


async def test_nobody_takes_many_names_nor_a_server_that_came_later_any(lost: Connection) -> None:
    many = [f"name{number}" for number in range(MOST_NAMES_OF_HOST + 10)]

    of_stranger = await restoration_words.take_names(lost, "mallory.test", many)
    first = await restoration_words.take_names(lost, "henin.test", many[:5])
    rest = await restoration_words.take_names(lost, "henin.test", many[5:])

    assert (of_stranger, len(first), len(rest)) == ([], 5, MOST_NAMES_OF_HOST - 5)
    assert await fetch_value(lost, "SELECT names FROM restoration") == MOST_NAMES_OF_HOST


async def test_what_the_team_gives_back_is_to_be_had_again_and_not_taken_anew(lost: Connection) -> None:
    await execute(lost, "UPDATE restoration SET told_at = now() - interval '2 hours'")  # no name rests any more
    await restoration_words.take_names(lost, "henin.test", ["carol"])
    assert await restoration_words.list_names(lost) == ["carol henin.test"]
    with pytest.raises(Conflict):
        await accounts.reserve_username(lost, "carol")

    given = [await restoration_words.give_back(lost, name) for name in ("carol", "alice", "carol")]
    again = await restoration_words.take_names(lost, "henin.test", ["carol"])
    await accounts.reserve_username(lost, "carol")

    assert [one is not None for one in given] == [True, False, False]
    assert (again, await restoration_words.list_names(lost)) == ([], [])
    with pytest.raises(Conflict):
        await accounts.reserve_username(lost, "carol")


async def test_so_often_a_day_something_is_taken_back_on_the_word_of_a_server(lost: Connection) -> None:
    spent = [await restoration_words.spend_taking_back(lost, "henin.test") for _ in range(MOST_TAKEN_BACK + 1)]
    await execute(lost, "UPDATE restoration_word SET day = day - 1")

    assert spent == [True] * MOST_TAKEN_BACK + [False]
    assert await restoration_words.spend_taking_back(lost, "henin.test")
