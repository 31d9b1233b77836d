"""An application asks for moderation: each gives what she may herself, is told so, and nothing more leaves."""

from models.store.database import connection, fetch_value
from tests.web.form_client import Doorbell, add_member
from tests.web.pages.access.test_oauth_consent import ask, decide, enter, register

SCOPES = ("read", "admin:read", "admin:write")


async def read_granted(door: Doorbell) -> object:
    async with connection(door.instance.pool) as conn:
        return await fetch_value(conn, "SELECT scopes FROM access_grant ORDER BY id DESC LIMIT 1")


async def test_a_member_gives_reading_and_nothing_of_moderation(door: Doorbell) -> None:
    client, visitor = await register(door, scopes=SCOPES), await enter(door)

    await visitor.open(ask(client, scope=" ".join(SCOPES)))
    words = visitor.text
    status, _ = await decide(visitor, "yes")

    assert "dans l’équipe" not in words and status == 303
    assert await read_granted(door) == ["read"]


async def test_whoever_welcomes_gives_accounts_and_is_told_in_plain_words(door: Doorbell) -> None:
    await add_member(door.instance, "awa", roles=["welcome"])
    client, visitor = await register(door, scopes=SCOPES), await enter(door, "awa")

    await visitor.open(ask(client, scope="admin:read admin:write"))
    words = visitor.text
    await decide(visitor, "yes")

    assert "<b>Lire</b> les comptes, comme vous dans l’équipe" in words and "signalements" not in words
    assert await read_granted(door) == ["admin:read:accounts", "admin:write:accounts"]


async def test_what_nobody_may_give_is_refused_on_the_page_and_in_what_is_sent(door: Doorbell) -> None:
    client, visitor = await register(door, scopes=SCOPES), await enter(door)
    await visitor.open(ask(client, scope="read"))
    fields = {**visitor.hidden_fields("/oauth/authorize"), "act": "yes", "scope": "admin:write"}

    sent = await visitor.client.post("/oauth/authorize", data=fields, allow_redirects=False)
    await visitor.open(ask(client, scope="admin:read"))

    assert sent.status == 400 and visitor.status == 400
    assert await read_granted(door) is None
