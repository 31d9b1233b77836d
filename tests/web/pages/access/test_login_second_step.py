"""The second proof at the door: asked for whatever the first one was, throttled, never taken twice."""

from urllib.parse import urlencode

from pyotp import TOTP

from models.access import applications
from models.access.applications import NewApplication
from models.access.one_time_links import Purpose
from models.people import accounts
from models.store.database import connection, execute, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor
from tests.web.pages.access.test_second_factor_settings import HERE, enter, set_up
from web.security.one_time_links import make_member_link

STEP = "/connexion/verification"


async def prepare(door: Doorbell) -> tuple[TOTP, list[str]]:
    """Alice sets up an application for codes; the half minute that this used up is given back to the test."""
    totp, codes = await set_up(await enter(door))
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE totp SET last_step = 0")
    return totp, codes


async def is_inside(visitor: Visitor) -> bool:
    """Whether this browser is logged in."""
    text, path = visitor.text, visitor.path
    inside = (await visitor.open("/compte")).path == "/compte"
    visitor.text, visitor.path = text, path
    return inside


async def test_after_the_password_a_code_is_asked_for_and_lets_in(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    visitor = await door.ring()
    await visitor.open("/connexion?retour=%2Fabonnements")
    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})
    assert "Encore une étape" in visitor.text and not await is_inside(visitor)

    await visitor.send(STEP, {"code": totp.now()})

    assert visitor.path == "/abonnements" and await is_inside(visitor)


async def test_a_code_is_never_taken_twice(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    first, second = await enter(door), await enter(door)
    code = totp.now()

    await first.send(STEP, {"code": code})
    await second.send(STEP, {"code": code})

    assert await is_inside(first)
    assert second.status == 422 and "pas le bon" in second.text and not await is_inside(second)


async def test_a_recovery_code_lets_in_once(door: Doorbell) -> None:
    _, codes = await prepare(door)
    first, second = await enter(door), await enter(door)

    await first.send(STEP, {"code": codes[0].upper()})
    await second.send(STEP, {"code": codes[0]})

    assert await is_inside(first) and second.status == 422
    assert "Il vous en reste 9" in (await first.open(HERE)).text


async def test_codes_cannot_be_guessed_not_even_with_new_log_ins(door: Doorbell) -> None:
    totp, codes = await prepare(door)
    for _ in range(5):
        visitor = await enter(door)
        for _ in range(2):
            await visitor.send(STEP, {"code": "000000"})
    visitor = await enter(door)

    for code in (totp.now(), codes[0]):
        await visitor.send(STEP, {"code": code})
        assert visitor.status == 429 and not await is_inside(visitor)


async def test_a_log_in_that_waits_is_of_no_use_to_another_and_not_for_long(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    visitor = await enter(door)
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE login_step SET expires_at = now() - interval '1 second'")

    await visitor.send(STEP, {"code": totp.now()})

    assert visitor.status == 422 and "Trop de temps" in visitor.text and not await is_inside(visitor)


async def test_a_code_alone_is_nothing(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    visitor = await door.ring()
    await visitor.open("/connexion")
    token = visitor.hidden_fields("/connexion")

    for fields in ({"code": totp.now()}, {"code": totp.now(), "step": "invented"}, {}):
        answer = await visitor.client.post(STEP, data={**token, **fields})
        assert answer.status == 422

    assert not await is_inside(visitor)


async def make_link(door: Doorbell, purpose: Purpose) -> str:
    async with transaction(door.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "alice")
        assert account is not None
        return (await make_member_link(conn, door.instance.site, account.actor_id, purpose)).removeprefix(
            door.instance.site.url
        )


async def test_neither_a_link_nor_a_new_password_goes_around_it(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    for purpose, fields in (("login", {}), ("password", {"password": "trente-deux vélos bleus"})):
        visitor = await door.ring()
        link = await make_link(door, "login" if purpose == "login" else "password")
        await (await visitor.open(link)).send(link, fields)
        assert "Encore une étape" in visitor.text and not await is_inside(visitor)

    await visitor.send(STEP, {"code": totp.now()})

    assert await is_inside(visitor)


async def test_an_application_waits_for_the_second_step_too(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    async with connection(door.instance.pool) as conn:
        new = NewApplication(name="Tusky", website=None, redirect_uris=["tusky://x"], scopes=["read"])
        client, _ = await applications.register(conn, new)
    asked = {"response_type": "code", "client_id": client.client_id, "redirect_uri": "tusky://x", "scope": "read"}
    visitor = await door.ring()
    await visitor.open(f"/oauth/authorize?{urlencode(asked)}")
    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})
    assert "Encore une étape" in visitor.text

    await visitor.send(STEP, {"code": totp.now()})

    assert visitor.path.startswith("/oauth/authorize?") and "Laisser entrer Tusky" in visitor.text


async def test_a_passkey_that_nobody_has_lets_nobody_in(door: Doorbell) -> None:
    visitor = await door.ring()
    await visitor.open("/connexion")
    await visitor.send("/connexion/cle")
    assert 'data-passkey="get"' in visitor.text

    for answer in ("x", '{"id": "AAAA"}', '{"id": 1}', '{"id": "' + "A" * 20000 + '"}', '{"id": "é"}'):
        await visitor.send("/connexion/cle", {"answer": answer})
        assert visitor.status == 422 and "ne nous dit rien" in visitor.text

    assert not await is_inside(visitor)


async def test_a_step_needs_our_own_form(door: Doorbell) -> None:
    totp, _ = await prepare(door)
    visitor = await enter(door)
    fields = {**visitor.hidden_fields(STEP), "code": totp.now()}

    answer = await visitor.client.post(STEP, data={**fields, "csrf_token": "x"})
    elsewhere = await visitor.client.post(STEP, data=fields, headers={"Origin": "https://evil.test"})

    assert (answer.status, elsewhere.status) == (403, 403) and not await is_inside(visitor)
