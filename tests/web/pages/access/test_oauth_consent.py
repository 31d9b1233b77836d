"""An application asks to be let in: the question, yes, no, and everything that nobody should be led to."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from models.access import applications, authorization_grants
from models.access.applications import OUT_OF_BAND, Application, NewApplication
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member

BACK = "https://phanpy.test/?own=1"

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def register(
    door: Doorbell, redirect_uris: Sequence[str] = (BACK,), scopes: Sequence[str] = ("read", "write")
) -> Application:
    async with connection(door.instance.pool) as conn:
        client, _ = await applications.register(
            conn, NewApplication(name="Phanpy <3", website=None, redirect_uris=redirect_uris, scopes=scopes)
        )
        return client


def ask(client: Application, **changes: str) -> str:
    fields = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "read write",
        "state": "é &=#",
    } | changes
    return "/oauth/authorize?" + urlencode({name: value for name, value in fields.items() if value != "-"})


async def enter(door: Doorbell, username: str = "alice") -> Visitor:
    return await (await door.ring()).log_in(username)


async def decide(visitor: Visitor, answer: str) -> tuple[int, str]:
    """Press a button; where the browser is led."""
    fields = {**visitor.hidden_fields("/oauth/authorize"), "act": answer}
    sent = await visitor.client.post("/oauth/authorize", data=fields, allow_redirects=False)
    visitor.text = await sent.text()
    return sent.status, sent.headers.get("Location", "")


async def test_somebody_logs_in_says_yes_and_the_application_gets_its_code(door: Doorbell) -> None:
    client, visitor = await register(door), await door.ring()

    await visitor.open(ask(client, code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert visitor.path.startswith("/connexion?") and "Phanpy &lt;3</b> demande à entrer" in visitor.text
    await visitor.send("/connexion", {"login": "alice", "password": PASSWORD})
    assert visitor.path.startswith("/oauth/authorize?") and "Laisser entrer Phanpy &lt;3" in visitor.text
    status, location = await decide(visitor, "yes")

    answer = parse_qs(urlsplit(location).query)
    assert status == 303 and location.startswith("https://phanpy.test/?own=1&code=")
    assert answer["state"] == ["é &=#"] and set(answer) == {"own", "code", "state"}
    async with connection(door.instance.pool) as conn:
        grant = await fetch_value(conn, "SELECT challenge FROM access_grant WHERE scopes = '{read,write}'")
    assert grant == CHALLENGE


async def test_no_leads_back_with_the_state_and_without_a_code(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await visitor.open(ask(client))

    status, location = await decide(visitor, "no")

    assert (status, location) == (303, "https://phanpy.test/?own=1&error=access_denied&state=%C3%A9+%26%3D%23")


async def test_a_scheme_of_its_own_is_followed_exactly(door: Doorbell) -> None:
    client, visitor = await register(door, ["com.Example.App:/x%2Fy"]), await enter(door)
    await visitor.open(ask(client, state="-"))

    _, location = await decide(visitor, "yes")

    assert location.startswith("com.Example.App:/x%2Fy?code=")
    assert "Vous reviendrez ensuite dans Phanpy" in (await visitor.open(ask(client))).text


async def test_out_of_band_the_code_stands_alone_in_a_field(door: Doorbell) -> None:
    client, visitor = await register(door, [OUT_OF_BAND]), await enter(door)
    await visitor.open(ask(client).replace("/oauth/authorize?", "/oauth/authorize/?"))

    status, _ = await decide(visitor, "yes")

    code = visitor.text.split('<input id="code" type="text" value="')[1].split('"')[0]
    assert status == 200
    async with transaction(door.instance.pool) as conn:
        assert await authorization_grants.redeem(conn, client, code, redirect_uri=OUT_OF_BAND, verifier="") is not None


async def test_out_of_band_a_no_is_said_on_the_page(door: Doorbell) -> None:
    client, visitor = await register(door, [OUT_OF_BAND]), await enter(door)
    await visitor.open(ask(client))

    status, location = await decide(visitor, "no")

    assert (status, location) == (200, "") and "n’entre pas" in visitor.text


async def test_each_scope_is_said_in_plain_words_and_those_within_another_are_left_out(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)

    await visitor.open(ask(client, scope="read read:statuses write:media"))

    assert "<b>Lire</b> vos annonces" in visitor.text and "<b>Envoyer</b> des photos" in visitor.text
    assert "que vous voyez" not in visitor.text and "<b>phanpy.test</b>" in visitor.text


UNSAFE = [
    {"client_id": "unknown"},
    {"client_id": "-"},
    {"redirect_uri": "https://phanpy.test/"},
    {"redirect_uri": "https://phanpy.test/?own=1&more=1"},
    {"redirect_uri": "https://PHANPY.test/?own=1"},
    {"redirect_uri": "https://phanpy.test.evil.test/?own=1"},
    {"redirect_uri": "-"},
    {"state": "x" * 3000},
    {"state": "line\r\nLocation: https://evil.test/"},
]


async def test_b45_nobody_is_led_to_an_address_that_is_not_registered(door: Doorbell) -> None:
    client = await register(door)
    for visitor in (await enter(door), await door.ring()):
        for changes in UNSAFE:
            answer = await visitor.client.get(ask(client, **changes), allow_redirects=False)

            assert answer.status == 400 and "Location" not in answer.headers, changes
            links = re.findall('href="(https?:[^"]*)', await answer.text())
            assert all(link.startswith(door.instance.site.url) for link in links), changes


TOO_FAR = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "-"}, "unsupported_response_type"),
    ({"scope": "read follow"}, "invalid_scope"),
    ({"scope": "read admin:write"}, "invalid_scope"),
    ({"scope": "push"}, "invalid_scope"),
    ({"code_challenge": CHALLENGE}, "invalid_request"),
    ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge_method": "S256"}, "invalid_request"),
]


async def test_b45_what_goes_too_far_is_told_by_a_link_never_by_a_redirection(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    for changes, error in TOO_FAR:
        answer = await visitor.client.get(ask(client, **changes), allow_redirects=False)

        assert answer.status == 400 and "Location" not in answer.headers
        assert f'href="https://phanpy.test/?own=1&amp;error={error}&amp;state=' in await answer.text()


async def test_b45_what_is_sent_with_the_form_is_read_again(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await visitor.open(ask(client))
    honest = {**visitor.hidden_fields("/oauth/authorize"), "act": "yes"}

    for changes in ({"redirect_uri": "https://evil.test/"}, {"scope": "read follow push"}, {"client_id": "x"}):
        answer = await visitor.client.post("/oauth/authorize", data={**honest, **changes}, allow_redirects=False)
        assert answer.status == 400 and "Location" not in answer.headers
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM access_grant") == 0


async def test_b44_a_yes_from_elsewhere_is_no_yes(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await visitor.open(ask(client))
    fields = {**visitor.hidden_fields("/oauth/authorize"), "act": "yes"}
    without = {name: value for name, value in fields.items() if name != "csrf_token"}

    tries: list[tuple[dict[str, str], dict[str, str]]] = [
        (without, {}),
        ({**fields, "csrf_token": "x"}, {}),
        (fields, {"Origin": "https://evil.test"}),
        (fields, {"Sec-Fetch-Site": "cross-site"}),
    ]
    for data, headers in tries:
        answer = await visitor.client.post("/oauth/authorize", data=data, headers=headers, allow_redirects=False)
        assert answer.status == 403
    by_address = await visitor.client.get(f"{ask(client)}&act=yes&{urlencode(fields)}", allow_redirects=False)
    assert by_address.status in {200, 400} and "Location" not in by_address.headers
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM access_grant") == 0


async def test_b44_the_token_of_one_persons_form_is_not_good_for_another(door: Doorbell) -> None:
    client = await register(door)
    await add_member(door.instance, "carole")
    alice, carole = await enter(door), await enter(door, "carole")
    await carole.open(ask(client))
    hers = {**carole.hidden_fields("/oauth/authorize"), "act": "yes"}

    answer = await alice.client.post("/oauth/authorize", data=hers, allow_redirects=False)

    assert answer.status == 403


async def test_b45_the_pages_are_framed_by_nobody_kept_by_nobody_and_open_popups(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)

    page = await visitor.client.get(ask(client))

    policy = page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in policy
    assert "form-action" not in policy
    assert "Cross-Origin-Opener-Policy" not in page.headers and "Access-Control-Allow-Origin" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-store" and page.headers["Referrer-Policy"] == "no-referrer"


async def test_somebody_is_warned_of_an_answer_that_travels_in_the_clear(door: Doorbell) -> None:
    plain, device = await register(door, ["http://plain.test"]), await register(door, ["http://localhost:5173/x"])
    visitor = await enter(door)

    assert "en clair par <b>plain.test</b>" in (await visitor.open(ask(plain))).text
    assert "en clair" not in (await visitor.open(ask(device))).text
    assert "Vous reviendrez ensuite dans Phanpy" in visitor.text


async def test_force_login_asks_for_the_password_of_whoever_is_logged_in(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await add_member(door.instance, "carole")

    await visitor.open(ask(client, force_login="true"))
    assert visitor.path.startswith("/connexion?encore=1")
    await visitor.send("/connexion", {"login": "carole", "password": PASSWORD})

    assert visitor.path.startswith("/oauth/authorize?") and "<b>Carole</b>" in visitor.text
    assert (await visitor.open(ask(client, force_login="false"))).path.startswith("/oauth/authorize?")


async def test_whoever_is_not_meant_may_enter_as_somebody_else(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await visitor.open(ask(client))
    other = visitor.text.split('<a class="link" href="/connexion?encore=1&amp;retour=')[1].split('"')[0]

    await visitor.open(f"/connexion?encore=1&retour={other}")

    assert visitor.status == 200 and "demande à entrer" in visitor.text


async def test_the_question_is_asked_in_the_language_that_the_application_names(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)

    assert "You will then return to" in (await visitor.open(ask(client, lang="en"))).text
    assert "Vous reviendrez ensuite" in (await visitor.open(ask(client, lang="xx"))).text


async def test_b45_a_closed_account_says_yes_to_nothing(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)
    await visitor.open(ask(client))
    async with connection(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET disabled_at = now()")

    status, location = await decide(visitor, "yes")

    assert status == 403 or location.startswith("/connexion")
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM access_grant") == 0


async def test_b45_repeated_fields_are_refused(door: Doorbell) -> None:
    client, visitor = await register(door), await enter(door)

    answer = await visitor.client.get(f"{ask(client)}&redirect_uri=https%3A%2F%2Fevil.test%2F", allow_redirects=False)

    assert answer.status == 400
