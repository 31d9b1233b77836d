"""What is new for the team, in words: only of what the reader can settle."""

from typing import Any

import pytest

from models.news import news, staff_notifications
from models.people import roles, sign_ups
from models.people.accounts import Role
from models.people.sign_ups import NewSignUp
from models.store.database import Connection
from tests.factories import make_local_actor, make_member
from web.news.staff_items import list_staff_items


def _say(sentence: str, /, **values: Any) -> str:
    return sentence % values


@pytest.mark.parametrize(("role", "words"), [("welcome", ["Carole demande à devenir membre"]), ("moderator", [])])
async def test_who_asks_to_join_is_named_to_those_alone_who_answer_her(
    conn: Connection, role: Role, words: list[str]
) -> None:
    await make_local_actor(conn, "instance", type="Application")
    alice = await make_member(conn)
    await roles.set_roles(conn, alice.id, ["welcome"])
    carole = NewSignUp(
        username="carole", email="carole@example.org", password_hash="", name="Carole", language="fr", commune_code=None
    )
    await staff_notifications.notify_of_sign_up(conn, (await sign_ups.save(conn, carole)).id)
    await roles.set_roles(conn, alice.id, [role])

    told = await list_staff_items(conn, _say, alice.id, await news.list_news(conn, alice.id))

    assert [one.words for one in told.values()] == words
