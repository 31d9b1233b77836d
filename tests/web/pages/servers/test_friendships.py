"""A neighbouring cooperative is followed back and becomes a friend with one tap; who may not decide sees none of it."""

from collections.abc import Awaitable, Callable

import pytest

from federation.instance import Instance
from models.people.actors import Actor
from models.relations import follows
from models.servers import friendships, trust_levels
from models.servers.friendships import FriendshipState
from models.store.database import Connection, connection, execute, fetch_column, transaction
from tests.factories import make_follow, make_local_actor, make_remote_actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.servers.friendships import list_waiting_neighbours

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PAGE, ACT = "/coop/serveurs/henin.test", "/coop/serveurs/henin.test/amitie"


@pytest.fixture
async def admin(open_browser: OpenBrowser, lomme: Village) -> Browser:
    """Nadia, who administers."""
    return await open_browser(lomme.admin)


async def stand(instance: Instance, lomme: Village, state: FriendshipState) -> None:
    """So far it is between Lomme's cooperative and Hénin-Carvin's, which follows ours."""
    async with transaction(instance.pool) as conn:
        await make_follow(conn, lomme.henin, lomme.coop)
        ours = "https://lomme.test/o/1" if state == "proposed" else None
        theirs = "https://henin.test/o/1" if state not in ("met", "proposed") else None
        await friendships.save(conn, lomme.henin.id, state, ours=ours, theirs=theirs)


async def read(instance: Instance, lomme: Village) -> tuple[str | None, str, list[str]]:
    """How far it is now, the level of its server, and what was sent."""
    async with connection(instance.pool) as conn:
        held = await friendships.find(conn, lomme.henin.id)
        level = await trust_levels.find(conn, "henin.test")
        sent = await fetch_column(conn, "SELECT type FROM activity WHERE object_uri = $1 ORDER BY id", lomme.henin.uri)
        return held.state if held else None, level.level if level else "reader", sent


async def test_who_follows_us_is_followed_back_and_asked_by_one_tap(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    await admin.send("/reseau/suivre", {"host": "henin.test", "acting_as": "coop", "act": "stop"}, form_on="/reseau")
    await stand(instance, lomme, "met")
    words = (await admin.get("/reseau")).words()
    assert "Coop des deux terrils suit votre coop : la suivre en retour ?" in words
    assert "Son adresse est celle de son site" in words and "aucune autre coop" not in words, "one stands above"

    answer = await admin.send(ACT, {"act": "link", "back": "reseau"}, form_on="/reseau")

    assert (answer.status, answer.location) == (303, "/reseau?fait=link")
    words = (await admin.get(answer.location)).words()
    assert "votre coop la suit, et votre oui à l’amitié est en route" in words and "la suivre en retour" not in words
    assert (await read(instance, lomme))[0] == "proposed"
    async with connection(instance.pool) as conn:
        held = await follows.find(conn, follower_id=lomme.coop.id, followed_id=lomme.offers_there.id)
    assert held is not None and held.state == "pending"


async def test_as_many_questions_are_asked_for_twenty_that_wait_as_for_two(instance: Instance, lomme: Village) -> None:
    counts: list[int] = []

    async with transaction(instance.pool) as conn:
        for upto in (2, 20):
            for number in range(upto):
                coop = await make_remote_actor(conn, "coop", f"coop{number}.test", type="Organization")
                await friendships.save(conn, coop.id, "asked", theirs=f"https://coop{number}.test/o/1")
            asked: list[str] = []
            with conn.query_logger(lambda query, asked=asked: asked.append(query.query)):
                rows = await list_waiting_neighbours(conn, lambda sentence, /, **values: sentence % values)
            counts.append(len(asked))
            assert [row.state for row in rows] == ["asked"] * upto

    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("north", "where"), [(0.045, "Lille, à 5\u00a0km"), (0.001, "Lille, à 1\u00a0km"), (None, "Lille")]
)
async def test_a_neighbour_that_waits_is_said_to_be_where_it_is(
    conn: Connection, north: float | None, where: str
) -> None:
    await make_local_actor(conn, "coop", type="Organization")
    coop = await make_remote_actor(conn, "coop", "bricole.test", type="Organization", place_name="Lille")
    stands = "UPDATE actor SET longitude = 3.05, latitude = 50.6 + CASE WHEN local THEN 0 ELSE $1::float8 END"
    await execute(conn, stands, north)
    await friendships.save(conn, coop.id, "asked", theirs="https://bricole.test/o/1")

    [row] = await list_waiting_neighbours(conn, lambda sentence, /, **values: sentence % values)

    assert row.where.replace("à 5 km", "à 5\u00a0km").replace("à 1 km", "à 1\u00a0km") == where


async def test_the_directory_names_who_answers_for_a_cooperative_without_any_markup(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    said = [{"name": "Qui en répond", "value": "<b>Les Deux Terrils</b>, SCIC"}, {"name": "Autre", "value": "rien"}]
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE actor SET fields = $2 WHERE id = $1", lomme.henin.id, said)

    page = await (await open_browser(None)).get("/reseau")

    assert "Qui en répond : Les Deux Terrils, SCIC" in page.words() and "rien" not in page.words()
    assert "<b>Les Deux" not in page.text


async def test_a_yes_by_one_tap_makes_friends(admin: Browser, lomme: Village, instance: Instance) -> None:
    await stand(instance, lomme, "asked")
    assert "propose que vos coops soient amies" in (await admin.get("/coop")).words()
    assert "Elle propose que vos coops soient amies." in (await admin.get(PAGE)).words()

    await admin.send(ACT, {"act": "link"}, form_on=PAGE)

    assert await read(instance, lomme) == ("confirmed", "friend", ["Accept"])
    assert "Vos coops sont amies, vous l’avez dit toutes les deux." in (await admin.get(PAGE)).words()
    assert "propose que vos coops soient amies" not in (await admin.get("/coop")).words()


@pytest.mark.parametrize(
    ("state", "act", "after", "level", "sent"),
    [
        ("asked", "decline", "declined", "reader", ["Reject"]),
        ("met", "decline", "declined", "reader", []),
        ("proposed", "take_back", None, "reader", ["Undo"]),
        ("confirmed", "end", None, "reader", ["Reject"]),
        ("ended", "end", None, "reader", []),
        ("ended", "keep", None, "friend", []),
        ("refused", "befriend", "proposed", "reader", ["Offer"]),
        ("declined", "befriend", "proposed", "reader", ["Offer"]),
    ],
)
async def test_every_way_on(
    admin: Browser,
    lomme: Village,
    instance: Instance,
    state: FriendshipState,
    act: str,
    after: str | None,
    level: str,
    sent: list[str],
) -> None:
    await stand(instance, lomme, state)
    async with transaction(instance.pool) as conn:
        await trust_levels.save_level(conn, "henin.test", "friend" if state in ("confirmed", "ended") else "reader")

    answer = await admin.send(ACT, {"act": act}, form_on=PAGE)

    assert answer.status == 303, answer.words()
    assert (answer.status, answer.location) == (303, f"{PAGE}?fait={act}")
    assert await read(instance, lomme) == (after, level, sent)


@pytest.mark.parametrize(
    ("state", "act", "words"),
    [
        ("met", "take_back", "Cette coop a déjà répondu, ou la proposition n’est plus là."),
        ("confirmed", "decline", "Cette coop ne propose plus rien"),
        ("met", "marry", "Ce choix n’existe pas."),
    ],
)
async def test_what_cannot_be_is_said(
    admin: Browser, lomme: Village, instance: Instance, state: FriendshipState, act: str, words: str
) -> None:
    await stand(instance, lomme, state)
    answer = await admin.send(ACT, {"act": act}, form_on=PAGE)
    assert answer.status == 422 and words in answer.words()
    assert (await read(instance, lomme))[0] == state


async def test_a_lower_level_ends_the_friendship_and_says_so(
    admin: Browser, lomme: Village, instance: Instance
) -> None:
    await stand(instance, lomme, "confirmed")
    await admin.send(PAGE, {"act": "level", "level": "reader"}, form_on=PAGE)
    assert await read(instance, lomme) == (None, "reader", ["Reject"])


async def test_who_may_not_decide_sees_and_does_nothing(alice: Browser, lomme: Village, instance: Instance) -> None:
    await stand(instance, lomme, "asked")
    assert "attendent un mot" not in (await alice.get("/reseau")).words()
    answer = await alice.send(ACT, {"act": "link"}, form_on="/reseau")
    assert answer.status == 404
    assert (await read(instance, lomme))[0] == "asked"
