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
from web.actions.doctor.look_words import TITLES
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
        for number, seen in enumerate(([{"check": "clock", "well": False, "figure": 900}], [])):
            given = await looks.begin(conn, FRIEND, f"urn:uuid:{number}")
            assert given is not None
            report = {"type": "LookReport", "inReplyTo": "x", "addresses": [], "seen": seen}
            await looks.save_given(conn, given, report)
        await looks.begin(conn, FRIEND, "urn:uuid:2")
    nadia = await open_browser(lomme.admin)

    page = await nadia.get("/coop/sante")

    assert "le certificat est périmé." in page.text and "journalctl -u caddy" in page.text
    assert "Nos deux horloges diffèrent de 45\u00a0secondes" in page.text and "une des deux est fausse." in page.text
    assert "la demande échoue" in page.text
    assert (
        "Notre boîte de réception n’a pas pris ce qui est signé là-bas" in page.text
        and "la demande échoue" in page.text
    )
    assert "L’annuaire des comptes mène à la coop." in page.text and "<script>" not in page.text.partition("regards")[2]
    assert "Pour qui nous avons regardé" in page.text and "une chose n’allait pas" in page.text
    assert "nous n’avons pas pu voir grand-chose" in page.text and "le regard est en cours" in page.text
    assert "Demandé d’ici" in page.text


async def test_a_look_that_saw_next_to_nothing_is_not_told_as_well(
    open_browser: Open, lomme: Village, pool: Pool, friend: str
) -> None:
    await keep(pool, {"check": "name", "well": True}, {"check": "signature", "well": True})
    nadia = await open_browser(lomme.admin)

    page, found = await nadia.get("/coop/sante"), await check_friend_look(make_patient(pool))

    assert "n’a pas pu nous joindre assez" in page.text and "Vu de là-bas, tout va bien" not in page.text
    assert found.severity == "skipped" and "n’a pas pu nous joindre assez" in found.what


@pytest.mark.parametrize(
    ("failure", "clock", "severity", "words"),
    [
        ("clock", -900, "warning", "diffèrent de 900\u00a0secondes : une des deux est fausse"),
        ("signature_refused", 0, "error", "refuse ce que nous signons"),
        ("look_no_key", None, "skipped", "n’a pas pu lire nos clés"),
        (NO_FRIEND, None, "skipped", "ne regarde que pour les coops amies"),
        ("look_unknown", None, "skipped", "ne sait pas encore regarder"),
        ("too_many_requests", None, "skipped", "demande d’attendre"),
        ("timed_out", None, "skipped", "rien ne répond à temps"),
        ("certificate_expired", None, "skipped", "n’a rien pu nous dire : le certificat est périmé."),
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
        ({"check": "name", "well": False, "cause": "name_not_found"}, "error", "le nom n’existe pas"),
        ({"check": "ipv6", "well": False, "cause": "connection_refused"}, "error", "ne répond pas par IPv6"),
        ({"check": "certificate", "well": True, "figure": 5}, "warning", "se termine dans 5\u00a0jours"),
        ({"check": "certificate", "well": True, "figure": 1}, "warning", "se termine dans un jour"),
        ({"check": "certificate", "well": True, "figure": 0}, "warning", "se termine dans moins d’un jour"),
        ({"check": "clock", "well": True, "figure": 29}, "ok", "tout va bien"),
        ({"check": "clock", "well": True, "figure": 400}, "warning", "diffèrent de 400\u00a0secondes"),
        ({"check": "webfinger", "well": False, "cause": "not_found"}, "error", "ne mène pas à la coop"),
        ({"check": "actor", "well": False, "cause": "redirect"}, "error", "la réponse mène ailleurs"),
        ({"check": "inbox", "well": False, "cause": "signature_refused"}, "error", "la signature est refusée"),
        ({"check": "inbox", "well": True, "figure": 202}, "ok", "tout va bien"),
    ],
)
async def test_what_a_friend_saw_is_judged_by_our_measure(
    seen: dict[str, Any], severity: str, words: str, pool: Pool
) -> None:
    await keep(pool, seen, {"check": "ipv4", "well": True})

    found = await check_friend_look(make_patient(pool))

    assert found.severity == severity and words in found.what
    assert severity == "ok" or ("demandez un nouveau regard" in found.mend and found.command)
    assert severity == "ok" or f"Vu de chez {FRIEND}, il y a moins d’un jour : " in found.what


@pytest.mark.parametrize(
    ("seen", "severity"),
    [
        ([], "skipped"),
        (["name", "certificate", "webfinger", "signature"], "skipped"),
        (["actor"], "skipped"),
        (["actor", "inbox"], "ok"),
        (["ipv6"], "ok"),
    ],
)
async def test_all_is_well_where_we_were_reached(seen: list[str], severity: str, pool: Pool) -> None:
    await keep(pool, *({"check": one, "well": True if one in seen else None} for one in TITLES))

    assert (await check_friend_look(make_patient(pool))).severity == severity


@pytest.mark.parametrize(
    ("others", "severity", "quiet"), [((), "warning", True), ((900,), "warning", True), ((-900,), "error", False)]
)
async def test_a_clock_is_called_ours_where_the_other_servers_say_so_too(
    others: tuple[int, ...], severity: str, quiet: bool, pool: Pool
) -> None:
    """What a friend saw ahead of its own clock, all others see ahead of theirs."""
    async with transaction(pool) as conn:
        for seconds in others:
            for name in ("a", "b", "c"):
                query = "INSERT INTO server (host, clock_seconds, clock_at) VALUES ($1, $2, now())"
                await conn.execute(query, f"{name}.test", seconds)
    await keep(pool, {"check": "clock", "well": False, "figure": 900}, {"check": "ipv4", "well": True})
    seen = await check_friend_look(make_patient(pool))
    async with transaction(pool) as conn:
        await conn.execute("DELETE FROM asked_look")
    await keep(pool, failure="clock", clock=-900)
    refused = await check_friend_look(make_patient(pool))

    assert [(one.severity, one.quiet) for one in (seen, refused)] == [(severity, quiet)] * 2


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
    await keep(pool, {"check": "certificate", "well": True, "figure": 90}, {"check": "ipv4", "well": True})
    assert (await check_friend_look(make_patient(pool))).severity == "ok"


async def test_whose_clock_is_wrong_is_not_mailed_while_nobody_knows_and_hides_nothing(pool: Pool) -> None:
    instance = make_patient(pool).instance
    assert instance is not None
    await keep(pool, failure="clock", clock=900)
    await health.watch_health(instance)
    async with transaction(pool) as conn:
        told = await conn.fetchval("SELECT count(*) FROM machine_trouble WHERE name = 'friend_look'")
        await conn.execute("UPDATE asked_look SET asked_at = now() - interval '1 hour'")
    await keep(pool, {"check": "certificate", "well": False, "cause": "certificate_expired"})
    async with transaction(pool) as conn:
        await conn.execute("UPDATE asked_look SET asked_at = now() - interval '3 days' WHERE seen IS NOT NULL")

    found = await check_friend_look(make_patient(pool))

    assert told == 0 and "il y a 3\u00a0jours : Aucune connexion n’est sûre" in found.what


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
