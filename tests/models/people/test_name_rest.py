"""After a restoration names rest until others were asked whose they were, an hour at most."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict
from models.people import accounts, name_rest
from models.people.name_rest import LONGEST_REST
from models.store.database import Connection, execute
from models.traffic import returned_posts

NOW = datetime.now(UTC)


async def restore(conn: Connection, *, ago: timedelta = timedelta(), told: bool = True) -> None:
    await execute(
        conn,
        "INSERT INTO restoration (lost_from, restored_at, told_at) VALUES ($1, $2, $3)",
        NOW - timedelta(days=1),
        NOW - ago,
        NOW - ago if told else None,
    )


async def test_no_new_name_is_given_out_before_others_are_told(conn: Connection) -> None:
    assert await name_rest.find_end(conn) is None
    await restore(conn, told=False)

    with pytest.raises(Conflict, match="names_at_rest minutes=60") as refused:
        await accounts.reserve_username(conn, "carol")
    await accounts.reserve_username(conn, "dora", despite_loss=True)

    assert refused.value.field == "username"
    end = await name_rest.find_end(conn)
    assert end is not None and abs(end - datetime.now(UTC) - LONGEST_REST) < timedelta(minutes=5)


async def test_names_are_given_out_once_all_who_are_asked_have_answered(conn: Connection) -> None:
    await restore(conn)
    await returned_posts.plan_asking(conn, ["henin.test", "lille.test"])
    await returned_posts.note_answered(conn, "henin.test")
    resting = await name_rest.find_end(conn)

    await returned_posts.note_answered(conn, "lille.test")

    assert resting is not None and await name_rest.find_end(conn) is None
    await accounts.reserve_username(conn, "carol")


async def test_who_does_not_answer_keeps_names_for_an_hour_alone(conn: Connection) -> None:
    await restore(conn, ago=LONGEST_REST + timedelta(seconds=1))
    await returned_posts.plan_asking(conn, ["henin.test"])

    assert await name_rest.find_end(conn) is None


async def test_the_hour_begins_once_others_are_told_however_late_the_start_comes(conn: Connection) -> None:
    await restore(conn, ago=timedelta(hours=9), told=False)

    with pytest.raises(Conflict, match="names_at_rest"):
        await accounts.reserve_username(conn, "carol")
