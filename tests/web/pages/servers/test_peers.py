"""The other servers, for administrators."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models.people import actors
from models.people.actors import Actor
from models.servers import circuit_breakers, private_hosts
from models.store import backup_runs, disk_space
from models.store.background import jobs, periodic_tasks
from models.store.database import connection, execute, fetch_value, transaction
from models.store.disk_space import MEGABYTE, DiskSpace
from models.traffic import peer_traffic
from models.traffic.inbound import inbox_overflows, received
from models.traffic.inbound.received import NewReceived
from models.traffic.outbound import deliveries
from models.traffic.peer_traffic import Peer
from tests.database_queries import enqueue_one
from tests.factories import (
    make_activity,
    make_follow,
    make_local_actor,
    make_note,
    make_remote_actor,
    save_failure,
)
from tests.fediverse import FakeFediverse
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.traffic.failure_causes import advise, explain_stop
from web.server.worker.jobs import PERIODIC_TASKS

PAGE = "/coop/serveurs/henin.test"

SERVER = (Path(__file__).parents[4] / "web" / "server").rglob("*.py")

NAMES = {*PERIODIC_TASKS, *re.findall(r'\.start\(\s*"(\w+)"', "".join(path.read_text() for path in SERVER))}
"""Of chores and of loops."""


@pytest.fixture
async def admin(open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village) -> Browser:
    """Nadia, who administers."""
    return await open_browser(lomme.admin)


async def test_an_administrator_sees_that_there_is_little_room(admin: Browser, instance: Instance) -> None:
    assert "place sur le disque" not in (await admin.get("/coop/serveurs")).words()
    async with transaction(instance.pool) as conn:
        await disk_space.note(conn, DiskSpace(free=700 * MEGABYTE, total=100_000 * MEGABYTE))

    words = (await admin.get("/coop/serveurs")).words()
    assert "presque plus de place sur le disque" in words and "Il reste 700 Mo." in words
    assert "les photos seront refusées" in words
    assert "presque plus de place sur le disque" in (await admin.get("/coop")).words()


async def queue(instance: Instance, lomme: Village, *, state: str = "waiting") -> None:
    """Something for Bob of Hénin."""
    async with connection(instance.pool) as conn:
        activity = await make_activity(conn, lomme.alice, object_uri=lomme.tent.uri)
        await deliveries.schedule(
            conn, activity_id=activity, actor_id=lomme.alice.id, named_ids=[lomme.bob.id], followed_ids=[]
        )
        await execute(
            conn,
            """
            UPDATE delivery SET state = $2, attempts = 3, error = 'henin.test forbids this. (HTTP 403)',
                due_at = now() + interval '6 hours' WHERE activity_id = $1
            """,
            activity,
            state,
        )


async def get(instance: Instance) -> Peer:
    """What is kept of Hénin."""
    async with connection(instance.pool) as conn:
        found = await peer_traffic.find_peer(conn, "henin.test")
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["/coop/serveurs", PAGE])
async def test_only_administrators_watch(alice: Browser, visitor: Browser, path: str) -> None:
    assert (await alice.get(path)).status == 404
    assert (await visitor.get(path)).status == 303
    assert (await alice.send(PAGE, {"act": "hold"}, form_on="/compte")).status == 404
    assert (await alice.send(f"{PAGE}/essai", {}, form_on="/compte")).status == 404


async def test_list_says_who_does_well_and_what_waits(admin: Browser, lomme: Village, instance: Instance) -> None:
    await queue(instance, lomme)
    await queue(instance, lomme, state="failed")

    words = (await admin.get("/coop/serveurs")).words()

    assert "henin.test" in words and "Tout va bien" in words
    assert "1 en attente, 1 non remis" in words
    assert "Dernier message reçu : il y a" in words


async def test_every_cause_is_told_to_the_administrator_with_the_server_s_name_and_what_to_do(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    today = datetime.now(UTC).date()
    for cause in Cause:
        async with connection(instance.pool) as conn:
            await save_failure(conn, "henin.test", "x", on=today, inbox="https://henin.test/inbox", cause=cause)

        words = (await admin.get(PAGE)).words()

        sentence, duty = (tell(speak, "henin.test", None, cause) for tell in (explain_stop, advise))
        assert "henin.test" in sentence and f"{sentence} {duty}".strip() in words
        assert duty or "prévenez" in sentence


def test_no_two_causes_look_alike() -> None:
    told = [explain_stop(speak, "henin.test", None, cause) for cause in Cause]

    assert len(set(told)) == len(told)


def speak(sentence: str, /, **values: Any) -> str:
    """As the page does in French; spaces as `words` leaves them."""
    return " ".join((sentence % values if values else sentence).replace("\u202f", " ").replace("\u00a0", " ").split())


async def test_list_is_narrowed_and_says_when_nothing_is_wrong(admin: Browser, lomme: Village) -> None:
    assert "Rien à regarder : tout passe." in (await admin.get("/coop/serveurs?etat=trouble")).words()
    assert "Aucun serveur connu" in (await admin.get("/coop/serveurs?q=bretagne")).words()
    assert "henin.test" in (await admin.get("/coop/serveurs?q=HENIN")).words()


async def test_page_says_why_nothing_goes_through(admin: Browser, lomme: Village, instance: Instance) -> None:
    await queue(instance, lomme)
    async with connection(instance.pool) as conn:
        await save_failure(
            conn, "henin.test", "x", on=datetime.now(UTC).date(), inbox="https://henin.test/inbox", cause="clock"
        )
        await circuit_breakers.save_clock(conn, "henin.test", -2820)

    words = (await admin.get(PAGE)).words()

    assert "Des envois échouent" in words
    assert "henin.test n’a pas la même heure que nous" in words
    assert "Son horloge retarde de 47 minutes sur la nôtre." in words
    assert "henin.test nous l’interdit : il a peut-être mis notre coop à l’écart." in words


async def test_our_own_clock_is_suspected_when_all_others_agree(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        for host in ("arras.test", "lens.test", "henin.test"):
            await circuit_breakers.save_clock(conn, host, 7200)

    assert "C’est sans doute votre horloge." in (await admin.get("/coop/serveurs")).words()
    assert "Son horloge avance" not in (await admin.get(PAGE)).words()


async def test_deliveries_are_held_released_and_tried_now(admin: Browser, lomme: Village, instance: Instance) -> None:
    await queue(instance, lomme)

    assert (await admin.send(PAGE, {"act": "hold"}, form_on=PAGE)).location == f"{PAGE}?fait=hold"
    held = await get(instance)
    assert "Envois retenus" in (await admin.get(PAGE)).words()
    await admin.send(PAGE, {"act": "release"}, form_on=PAGE)
    released = await get(instance)

    assert (held.state, held.waiting, held.held) == ("paused", 0, 1)
    assert (released.state, released.waiting, released.held) == ("well", 1, 0)

    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET due_at = now() + interval '6 hours'")
    await admin.send(PAGE, {"act": "retry"}, form_on=PAGE)
    due_at = (await get(instance)).due_at
    assert due_at is not None and due_at <= datetime.now(UTC)


async def test_what_waits_for_a_server_that_seems_well_is_said_with_its_time(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    await queue(instance, lomme)
    assert (await get(instance)).state == "well"

    assert "nouvel essai" in (await admin.get(PAGE)).words()

    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE delivery SET due_at = now()")
    assert "nouvel essai" not in (await admin.get(PAGE)).words()


async def test_what_was_not_delivered_since_a_day_is_sent_again(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    await queue(instance, lomme, state="failed")
    tomorrow, today = (datetime.now(UTC) + timedelta(days=2)).date(), datetime.now(UTC).date() - timedelta(days=1)

    await admin.send(PAGE, {"act": "catch_up", "since": tomorrow.isoformat()}, form_on=PAGE)
    assert (await get(instance)).failed == 1
    await admin.send(PAGE, {"act": "catch_up", "since": today.isoformat()}, form_on=PAGE)
    assert ((await get(instance)).failed, (await get(instance)).waiting) == (0, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"act": "drop"},
        {"act": "level"},
        {"act": "level", "level": "enemy"},
        {"act": "catch_up"},
        {"act": "catch_up", "since": "hier"},
        {"act": "catch_up", "since": "2026-13-45"},
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    admin: Browser, lomme: Village, instance: Instance, fields: dict[str, str]
) -> None:
    await queue(instance, lomme, state="failed")
    before = await get(instance)

    answer = await admin.send(PAGE, fields, form_on=PAGE)

    assert answer.status == 422 and answer.html.xpath("//div[@id='erreurs']")
    assert await get(instance) == before


async def test_level_is_chosen(admin: Browser, lomme: Village, instance: Instance) -> None:
    await admin.send(PAGE, {"act": "level", "level": "friend"}, form_on=PAGE)

    assert (await get(instance)).level == "friend"


async def test_server_is_tried_step_by_step(
    admin: Browser, lomme: Village, fediverse: FakeFediverse, instance: Instance
) -> None:
    fediverse.documents["https://henin.test/.well-known/nodeinfo"] = FetchFailed(
        Cause.CERTIFICATE_EXPIRED, "henin.test"
    )

    words = (await admin.send(f"{PAGE}/essai", {}, form_on=PAGE)).words()

    assert "Votre coop lui parle Oui." in words
    assert "Il répond Le certificat de henin.test est périmé : prévenez la personne qui le tient." in words
    assert "Il accepte notre signature" in words


async def test_unknown_server_has_a_page_to_try_it_and_nonsense_has_none(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    assert "Pas encore d’échange" in (await admin.get("/coop/serveurs/nouveau.example")).words()
    for nonsense in ("-a.test", "a..test", "lomme.test", f"{'a' * 64}.test", "Henin.test."):
        assert (await admin.get(f"/coop/serveurs/{nonsense}")).status == 404
    async with connection(instance.pool) as conn:
        assert not await fetch_value(conn, "SELECT EXISTS (SELECT FROM server WHERE host = 'nouveau.example')")


async def test_d16_what_could_not_be_done_here_is_shown_to_administrators(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    before = (await admin.get("/coop/serveurs")).words()
    async with transaction(instance.pool) as conn:
        await enqueue_one(
            conn,
            NewReceived(
                activity_uri="https://arras.test/likes/1", body_hash=b"1", type="Like",
                actor_uri="https://arras.test/users/anna", host="arras.test", body=b"{}",
            ),
        )  # fmt: skip
        id = await fetch_value(conn, "SELECT id FROM received WHERE host = 'arras.test'")
        await received.give_up(conn, id, error="RecursionError: too deep")
        await jobs.enqueue(conn, "mail", 1)
        await execute(conn, "UPDATE pgqueuer SET status = 'failed'")

    after = (await admin.get("/coop/serveurs")).words()

    assert "n’a pas pu être traité" not in before
    assert "Ce qui n’a pas pu être traité ici" in after
    assert "J’aime, arras.test RecursionError: too deep" in after
    assert "Tâche « mail »" in after


async def test_who_sends_more_than_may_wait_is_shown_to_administrators(admin: Browser, instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        await inbox_overflows.add(conn, {"flots.test": 3})
        await inbox_overflows.add(conn, {"flots.test": 4, "goutte.test": 1})

    page = (await admin.get("/coop/serveurs")).text

    assert "7 envois refusés" in page and "un envoi refusé" in page
    assert 'href="/coop/serveurs/flots.test"' in page


async def test_chores_that_fail_are_shown_to_administrators_in_words(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    before = (await admin.get("/coop/serveurs")).words()
    async with transaction(instance.pool) as conn:
        for name in NAMES:
            await periodic_tasks.note_failure(conn, name, f"cause of {name}")
        await periodic_tasks.note_failure(conn, "reminders", "too many clocks")
        await periodic_tasks.note_failure(conn, "process 1", "no memory")

    page = await admin.get("/coop/serveurs")
    after, named = page.words(), {one.text_content() for one in page.html.findall(".//ul/li/span[@class='bad']")}

    assert "n’y arrive pas" not in before
    assert re.search("Rappels des échanges 2 échecs, le premier [^.]+, le dernier [^.]+. too many clocks", after)
    assert all(f"cause of {name}" in after for name in NAMES - {"reminders"})
    assert not named & NAMES and len(NAMES) > 30
    assert {"Rappels des échanges", "Processus 1"} <= named


async def test_b52_private_things_are_kept_from_a_server_and_sent_again(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    async with connection(instance.pool) as conn:
        await make_follow(conn, lomme.bob, lomme.alice)
        post = await make_note(conn, lomme.alice, audience="followers")
        activity = await make_activity(conn, lomme.alice, object_uri=post.uri, public=False)
        await deliveries.schedule(
            conn, activity_id=activity, actor_id=lomme.alice.id, named_ids=[lomme.bob.id], followed_ids=[]
        )

    answer = await admin.send(PAGE, {"act": "withhold"}, form_on=PAGE)
    withheld = await get(instance)
    page, table = (await admin.get(answer.location)).words(), (await admin.get("/coop/serveurs")).words()
    again = await admin.send(PAGE, {"act": "allow"}, form_on=PAGE)

    assert answer.location == f"{PAGE}?fait=withhold" and again.location == f"{PAGE}?fait=allow"
    assert (withheld.no_private, withheld.waiting, withheld.failed) == (True, 0, 0)
    assert "Rien de privé ne part plus vers ce serveur" in page and "Lui envoyer aussi ce qui est privé" in page
    assert "Rien de privé ne part vers lui" in table
    assert not (await get(instance)).no_private


async def test_b52_what_is_decided_for_a_name_above_is_changed_there(admin: Browser, instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        await private_hosts.withhold(conn, "test")

    answer = await admin.send(PAGE, {"act": "allow"}, form_on=PAGE)

    assert answer.status == 422
    assert "C’est décidé pour un nom au-dessus du sien : changez-le là." in answer.words()


async def test_backups_are_told_to_administrators_the_good_and_the_failed(admin: Browser, instance: Instance) -> None:
    assert "Aucune sauvegarde n’a encore été faite." in (await admin.get("/coop/serveurs")).words()

    async with transaction(instance.pool) as conn:
        await backup_runs.note(conn, "backup", "/backups/one", seconds=3, failure="too early")
        await backup_runs.note(conn, "backup", "/backups/two", seconds=3, size=12_345_678)
        await backup_runs.note(conn, "copy", "/mnt/disk", seconds=3)
        await backup_runs.note(conn, "copy", "sftp://b.test/a", seconds=3, failure="nobody answers")
    words = (await admin.get("/coop/serveurs")).words()
    assert "12 Mo" in words
    assert "/backups/two" in words
    assert "/mnt/disk" in words and "n’est pas arrivée ailleurs" in words and "nobody answers" in words
    assert "Aucune n’a encore été vérifiée." in words
    assert "too early" not in words

    async with transaction(instance.pool) as conn:
        await backup_runs.note(conn, "backup", "/backups", seconds=3, failure="No space left on device")
        await backup_runs.note(conn, "verification", "/backups/two", seconds=3, failure="media differ")
        await conn.execute("UPDATE backup_run SET ended_at = ended_at - interval '9 days' WHERE failure IS NULL")
    words = (await admin.get("/coop/serveurs")).words()
    assert "No space left on device" in words
    assert "C’était il y a plus d’une semaine." in words
    assert "ne comptez pas sur cette sauvegarde. media differ" in words


async def test_a_marketplace_is_seen_stopped_and_given_things_again(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    async with transaction(instance.pool) as conn:
        ours = await actors.find_local(conn, "instance") or await make_local_actor(
            conn, "instance", type="Application", uri=f"{lomme.site.url}/users/instance"
        )
        await make_follow(conn, await make_remote_actor(conn, "instance", "floh.test"), ours)
    assert "elle suit @instance" in (await admin.get("/coop/serveurs/floh.test")).words()
    assert "floh.test suit depuis" in (await admin.get("/coop/reglages/partage")).words()

    for act, words in (("market_stop", "Vous l’avez arrêtée"), ("market_allow", "elle suit @instance")):
        sent = await admin.send("/coop/serveurs/floh.test", {"act": act}, form_on=PAGE)
        assert sent.status == 303
        assert words in (await admin.get("/coop/serveurs/floh.test")).words()

    assert "Place de marché" not in (await admin.get(PAGE)).words()
    assert (await admin.send(PAGE, {"act": "market_stop"}, form_on=PAGE)).status == 404
