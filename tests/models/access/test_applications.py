"""Applications that register here."""

from models.access import applications, authorization_grants, tokens
from models.access.applications import OUT_OF_BAND, Application, NewApplication
from models.access.authorization_grants import Consent
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_member

TUSKY = NewApplication(name="Tusky", website="https://tusky.app", redirect_uris=[OUT_OF_BAND], scopes=["read", "write"])


async def register(conn: Connection) -> Application:
    return (await applications.register(conn, TUSKY))[0]


async def test_an_application_is_found_by_its_client_id(conn: Connection) -> None:
    made = await register(conn)

    found = await applications.find_by_client_id(conn, made.client_id)

    assert found == made and found.name == "Tusky" and found.redirect_uris == [OUT_OF_BAND]
    assert await applications.find_by_client_id(conn, made.client_id[:-1]) is None
    assert await applications.find_by_client_id(conn, "\0") is None


async def test_its_secret_is_checked_and_not_stored(conn: Connection) -> None:
    made, secret = await applications.register(conn, TUSKY)

    row = await fetch_value(conn, "SELECT application::text FROM application")

    assert made.has_secret(secret) and not made.has_secret(secret[:-1]) and not made.has_secret("")
    assert secret not in row and secret.encode().hex() not in row


async def age(conn: Connection, column: str, made: Application, interval: str) -> None:
    statements = {
        "created_at": "UPDATE application SET created_at = now() - $2::text::interval WHERE id = $1",
        "used_at": "UPDATE application SET used_at = now() - $2::text::interval WHERE id = $1",
    }
    await execute(conn, statements[column], made.id, interval)


async def test_what_was_never_used_is_forgotten_after_a_week(conn: Connection) -> None:
    young, old = await register(conn), await register(conn)
    await age(conn, "created_at", young, "6 days")
    await age(conn, "created_at", old, "8 days")

    await applications.forget_unused(conn)

    assert await applications.find(conn, young.id) is not None
    assert await applications.find(conn, old.id) is None


async def test_what_holds_a_living_token_is_kept_and_what_was_used_stays_a_year(conn: Connection) -> None:
    alice = await make_member(conn)
    living, rested, gone = [await register(conn) for _ in range(3)]
    await tokens.create(conn, actor_id=alice.id, scopes=["read"], application=living)
    for made, since in ((living, "2 years"), (rested, "11 months"), (gone, "13 months")):
        await age(conn, "used_at", made, since)

    await applications.forget_unused(conn)

    assert await applications.find(conn, living.id) is not None
    assert await applications.find(conn, rested.id) is not None
    assert await applications.find(conn, gone.id) is None


async def test_an_application_that_is_just_being_let_in_is_kept(conn: Connection) -> None:
    alice, made = await make_member(conn), await register(conn)
    await age(conn, "created_at", made, "8 days")
    consent = Consent(
        actor_id=alice.id, application_id=made.id, scopes=["read"], redirect_uri=OUT_OF_BAND, challenge=None
    )
    await authorization_grants.allow(conn, consent)

    await applications.forget_unused(conn)

    assert await applications.find(conn, made.id) is not None
