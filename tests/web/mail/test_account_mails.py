"""Mails: what they say, and that they arrive through a mail server."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from federation.instance import Instance
from models import preferences
from models.access import one_time_links
from models.coop import shutdown
from models.personal_data import deletion_requests
from models.preferences import Preferences
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_value, transaction
from outbox.people import instance_shutdown
from tests.factories import HERE, make_member
from tests.web.smtp_server import Postman, StandIn, open_post, read_parts
from web.mail import account_mails, shutdown_mails
from web.mail.smtp import MailRefused, read_smtp_url
from web.rendering.formats import format_day


@pytest.fixture
async def postman() -> AsyncIterator[Postman]:
    async with open_post() as postman:
        yield postman


def make_instance(pool: Pool, port: int | None) -> Instance:
    url = f"smtp://127.0.0.1:{port}?from=bonjour@lomme.test" if port else None
    return cast(Instance, StandIn(pool, Settings(smtp_url=url)))


async def test_a_log_in_link_arrives_and_works(pool: Pool, postman: Postman) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await preferences.save(conn, Preferences(name="La Remise, Lomme"))

    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": "login", "actor_id": alice.id, "return_to": "/publier?a=1"}
    )

    message = postman.taken[0]
    assert (message["To"], message["From"]) == ("alice@example.org", '"La Remise, Lomme" <bonjour@lomme.test>')
    assert message["Auto-Submitted"] == "auto-generated" and message["Date"] and message["Message-ID"]
    text, html = read_parts(message)
    found = re.search(r"^https://lomme\.test/lien/([\w-]+)\?retour=%2Fpublier%3Fa%3D1$", text, re.MULTILINE)
    assert found and found[0] in html
    async with connection(pool) as conn:
        link = await one_time_links.find(conn, found[1])
    assert link and (link.purpose, link.actor_id) == ("login", alice.id)


async def test_a_mail_is_signed_by_the_cooperative_with_what_it_tells_of_itself(pool: Pool, postman: Postman) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        chosen = Preferences(
            name="La Remise",
            address="12 rue du Bourg\n59160 Lomme",
            opening_hours="Samedi, 10 h à 17 h",
            contact_email="bonjour@remise.example",
        )
        await preferences.save(conn, chosen)

    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": "leaving", "actor_id": alice.id, "return_to": "/"}
    )
    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": "login", "actor_id": alice.id, "return_to": "/"}
    )

    text, html = read_parts(postman.taken[-1])
    assert text.rstrip().endswith(
        "À bientôt,\nLa Remise\n12 rue du Bourg\n59160 Lomme\nSamedi, 10 h à 17 h\nbonjour@remise.example\n"
        "https://lomme.test"
    )
    assert "59160 Lomme<br>Samedi" in html and 'href="mailto:bonjour@remise.example"' in html


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("login", "login"),
        ("confirm", "confirm"),
        ("password", "password"),
        ("known", "login"),
        ("address", "confirm"),
        ("unattended", "login"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_mail_is_text_and_html_in_the_language_of_the_person(
    pool: Pool, postman: Postman, kind: str, purpose: str, language: str
) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice", name="Alice <b>& Co</b>")
        await execute(conn, "UPDATE account SET language = $1", language)

    payload = {"kind": kind, "actor_id": alice.id, "return_to": "/"}
    await account_mails.send_mail(make_instance(pool, postman.port), payload)

    text, html = read_parts(postman.taken[0])
    assert "Alice <b>& Co</b>,\n" in text and "Alice &lt;b&gt;&amp; Co&lt;/b&gt;" in html
    assert f'<html lang="{language}">' in html
    assert re.search(r"\n\nhttps://lomme\.test/lien/[\w-]+\n\n", text)
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT purpose FROM one_time_link") == purpose


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("factors", "/compte/securite"),
        ("waiting_hosts", "/coop/serveurs"),
        ("disk_space", "/coop/serveurs"),
        ("health", "/coop/sante"),
        ("figures", "/chiffres"),
    ],
)
async def test_what_somebody_is_told_without_having_asked_leads_to_a_page_and_lets_nobody_in(
    pool: Pool, postman: Postman, kind: str, page: str, language: str
) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await execute(conn, "UPDATE account SET language = $1", language)

    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": kind, "actor_id": alice.id, "return_to": page}
    )

    text, html = read_parts(postman.taken[0])
    assert f"\nhttps://lomme.test{page}\n" in text and f"https://lomme.test{page}" in html
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM one_time_link") == 0


async def test_a_new_address_is_written_to_before_it_counts(pool: Pool, postman: Postman) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
    payload = {"kind": "address", "actor_id": alice.id, "return_to": "/compte", "email": "alice@example.net"}

    await account_mails.send_mail(make_instance(pool, postman.port), payload)

    assert postman.taken[0]["To"] == "alice@example.net"
    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT email FROM one_time_link") == "alice@example.net"
        assert await fetch_value(conn, "SELECT email FROM account") == "alice@example.org"


async def test_without_a_mail_server_nothing_happens(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")

    await account_mails.send_mail(make_instance(pool, None), {"kind": "login", "actor_id": alice.id, "return_to": "/"})

    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM one_time_link") == 0


async def test_a_disabled_account_gets_no_link(pool: Pool, postman: Postman) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await execute(conn, "UPDATE account SET disabled_at = now()")

    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": "login", "actor_id": alice.id, "return_to": "/"}
    )

    assert postman.taken == []


async def test_a_refused_address_is_not_tried_again(pool: Pool, postman: Postman) -> None:
    postman.refusal = "550 nobody of that name"
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")

    await account_mails.send_mail(
        make_instance(pool, postman.port), {"kind": "login", "actor_id": alice.id, "return_to": "/"}
    )

    assert postman.taken == []


async def test_a_mail_server_that_is_away_is_tried_again_and_no_address_is_told(
    pool: Pool, postman: Postman, unused_tcp_port: int
) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
    payload = {"kind": "login", "actor_id": alice.id, "return_to": "/"}

    with pytest.raises(MailRefused) as away:
        await account_mails.send_mail(make_instance(pool, unused_tcp_port), payload)
    postman.refusal = "450 not now"
    with pytest.raises(MailRefused) as busy:
        await account_mails.send_mail(make_instance(pool, postman.port), payload)

    assert "alice" not in str(away.value) + str(busy.value)


async def test_the_same_mail_is_asked_for_once(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await account_mails.queue_mail(conn, "login", alice.id)
        await account_mails.queue_mail(conn, "login", alice.id)
        await account_mails.queue_mail(conn, "password", alice.id)

    async with connection(pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer") == 2


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtps://a%40b.fr:p%3Aw@mail.b.fr?from=coop@b.fr",
            ("mail.b.fr", 465, "a@b.fr", "p:w", True, None, "coop@b.fr"),
        ),
        ("smtp://a@mail.b.fr", ("mail.b.fr", 587, "a", None, False, True, "declic@lomme.test")),
        ("smtp://me%40b.fr:x@mail.b.fr:2525", ("mail.b.fr", 2525, "me@b.fr", "x", False, True, "me@b.fr")),
        ("smtp://localhost", ("localhost", 25, None, None, False, None, "declic@lomme.test")),
        ("smtp://u:p@127.0.0.1:1025", ("127.0.0.1", 1025, "u", "p", False, None, "declic@lomme.test")),
    ],
)
def test_the_address_of_the_mail_server_is_understood(url: str, expected: tuple[object, ...]) -> None:
    server = read_smtp_url(url, HERE)

    assert (
        server.host,
        server.port,
        server.username,
        server.password,
        server.implicit_tls,
        server.start_tls,
        server.sender,
    ) == expected


@pytest.mark.parametrize("kind", account_mails.LEAVING)
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_who_is_about_to_leave_is_told_the_day_unless_she_stays(
    pool: Pool, postman: Postman, kind: str, language: str
) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await execute(conn, "UPDATE account SET language = $1", language)
        await deletion_requests.begin(conn, alice.id, after=timedelta(days=14), paused_ids=[])
    payload = {"kind": kind, "actor_id": alice.id, "return_to": "/compte/supprimer"}
    instance = make_instance(pool, postman.port)

    await account_mails.send_mail(instance, payload)
    async with transaction(pool) as conn:
        await deletion_requests.end(conn, alice.id)
    await account_mails.send_mail(instance, payload)

    [message] = postman.taken
    text, html = read_parts(message)
    day = format_day(datetime.now(UTC) + timedelta(days=14), {"en": "en_GB"}.get(language, language))
    assert day in text.replace("\n", " ") and day in html
    assert "https://lomme.test/compte/supprimer" in text and "https://lomme.test/compte/supprimer" in html


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_end_of_the_instance_is_written_with_its_day_and_what_to_do(
    pool: Pool, postman: Postman, language: str
) -> None:
    async with transaction(pool) as conn:
        alice = await make_member(conn, "alice")
        await execute(conn, "UPDATE account SET language = $1, confirmed_at = now()", language)
        due_at = await instance_shutdown.begin(conn, by=None)
    instance = make_instance(pool, postman.port)

    for ended in (True, False):  # the first says that it goes on, which is not so
        await shutdown_mails.send_shutdown_mail(instance, {"actor_id": alice.id, "ended": ended})
    await shutdown_mails.send_shutdown_mail(instance, {"actor_id": alice.id, "ended": False, "archive": True})
    async with transaction(pool) as conn:
        await instance_shutdown.take_back(conn, by=None)
    for ended in (True, False):
        await shutdown_mails.send_shutdown_mail(instance, {"actor_id": alice.id, "ended": ended})

    begun, ready, over = postman.taken
    words, _ = read_parts(ready)
    assert format_day(due_at + shutdown.OFFERED, language) in words.replace("\n", " ") and "/compte/donnees" in words
    assert ("Ensuite, votre compte sera effacé" if language == "fr" else "your account will be erased") in words
    text, html = read_parts(begun)
    assert format_day(due_at, language) in begun["Subject"] and format_day(due_at, language) in text
    for address in ("https://lomme.test/compte/donnees", "https://lomme.test/compte/demenagement"):
        assert address in text and f'href="{address}"' in html
    assert ("ne ferme plus" if language == "fr" else "does not close") in over["Subject"]


@pytest.mark.parametrize(("language", "subject"), [("fr", "Plus que 3 jours"), ("en", "3 days left")])
async def test_shortly_before_its_end_it_is_written_again_and_to_administrators_how_it_is_taken_back(
    pool: Pool, postman: Postman, language: str, subject: str
) -> None:
    async with transaction(pool) as conn:
        ada, bob = await make_member(conn, "ada", roles=["admin"]), await make_member(conn, "bob")
        await execute(conn, "UPDATE account SET language = $1, confirmed_at = now()", language)
        due_at = await instance_shutdown.begin(conn, by=None)
        await instance_shutdown.remind(conn, at=due_at - timedelta(days=3))
    instance = make_instance(pool, postman.port)

    for actor, days in ((ada, 3), (bob, 3), (bob, 1)):  # the last is not due
        await shutdown_mails.send_shutdown_mail(instance, {"actor_id": actor.id, "ended": False, "days": days})

    to_ada, to_bob = postman.taken
    for mail, administers in ((to_ada, True), (to_bob, False)):
        text, html = read_parts(mail)
        assert mail["Subject"].startswith(subject) and format_day(due_at, language).split(" ")[0] in text
        for words in (text, html):
            assert "https://lomme.test/compte/donnees" in words
            assert ("https://lomme.test/coop/ouverture" in words) is administers
