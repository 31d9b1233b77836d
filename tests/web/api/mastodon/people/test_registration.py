"""Joining from an app: by the same rules as on the page, and only where the cooperative is open."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from models import preferences
from models.access import applications, tokens
from models.access.applications import NewApplication
from models.people import accounts, sign_ups
from models.people.arrivals.answer_mails import TeamAnswer
from models.preference_values import SignUpQuestion
from models.preferences import Registration
from models.store.database import connection, fetch_value, transaction
from outbox.people.accounts import approve_sign_up, reject_sign_up
from tests.factories import make_member
from tests.invitations import make_invitation
from tests.web.api import strict
from tests.web.api.conftest import Answer, Api
from tests.web.form_client import shared_keys
from web.security.invitation_links import make_address

URL = "/api/v1/accounts"

TYPED: dict[str, Any] = {
    "username": "marie",
    "email": "marie@exemple.fr",
    "password": "un grand verre d’eau",
    "agreement": True,
    "locale": "en-GB",
    "reason": "Je prête ma remorque",
}


async def open_door(api: Api, *, scopes: tuple[str, ...] = ("read", "write")) -> Api:
    """The cooperative is open, and an application has a token of its own."""
    async with transaction(api.pool) as conn:
        if await accounts.find_by_username(conn, "nadia") is None:  # somebody looks after who comes in
            await make_member(conn, "nadia", roles=["admin"])
        await preferences.save(conn, replace(await preferences.load(conn), registration="open"))
        new = NewApplication(name="App", website=None, redirect_uris=("urn:ietf:wg:oauth:2.0:oob",), scopes=scopes)
        application, _ = await applications.register(conn, new)
        bearer = await tokens.create(conn, actor_id=None, scopes=scopes, application=application)
    return replace(api, bearer=bearer)


async def choose(api: Api, registration: Registration, **more: Any) -> None:
    async with transaction(api.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), registration=registration, **more))


async def let_in(api: Api) -> None:
    async with transaction(api.pool) as conn:
        [asked] = await sign_ups.list_waiting(conn)
        await approve_sign_up(conn, api.site, asked.id, TeamAnswer(), key_pairs=shared_keys(), confirmed=True)


async def join(api: Api, **changes: Any) -> Answer:
    return await api.ask("POST", URL, json=TYPED | changes)


async def test_the_answer_is_a_token_that_works_at_once(anybody: Api) -> None:
    app = await open_door(anybody)

    answer = await join(app)

    assert (answer.status, answer.json["token_type"], answer.json["scope"]) == (200, "Bearer", "read write")
    marie = replace(anybody, bearer=answer.json["access_token"])
    own = await marie.get("/api/v1/accounts/verify_credentials", strict.own_account)
    assert (own["acct"], own["source"]["language"]) == ("marie", "en")
    await marie.post("/api/v1/statuses", strict.status, status="Bonjour")
    async with connection(anybody.pool) as conn:
        account = await accounts.find_by_email(conn, "marie@exemple.fr")
    assert account is not None and account.confirmed_at is not None


async def test_of_those_who_want_the_same_name_at_once_one_has_it_and_the_others_are_told(anybody: Api) -> None:
    app = await open_door(anybody)

    answers = await asyncio.gather(*(join(app, email=f"marie{number}@exemple.fr") for number in range(4)))

    assert sorted(answer.status for answer in answers) == [200, 422, 422, 422]
    assert {answer.json["field"] for answer in answers if answer.status == 422} == {"username"}


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("agreement", {"agreement": False}),
    ("username", {"username": "a b"}),
    ("username", {"username": "admin"}),
    ("username", {"username": ""}),
    ("username", {"username": "x" * 31}),
    ("email", {"email": "marie"}),
    ("email", {"email": "a@b@c"}),
    ("email", {"email": "marie@" + "x" * 300}),
    ("password", {"password": "court"}),
    ("password", {"password": "motdepasse1"}),
    ("password", {"password": "x" * 201}),
)


@pytest.mark.parametrize(("field", "changes"), WRONG)
async def test_what_is_wrong_is_named_and_makes_no_account(anybody: Api, field: str, changes: dict[str, Any]) -> None:
    app = await open_door(anybody)

    answer = await join(app, **changes)

    assert (answer.status, answer.json["field"]) == (422, field)
    async with connection(anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM account") == 1


async def test_names_and_addresses_are_given_out_once(anybody: Api) -> None:
    app = await open_door(anybody)
    assert (await join(app)).status == 200

    name, address = await join(app, email="autre@exemple.fr"), await join(app, username="autre")

    assert (name.status, name.json["field"]) == (422, "username")
    assert (address.status, address.json["field"]) == (422, "email")


async def test_a_closed_cooperative_says_so(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "closed")

    answer = await join(app)

    assert answer.status == 403
    assert answer.json["code"] == "registrations_closed"


async def test_where_the_cooperative_says_yes_to_each_the_request_waits(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "approval")

    answer, again = await join(app), await join(app)

    assert (answer.status, again.status) == (200, 422)
    async with connection(anybody.pool) as conn:
        [waiting] = await sign_ups.list_waiting(conn)
        assert await accounts.find_by_username(conn, "marie") is None
    assert (waiting.username, waiting.email, waiting.language) == ("marie", "marie@exemple.fr", "en")


async def test_reason_that_an_app_sends_is_read_by_the_team_and_cut_where_it_is_endless(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "approval")

    await join(app, reason=" J’ai une scie. " + "x" * 2000)

    async with connection(anybody.pool) as conn:
        [waiting] = await sign_ups.list_waiting(conn)
    [answer] = waiting.answers
    assert answer["words"].startswith("J’ai une scie. x") and len(answer["words"]) == 1000
    assert waiting.actor_id is not None


async def test_token_of_who_waits_opens_what_visitors_see_until_the_yes(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "approval")
    marie = replace(anybody, bearer=(await join(app)).json["access_token"])

    own = await marie.ask("GET", "/api/v1/accounts/verify_credentials")
    again = await marie.ask("POST", "/api/v1/emails/confirmations")
    await marie.get("/api/v2/instance")
    seen = await marie.get("/api/v1/timelines/public")
    await let_in(anybody)
    after = await marie.get("/api/v1/accounts/verify_credentials", strict.own_account)

    assert (own.status, own.json["code"]) == (403, "approval_pending")
    assert again.json["code"] == "email_already_confirmed", "no mail leaves here"
    assert (seen, after["acct"]) == ([], "marie")


async def test_token_of_who_was_refused_opens_nothing_and_her_name_is_free(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "approval")
    marie = replace(anybody, bearer=(await join(app)).json["access_token"])
    async with transaction(anybody.pool) as conn:
        [asked] = await sign_ups.list_waiting(conn)
        await reject_sign_up(conn, asked.id, TeamAnswer())

    assert (await marie.ask("GET", "/api/v1/accounts/verify_credentials")).status == 401
    assert (await join(app)).status == 200


async def test_where_an_answer_is_asked_for_an_app_is_told_so_and_gives_it(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "approval", questions=(SignUpQuestion(text="Pourquoi ?", required=True),))

    without, given = await join(app, reason=" "), await join(app)

    assert (without.status, without.json["field"], given.status) == (422, "reason", 200)
    assert (await anybody.get("/api/v2/instance"))["registrations"]["reason_required"] is True


@pytest.mark.parametrize("needs_yes", [False, True])
@pytest.mark.parametrize("whole", [False, True])
async def test_invitation_lets_an_app_join_where_nobody_else_may(anybody: Api, needs_yes: bool, whole: bool) -> None:
    app = await open_door(anybody)
    await choose(anybody, "closed")
    async with transaction(anybody.pool) as conn:
        nadia = await accounts.find_by_username(conn, "nadia")
        assert nadia is not None
        id = await make_invitation(conn, nadia.actor_id, places=1, needs_yes=needs_yes)
        link = await make_address(conn, anybody.instance, id, 1)

    answer = await join(app, invite_code=link if whole else link.rpartition("/")[2])
    late = await join(app, username="paul", email="paul@exemple.fr", invite_code=link)
    wrong = await join(app, username="paul", email="paul@exemple.fr", invite_code="abcdef")

    own = await replace(anybody, bearer=answer.json["access_token"]).ask("GET", "/api/v1/accounts/verify_credentials")
    assert own.status == (403 if needs_yes else 200)
    assert {(one.status, one.json["field"]) for one in (late, wrong)} == {(422, "invite_code")}
    async with connection(anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT invitation_id FROM invitation_use") == id


@pytest.mark.parametrize("needs_yes", [False, True])
async def test_invitation_sent_to_her_address_proves_it_where_nobody_says_yes(anybody: Api, needs_yes: bool) -> None:
    settings = msgspec.structs.replace(anybody.instance.settings, smtp_url="smtp://mail.test")
    object.__setattr__(anybody.instance, "settings", settings)
    app = await open_door(anybody)
    async with transaction(anybody.pool) as conn:
        nadia = await accounts.find_by_username(conn, "nadia")
        assert nadia is not None
        id = await make_invitation(conn, nadia.actor_id, places=1, email="marie@exemple.fr", needs_yes=needs_yes)
        link = await make_address(conn, anybody.instance, id, 1)
        await conn.execute("DELETE FROM pgqueuer")

    answer = await join(app, invite_code=link)

    hers = replace(anybody, bearer=answer.json["access_token"])
    own = await hers.ask("GET", "/api/v1/accounts/verify_credentials")
    assert own.json.get("code") == ("email_unconfirmed" if needs_yes else None)
    async with connection(anybody.pool) as conn:
        mails = "SELECT count(*) FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE '%confirm%'"
        assert await fetch_value(conn, mails) == int(needs_yes)


async def test_of_twenty_at_once_an_invitation_lets_in_as_many_as_it_has_places(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(anybody, "closed")
    async with transaction(anybody.pool) as conn:
        nadia = await accounts.find_by_username(conn, "nadia")
        assert nadia is not None
        link = await make_address(conn, anybody.instance, await make_invitation(conn, nadia.actor_id, places=5), 1)

    answers = await asyncio.gather(
        *(join(app, username=f"m{n}", email=f"m{n}@exemple.fr", invite_code=link) for n in range(20))
    )

    refused = [one.json["field"] for one in answers if one.status == 422]
    assert (len(refused), set(refused)) == (15, {"invite_code"})
    async with connection(anybody.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM invitation_use") == 5
        assert await fetch_value(conn, "SELECT count(*) FROM actor WHERE username ~ '^m[0-9]'") == 5


@pytest.mark.parametrize("way", ["invitation", "closed"])
async def test_no_app_joins_where_one_needs_an_invitation_or_nobody_joins(anybody: Api, way: Registration) -> None:
    app = await open_door(anybody)
    await choose(anybody, way)

    assert (await join(app)).status == 403
    assert (await anybody.get("/api/v2/instance"))["registrations"]["enabled"] is False


async def test_only_applications_themselves_and_with_the_scope(anybody: Api) -> None:
    await open_door(anybody)
    async with connection(anybody.pool) as conn:
        alice = await anybody.as_member(await make_member(conn))
    reader = await open_door(anybody, scopes=("read",))

    assert (await join(alice)).status == 403
    assert (await join(reader)).status == 403
    assert (await join(anybody)).status == 401


async def test_where_mails_are_sent_the_token_opens_nothing_until_the_address_is_confirmed(anybody: Api) -> None:
    async with transaction(anybody.pool) as conn:
        marie = await make_member(conn, "marie")
        await conn.execute("UPDATE account SET confirmed_at = NULL")
    hers = await anybody.as_member(marie)

    before = await hers.ask("GET", "/api/v1/accounts/verify_credentials")
    async with transaction(anybody.pool) as conn:
        await accounts.confirm_email(conn, marie.id)
    after = await hers.ask("GET", "/api/v1/accounts/verify_credentials")

    assert (before.status, after.status) == (403, 200)


async def test_where_more_is_asked_than_an_app_can_send_it_is_told_the_page(anybody: Api) -> None:
    app = await open_door(anybody)
    await choose(app, "open", phone_required=True)

    refused = await join(app)

    assert refused.status == 403 and "/inscription" in refused.json["error"]
