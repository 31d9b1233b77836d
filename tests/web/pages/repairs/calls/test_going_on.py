"""The author of a call while nobody comes: what she reads, and what she does in one tap."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from federation.instance import Instance
from models.exchanges import agreements
from models.moments import PARIS
from models.people.actors import Actor
from models.repairs.calls import figures, told, watches, waves
from models.repairs.calls.figures import CallReport
from models.repairs.calls.watches import RepairWatch
from models.store.database import connection, execute, transaction
from tests.factories import make_listing, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

Open = Callable[[Actor | None], Awaitable[Browser]]


@pytest.fixture
async def called(instance: Instance, lomme: Village) -> str:
    """Hocine’s call is in its first wave, and Alice was told; where it is shown."""
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET latitude = 50.645, longitude = 2.987 WHERE id = $1", lomme.alice.id)
        await watches.save(conn, lomme.alice.id, RepairWatch(by_mail=True, at_night=False))
        await waves.begin(conn, lomme.call)
        assert await told.tell(conn, lomme.call, "3km") == [lomme.alice.id]
    return lomme.call.post.url.removeprefix(lomme.site.url)


async def test_who_was_told_and_opened_it_is_counted_here_and_elsewhere(
    open_browser: Open, instance: Instance, lomme: Village, called: str
) -> None:
    async with transaction(instance.pool) as conn:
        await make_remote_actor(conn, "coop", type="Organization", name="Hénin")
        await execute(
            conn, "INSERT INTO known_host (host, why) VALUES ('henin.test', 'admitted') ON CONFLICT DO NOTHING"
        )
        at = lomme.call.post.published_at
        await figures.save_view(conn, lomme.call.id, "henin.test", CallReport(notified=3, opened=1), at)
    owner = await open_browser(lomme.hocine)
    assert "4 personnes prévenues (dont 3 chez Hénin), une l’a vu." in (await owner.get(called)).words()

    alice = await open_browser(lomme.alice)
    for _ in range(2):
        assert "personnes prévenues" not in (await alice.get(called)).words()

    assert "4 personnes prévenues (dont 3 chez Hénin), 2 l’ont vu." in (await owner.get(called)).words()


async def test_she_has_it_told_further_and_asks_once_more(
    open_browser: Open, instance: Instance, lomme: Village, called: str
) -> None:
    owner, path = await open_browser(lomme.hocine), f"/annonces/d/{lomme.call.id}"

    sent = await owner.send(f"{path}/elargir", {}, form_on=called)

    page = await owner.get(sent.location)
    assert "un peu plus loin sont prévenues" in page.words() and "Jusqu’ici à 8 km." in page.words()
    for _ in range(2):
        await owner.send(f"{path}/elargir", {}, form_on=called)
    refused = await owner.send(f"{path}/elargir", {}, form_on=called)
    assert refused.status == 422 and "aussi loin qu’il peut" in refused.words()
    sent = await owner.send(f"{path}/relancer", {}, form_on=called)
    assert "en est prévenu une nouvelle fois" in (await owner.get(sent.location)).words()
    assert "laissez passer un jour" in (await owner.send(f"{path}/relancer", {}, form_on=called)).words()


@pytest.mark.parametrize("verb", ["elargir", "relancer"])
async def test_nobody_else_does_it_for_her(
    open_browser: Open, instance: Instance, lomme: Village, called: str, verb: str
) -> None:
    alice = await open_browser(lomme.alice)

    assert (await alice.send(f"/annonces/d/{lomme.call.id}/{verb}", {}, form_on="/depannage")).status == 404

    async with connection(instance.pool) as conn:
        wave = await waves.find(conn, lomme.call.id)
    assert wave is not None and wave.reach == "3km"


async def test_where_nobody_came_she_reads_what_remains(
    open_browser: Open, instance: Instance, lomme: Village, called: str
) -> None:
    async with transaction(instance.pool) as conn:
        await waves.note_unanswered(conn, lomme.call.id)

    page = await (await open_browser(lomme.hocine)).get(called)

    assert "Personne ne s’est encore proposé" in page.words() and "Relancer l’appel" in page.words()
    assert "Prévenir plus loin maintenant" not in page.words()


async def test_whoever_answers_says_the_day_in_one_form_and_needs_no_last_one(
    open_browser: Open, instance: Instance, lomme: Village
) -> None:
    alice, path = await open_browser(lomme.alice), f"/annonces/d/{lomme.call.id}/demander"

    form = await alice.get(path)
    day = {"first_day": (datetime.now(PARIS) + timedelta(days=2)).date().isoformat(), "first_hour": "18:00"}
    sent = await alice.send(path, day, form_on=path)

    assert form.html.xpath("//input[@name='first_day']/@required") and "Quel jour" in form.words()
    assert "Choisissez le premier jour" not in form.words() and sent.status == 303
    async with connection(instance.pool) as conn:
        held = (await agreements.list_live_by_listing(conn, lomme.call.id))[0]
    assert held.begins_at is not None and held.begins_at.astimezone(PARIS).hour == 18 and held.ends_at is None


async def test_sentences_of_her_page_stand_apart(open_browser: Open, instance: Instance, lomme: Village) -> None:
    async with transaction(instance.pool) as conn:
        call = await make_listing(conn, lomme.alice, kind="repair_call", mode="repair", title="Pneu")

    page = await (await open_browser(lomme.alice)).get(f"/depannage/appels/{call.id}")

    assert "Personne n’a encore été prévenu. L’appel se voit ici" in page.words()
