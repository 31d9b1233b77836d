"""Somebody without an account changes her call: the same form and checks, looked at first where that is so."""

import pytest

from models.listings.listings import Listing
from models.repairs.passers_by import RELEASED
from models.store.database import transaction
from outbox.moderation import held_posts
from tests.film_files import make_film
from tests.web.form_client import Visitor
from tests.web.pages.repairs.calls.test_passing_decisions import look_first
from tests.web.passing_scenario import BROKEN, BY_LINK, BY_MAIL, WHERE, Roadside

CHANGE = "/depannage/mon-appel/changer"

TOLD = {"text": "Je suis devant la gare jusqu’à 19 h.", "part": "rayon", "reward": "gift"}

SENT_AWAY = """
    INSERT INTO delivery (activity_id, actor_id, inbox, host, state, attempts)
    SELECT id, actor_id, 'https://far.test/inbox', 'far.test', 'done', 1 FROM activity
    WHERE object_uri = $1 AND type = 'Create'
"""

TOLD_OF_HER = """
    SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id
    WHERE a.object_uri = $1 AND a.type = 'Update' AND d.host = 'far.test'
"""

ADD_PHOTO = "INSERT INTO media (id, owner_id, post_id, file_key, width, height) VALUES ($1, $2, $3, $4, 4, 3)"


async def find(road: Roadside) -> Listing:
    listing = await road.published()
    assert listing is not None
    return listing


async def change(passer: Visitor, where: dict[str, str] | None = None, last: dict[str, str] | None = None) -> Visitor:
    """The three steps."""
    await passer.open(CHANGE)
    await passer.send(CHANGE, BROKEN | {"act": "next"})
    await passer.send(CHANGE, (where or WHERE) | {"act": "next"})
    return await passer.send(CHANGE, (last or TOLD) | {"act": "publish"})


async def test_the_form_has_what_stands_and_what_she_changes_is_seen_at_once(road: Roadside) -> None:
    passer = await road.call()
    before = await find(road)
    page = await passer.open(f"/depannage/appels/{before.id}")
    assert f'href="{CHANGE}"' in page.text
    await passer.open(CHANGE)
    assert 'value="wheel" checked' in passer.text and "Comment recevoir" not in passer.text
    later = {**WHERE, "urgency": "ThisWeek", "travel_km": "1"}

    await change(passer, later)

    after = await find(road)
    assert passer.path.startswith(f"/depannage/appels/{before.id}") and "C’est changé" in passer.text
    assert (after.id, after.post.source) == (before.id, TOLD["text"])
    assert after.details.repair is not None
    assert [after.details.repair[name] for name in ("urgency", "travel_km", "reward")] == ["ThisWeek", 1, "gift"]
    assert (await road.caller()).name == "Samir, de passage à Lomme"
    assert await road.count("SELECT count(*) FROM activity WHERE type = 'Update'") > 0


@pytest.mark.parametrize("looked_at", [False, True])
async def test_calling_from_elsewhere_she_is_called_so_and_who_holds_her_call_is_told(
    road: Roadside, looked_at: bool
) -> None:
    passer = await road.call()

    mona = await look_first(road) if looked_at else None
    listing = await find(road)
    await road.do(SENT_AWAY, listing.uri)

    await change(passer, {**WHERE, "place": "Lille"})
    if mona is not None:
        assert (await road.caller()).name == "Samir, de passage à Lomme"
        async with transaction(road.door.instance.pool) as conn:
            await held_posts.release(conn, road.door.instance.site, listing.id, mona)

    assert (await find(road)).details.place_name == "Lille"
    caller = await road.caller()
    assert caller.name == "Samir, de passage à Lille"
    assert await road.count(TOLD_OF_HER, caller.uri) == 1


@pytest.mark.parametrize(
    ("where", "last", "said"),
    [
        ({**WHERE, "place": "Nulle-Part-sur-Rien"}, TOLD, "commune"),
        (WHERE, {**TOLD, "text": "x" * 5_000}, "trop long"),
        (WHERE, {**TOLD, "reward": "or"}, "Ce choix"),
    ],
)
async def test_a_mistake_changes_nothing_and_loses_nothing(
    road: Roadside, where: dict[str, str], last: dict[str, str], said: str
) -> None:
    passer = await road.call()
    before = await find(road)
    await passer.open(CHANGE)
    await passer.send(CHANGE, BROKEN | {"act": "next"})

    await passer.send(CHANGE, where | {"act": "next"})
    if passer.status == 200:
        await passer.send(CHANGE, last | {"act": "publish"})

    assert passer.status == 422 and said in passer.text
    assert (await find(road)).post.source == before.post.source


async def test_where_the_cooperative_looks_first_it_looks_at_changes_too(road: Roadside) -> None:
    passer = await road.call(BY_MAIL)
    await road.run_jobs()
    link = road.mailed_link()
    await (await passer.open(link)).send(link)
    mona = await look_first(road)
    listing = await find(road)
    mails = len(road.postman.taken)

    await change(passer)

    assert "relit ce que vous avez changé" in passer.text and "On vous répond" in passer.text
    assert (await find(road)).post.source == BY_MAIL["text"] and (await find(road)).post.hidden_at is None
    async with transaction(road.door.instance.pool) as conn:
        await held_posts.release(conn, road.door.instance.site, listing.id, mona)
    assert (await find(road)).post.source == TOLD["text"]
    await road.run_jobs(RELEASED)
    assert len(road.postman.taken) == mails + 1
    assert "relit" not in (await passer.open(f"/depannage/appels/{listing.id}")).text


async def test_a_second_change_begins_with_the_one_that_waits(road: Roadside) -> None:
    passer = await road.call()
    mona = await look_first(road)
    listing = await find(road)
    await change(passer, {**WHERE, "place": "Lille", "urgency": "ThisWeek"})

    await passer.open(CHANGE)
    assert "l’équipe relit encore" in " ".join(passer.text.split())
    await passer.send(CHANGE, {**BROKEN, "interventions": "brakes", "act": "next"})
    assert 'value="Lille' in passer.text
    await passer.send(CHANGE, {"where": "commune", "place": "Lille", "urgency": "ThisWeek", "act": "next"})
    assert TOLD["text"] in passer.text
    await passer.send(CHANGE, {"text": TOLD["text"], "act": "publish"})
    async with transaction(road.door.instance.pool) as conn:
        await held_posts.release(conn, road.door.instance.site, listing.id, mona)

    after = await find(road)
    assert (after.details.place_name, after.post.source) == ("Lille", TOLD["text"])
    assert after.details.repair is not None
    assert (after.details.repair["interventions"], after.details.repair["urgency"]) == (["brakes"], "ThisWeek")


async def test_who_was_asked_to_change_changes_and_is_looked_at_again(road: Roadside) -> None:
    mona = await look_first(road)
    passer = await road.call(BY_LINK)
    listing = await find(road)
    async with transaction(road.door.instance.pool) as conn:
        await held_posts.refuse(conn, road.door.instance.site, listing.id, mona, "Enlevez le téléphone.")

    await change(passer)

    assert (await find(road)).post.hidden_at is not None
    async with transaction(road.door.instance.pool) as conn:
        await held_posts.release(conn, road.door.instance.site, listing.id, mona)
    after = await find(road)
    assert (after.post.hidden_at, after.post.source) == (None, TOLD["text"])


async def test_what_ended_is_changed_no_more_and_members_and_strangers_find_nothing(road: Roadside) -> None:
    passer = await road.call()
    stranger, alice = await road.stop(), await (await road.stop()).log_in("alice")
    closed = [(await one.open(CHANGE)).status for one in (passer, alice)]
    away = (await stranger.open(CHANGE)).path
    await road.do("UPDATE listing SET status = 'cancelled'")

    ended = await passer.open(CHANGE)

    assert closed == [200, 404] and away.startswith("/connexion") and ended.status == 404


async def test_the_team_sees_and_hears_the_files_of_the_version_that_waits(road: Roadside) -> None:
    passer = await road.call()
    await look_first(road)
    await road.do("UPDATE account SET roles = '{moderator}' WHERE email = 'alice@example.org'")
    listing = await find(road)
    await road.do(ADD_PHOTO, 71, listing.post.author_id, listing.id, "old.jpg")
    await road.do(ADD_PHOTO, 72, listing.post.author_id, None, "new.jpg")
    await road.do(ADD_PHOTO, 73, None, None, "strange.jpg")
    await passer.open(CHANGE)
    await passer.send(CHANGE, BROKEN | {"act": "next"})
    await passer.send(CHANGE, WHERE | {"act": "next"})
    told = TOLD | {"act": "publish", "media": "72"}

    await passer.upload(CHANGE, told, "sound", "bruit.mp3", make_film("mp3"))
    begun = await passer.open(CHANGE)
    assert begun.hidden_fields(CHANGE)["media"] == "72" and begun.hidden_fields(CHANGE)["sound_kept"]
    await road.do("UPDATE held_post SET draft = jsonb_set(draft, '{media_ids}', draft->'media_ids' || '73')")

    page = await (await (await road.stop()).log_in("alice")).open("/coop/retenues")
    assert "<audio" in page.text
    shown = [name in page.text for name in ("old.jpg", "new.jpg", "strange.jpg")]
    assert shown == [False, True, False]
