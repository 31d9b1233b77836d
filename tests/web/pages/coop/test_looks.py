"""A friend is asked to look, on the page of health: who may, what is said meanwhile, and what came of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models.people.actors import Actor
from models.servers import looks
from models.servers.looks import WAITED
from models.store.database import Pool, transaction
from outbox.servers.looks import NO_FRIEND
from tests.repair_shops import make_friend
from tests.sample_village import Village
from tests.web.actions.doctor.patients import make_patient
from tests.web.pages.conftest import Browser
from web.actions.doctor.checks import CHECKS
from web.actions.doctor.friend_look import check_friend_look
from web.server.worker import health

Open = Callable[[Actor | None], Awaitable[Browser]]

FRIEND = "amie.test"


@pytest.fixture
async def friend(pool: Pool) -> str:
    async with transaction(pool) as conn:
        await make_friend(conn, FRIEND)
    return FRIEND


async def keep(pool: Pool, *seen: dict[str, Any], failure: str = "", clock: int | None = None) -> None:
    """A friend was asked, and this came of it."""
    async with transaction(pool) as conn:
        look_id = await looks.ask(conn, FRIEND, None)
        if failure:
            await looks.save_failure(conn, look_id, failure, clock=clock)
        else:
            report = {"type": "LookReport", "inReplyTo": "urn:uuid:1", "addresses": [], "seen": list(seen)}
            await looks.save_seen(conn, look_id, report, clock=clock)


async def test_an_administrator_asks_and_reads_that_it_is_under_way(
    open_browser: Open, lomme: Village, pool: Pool, friend: str
) -> None:
    nadia = await open_browser(lomme.admin)

    asked = await nadia.send("/coop/sante/regard", {"host": friend})
    page = await nadia.get("/coop/sante?fait=asked")
    again = await nadia.send("/coop/sante/regard", {"host": friend})
    stranger = await nadia.send("/coop/sante/regard", {"host": "mallory.test"})
    nobody = await nadia.send("/coop/sante/regard", {"host": ""})

    assert (asked.status, asked.location) == (303, "/coop/sante?fait=asked#regards")
    assert "La réponse n’est pas encore là" in page.text and f"Demandé par {lomme.admin.username}" in page.text
    assert [one.status for one in (again, stranger, nobody)] == [422] * 3
    assert "Elle est en train de regarder" in again.text
    assert "Seule une coop amie peut regarder la vôtre" in stranger.text
    assert "Choisissez une coop amie" in nobody.text


async def test_whoever_does_not_administer_asks_nobody(
    open_browser: Open, lomme: Village, pool: Pool, friend: str
) -> None:
    member = await open_browser(lomme.alice)

    answer = await member.send("/coop/sante/regard", {"host": friend})

    assert answer.status == 404
    async with transaction(pool) as conn:
        assert await looks.list_asked(conn) == []


async def test_what_was_seen_stands_with_its_mending_and_so_do_those_for_whom_we_looked(
    open_browser: Open, lomme: Village, pool: Pool, friend: str
) -> None:
    await keep(
        pool,
        {"check": "certificate", "well": False, "cause": "certificate_expired"},
        {"check": "clock", "well": True, "figure": -45},
        {"check": "webfinger", "well": True},
        {"check": "inbox", "well": False, "cause": "<script>", "figure": 502},
    )
    async with transaction(pool) as conn:
        given = await looks.begin(conn, FRIEND, "urn:uuid:2")
        assert given is not None
        clock = {"check": "clock", "well": False, "figure": 900}
        await looks.save_given(conn, given, {"type": "LookReport", "inReplyTo": "x", "addresses": [], "seen": [clock]})
    nadia = await open_browser(lomme.admin)

    page = await nadia.get("/coop/sante")

    assert "il est périmé." in page.text and "journalctl -u caddy" in page.text
    assert "L’horloge de cette machine est fausse de 45\u00a0secondes." in page.text
    assert "Notre boîte de réception refuse ce qui est signé là-bas" in page.text and "la demande échoue" in page.text
    assert "L’annuaire des comptes mène à la coop." in page.text and "<script>" not in page.text.partition("regards")[2]
    assert "Pour qui nous avons regardé" in page.text and "une chose n’allait pas" in page.text


@pytest.mark.parametrize(
    ("failure", "clock", "severity", "words"),
    [
        ("clock", -900, "error", "diffèrent de 900\u00a0secondes"),
        ("signature_refused", 0, "error", "refuse ce que nous signons"),
        ("look_no_key", None, "error", "n’a pas pu lire nos clés"),
        (NO_FRIEND, None, "skipped", "ne regarde que pour les coops amies"),
        ("look_unknown", None, "skipped", "ne sait pas encore regarder"),
        ("too_many_requests", None, "skipped", "demande d’attendre"),
        ("timed_out", None, "skipped", "rien ne répond à temps"),
        ("whatever", None, "skipped", "la demande échoue"),
    ],
)
async def test_why_nothing_was_seen_is_said_and_counts_only_where_it_is_about_us(
    failure: str, clock: int | None, severity: str, words: str, pool: Pool
) -> None:
    await keep(pool, failure=failure, clock=clock)

    found = await check_friend_look(make_patient(pool))

    assert found.severity == severity and words in found.what


@pytest.mark.parametrize(
    ("seen", "severity", "words"),
    [
        ({"check": "name", "well": False, "cause": "name_not_found"}, "error", "ce nom n’existe pas"),
        ({"check": "ipv6", "well": False, "cause": "connection_refused"}, "error", "ne répond pas par IPv6"),
        ({"check": "certificate", "well": True, "figure": 5}, "warning", "se termine dans 5\u00a0jours"),
        ({"check": "clock", "well": True, "figure": 29}, "ok", "tout va bien"),
        ({"check": "clock", "well": True, "figure": 400}, "error", "fausse de 400\u00a0secondes"),
        ({"check": "webfinger", "well": False, "cause": "not_found"}, "error", "ne mène pas à la coop"),
        ({"check": "actor", "well": False, "cause": "redirect"}, "error", "cela mène ailleurs"),
        ({"check": "inbox", "well": False, "cause": "signature_refused"}, "error", "la signature est refusée"),
        ({"check": "inbox", "well": True, "figure": 202}, "ok", "tout va bien"),
    ],
)
async def test_what_a_friend_saw_is_judged_by_our_measure(
    seen: dict[str, Any], severity: str, words: str, pool: Pool
) -> None:
    await keep(pool, seen, {"check": "signature", "well": True})

    found = await check_friend_look(make_patient(pool))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or (found.mend and found.command and FRIEND in found.what)


async def test_no_answer_is_said_after_some_minutes_and_what_is_old_says_nothing(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await looks.ask(conn, FRIEND, None)
    waiting = await check_friend_look(make_patient(pool))
    async with transaction(pool) as conn:
        await conn.execute("UPDATE asked_look SET asked_at = asked_at - $1::interval", WAITED)
    silent = await check_friend_look(make_patient(pool))
    async with transaction(pool) as conn:
        await conn.execute("UPDATE asked_look SET asked_at = asked_at - interval '8 days'")
    old = await check_friend_look(make_patient(pool))

    assert [one.severity for one in (waiting, silent, old)] == ["skipped", "warning", "skipped"]
    assert "n’a pas répondu en 5\u00a0minutes" in silent.what


async def test_a_friend_that_says_nothing_does_not_hide_what_another_one_saw(pool: Pool) -> None:
    await keep(pool, {"check": "certificate", "well": False, "cause": "certificate_expired"})
    await keep(pool, failure="timed_out")

    assert (await check_friend_look(make_patient(pool))).severity == "error"
    await keep(pool, {"check": "certificate", "well": True, "figure": 90})
    assert (await check_friend_look(make_patient(pool))).severity == "ok"


async def test_what_was_seen_wrong_is_told_to_the_team_until_it_is_old(pool: Pool) -> None:
    [check] = [one for one in CHECKS if one.name == "friend_look"]
    instance = make_patient(pool).instance
    assert instance is not None and not check.outside
    await keep(pool, {"check": "certificate", "well": False, "cause": "certificate_expired"})

    troubles = []
    for age in ("0 days", "8 days"):
        async with transaction(pool) as conn:
            await conn.execute("UPDATE asked_look SET asked_at = now() - $1::text::interval", age)
        await health.watch_health(instance)
        async with transaction(pool) as conn:
            query = "SELECT count(*) FROM machine_trouble WHERE name = 'friend_look' AND well_at IS NULL"
            troubles.append(await conn.fetchval(query))

    assert troubles == [1, 0]
