"""The member's own account."""

from models.access import applications, sessions, tokens
from models.access.applications import NewApplication
from models.people import accounts
from models.store.database import connection, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member
from web.rendering.i18n import COOKIE

NEW = "trente-deux vélos bleus"


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    visitor = await door.ring()
    await visitor.log_in(username)
    return visitor


async def test_strangers_are_led_to_the_log_in(door: Doorbell) -> None:
    visitor = await door.ring()

    for path in ("/compte", "/compte/mot-de-passe", "/compte/appareils", "/compte/profil"):
        assert (await visitor.open(path)).path == f"/connexion?retour={path}"


async def test_a_member_sees_nothing_of_the_administration(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.open("/compte")

    assert "alice@example.org" in visitor.text and "/coop/reglages" not in visitor.text


async def test_the_language_is_kept(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open("/compte")

    await visitor.send("/compte/langue", {"language": "en"})

    assert visitor.path == "/compte?fait=language" and '<html lang="en"' in visitor.text
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
    assert account is not None and account.language == "en"


async def test_the_button_at_the_foot_of_each_page_changes_the_language_of_a_member_too(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open("/aide")

    await visitor.send("/langue", {"language": "en"})

    assert visitor.path == "/aide" and '<html lang="en"' in visitor.text
    assert (await visitor.open("/fil")).text.startswith('<!doctype html>\n<html lang="en"')


async def test_reading_an_address_or_another_site_changes_no_language(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.open("/langue/en?retour=/aide")
    jar = {cookie.key for cookie in visitor.client.session.cookie_jar}
    stranger = await visitor.client.post("/langue", data={"language": "en"})
    elsewhere = await visitor.client.post("/langue", data={"language": "en"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert visitor.status == 200 and ">English</button>" in visitor.text
    assert "declic_lang" not in "".join(jar) and COOKIE not in jar
    assert (stranger.status, elsewhere.status) == (403, 403), "a member's form carries her token"
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
    assert account is not None and account.language == "fr"


async def test_a_language_that_we_do_not_speak_changes_nothing(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open("/compte")

    await visitor.send("/compte/langue", {"language": "xx"})

    assert '<html lang="fr"' in visitor.text


async def test_a_new_password_ends_the_other_sessions_and_not_this_one(door: Doorbell) -> None:
    other, visitor = await enter(door), await enter(door)
    await visitor.open("/compte/mot-de-passe")
    assert "Vos autres appareils et vos applications devront se reconnecter." in visitor.text

    await visitor.send("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW})

    assert visitor.path == "/compte?fait=password"
    assert (await other.open("/compte")).path.startswith("/connexion")
    assert (await other.log_in("alice", NEW)).path == "/"


async def test_a_password_is_not_changed_without_knowing_it(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open("/compte/mot-de-passe")

    await visitor.send("/compte/mot-de-passe", {"current": "faux", "password": NEW})

    assert visitor.status == 422 and 'href="#current"' in visitor.text
    assert NEW not in visitor.text
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM session") == 1


async def test_a_password_cannot_be_guessed_from_inside_either(door: Doorbell) -> None:
    visitor = await enter(door)
    await visitor.open("/compte/mot-de-passe")
    for _ in range(10):
        await visitor.send("/compte/mot-de-passe", {"current": "faux", "password": NEW})

    await visitor.send("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW})

    assert visitor.status == 422 and "quart d’heure" in visitor.text


async def test_devices_are_listed_and_one_is_logged_out(door: Doorbell) -> None:
    other, visitor = await door.ring(), await enter(door)
    other.client.session.headers["User-Agent"] = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko Firefox/140.0"
    await other.log_in("alice")
    await visitor.open("/compte/appareils")
    assert "Firefox, Android" in visitor.text and "celui-ci" in visitor.text
    async with connection(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        phone = (await sessions.list_of(conn, account.actor_id))[0]

    await visitor.send("/compte/appareils/fermer", {"browser": phone.handle})

    assert visitor.path == "/compte/appareils" and "Firefox, Android" not in visitor.text
    assert (await other.open("/compte")).path.startswith("/connexion")
    assert (await visitor.open("/compte")).status == 200


async def test_everything_but_this_browser_is_logged_out_applications_too(door: Doorbell) -> None:
    others, visitor = [await enter(door), await enter(door)], await enter(door)
    bearer = await let_in(door)
    await visitor.open("/compte/appareils")

    await visitor.send("/compte/appareils/fermer", {"browser": "others", "app": ""})

    for other in others:
        assert (await other.open("/compte")).path.startswith("/connexion")
    assert (await visitor.open("/compte")).status == 200
    async with connection(door.instance.pool) as conn:
        assert await tokens.find_by_bearer(conn, bearer) is None


async def let_in(door: Doorbell) -> str:
    """Alice lets Tusky in; its token."""
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        new = NewApplication(name="Tusky <3", website="https://tusky.app", redirect_uris=["tusky:x"], scopes=["read"])
        client, _ = await applications.register(conn, new)
        return await tokens.create(
            conn, actor_id=account.actor_id, scopes=["read", "read:lists", "push"], application=client
        )


async def test_applications_are_listed_with_what_they_may_do(door: Doorbell) -> None:
    visitor = await enter(door)
    await let_in(door)

    await visitor.open("/compte/appareils")

    assert "Tusky &lt;3" in visitor.text and 'href="https://tusky.app"' in visitor.text
    assert "<b>Lire</b> vos annonces" in visitor.text and "<b>Prévenir</b> votre appareil" in visitor.text
    assert "vos listes" not in visitor.text and "jamais utilisée" in visitor.text


async def test_a_new_password_ends_all_applications(door: Doorbell) -> None:
    visitor, bearer = await enter(door), await let_in(door)
    await visitor.open("/compte/mot-de-passe")

    await visitor.send("/compte/mot-de-passe", {"current": PASSWORD, "password": NEW})

    assert visitor.path == "/compte?fait=password"
    async with connection(door.instance.pool) as conn:
        assert await tokens.find_by_bearer(conn, bearer) is None


async def test_nobody_logs_out_somebody_else(door: Doorbell) -> None:
    await add_member(door.instance, "carole")
    carole, alice = await enter(door, "carole"), await enter(door)
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "carole")
        assert account is not None
        browser = (await sessions.list_of(conn, account.actor_id))[0].handle
        bearer = await tokens.create(conn, actor_id=account.actor_id, scopes=["read"])
        app = str((await tokens.list_of(conn, account.actor_id))[0].id)
    await enter(door)  # so that Alice's page has a form
    await alice.open("/compte/appareils")

    await alice.send("/compte/appareils/fermer", {"browser": browser})
    await alice.send("/compte/appareils/fermer", {"browser": "", "app": app})

    assert (await carole.open("/compte")).status == 200
    async with connection(door.instance.pool) as conn:
        assert await tokens.find_by_bearer(conn, bearer) is not None


async def test_an_app_is_shown_out(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        bearer = await tokens.create(conn, actor_id=account.actor_id, scopes=["read"], application_name="Tusky <3")
    visitor = await enter(door)
    await visitor.open("/compte/appareils")
    assert "Tusky &lt;3" in visitor.text

    await visitor.send("/compte/appareils/fermer")

    assert "Tusky" not in visitor.text
    async with connection(door.instance.pool) as conn:
        assert await tokens.find_by_bearer(conn, bearer) is None
