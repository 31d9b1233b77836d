"""Following people, streams and whole territories; whom one follows, and who waits for a yes."""

from collections.abc import Awaitable, Callable

import pytest

from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from models.people.actors import Actor
from models.relations import follows, taken_up_follows
from models.store.database import connection, execute, fetch_value, transaction
from tests.factories import make_remote_actor
from tests.fediverse import FakeFediverse
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]


async def state_of(instance: Instance, follower: Actor, followed: Actor) -> str | None:
    """The relation as it is kept."""
    async with connection(instance.pool) as conn:
        found = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
    return found.state if found else None


async def test_member_follows_somebody_elsewhere_from_the_profile(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    answer = await alice.send("/abonnements", {"actor": str(lomme.bob.id)}, form_on="/@bob@henin.test")

    assert (answer.status, answer.location) == (303, "/@bob@henin.test")
    assert await state_of(instance, lomme.alice, lomme.bob) == "pending"
    assert "Demandé" in (await alice.get("/@bob@henin.test")).words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT type FROM activity ORDER BY id DESC LIMIT 1") == "Follow"


async def test_member_stops_following(alice: Browser, lomme: Village, instance: Instance) -> None:
    await alice.send("/abonnements/arreter", {"actor": str(lomme.henin.id)}, form_on="/@coop@henin.test")

    assert await state_of(instance, lomme.alice, lomme.henin) is None


async def test_following_somebody_here_is_accepted_at_once(alice: Browser, lomme: Village, instance: Instance) -> None:
    await alice.send("/abonnements", {"actor": str(lomme.hocine.id)}, form_on="/@hocine")

    assert await state_of(instance, lomme.alice, lomme.hocine) == "accepted"


@pytest.mark.parametrize("actor", ["0", "x", "99999999999999999999"])
async def test_nobody_cannot_be_followed(alice: Browser, actor: str) -> None:
    assert (await alice.send("/abonnements", {"actor": actor}, form_on="/@alice")).status == 404


async def test_list_shows_every_state_and_who_waits(open_browser: OpenBrowser, lomme: Village) -> None:
    hocine = await open_browser(lomme.hocine)

    words = (await hocine.get("/abonnements")).words()

    assert "Demandent à vous suivre Léonie" in words
    assert "Demandé Léonie" in words


async def test_whoever_follows_again_after_a_restoration_is_told_for_a_month(
    alice: Browser, lomme: Village, instance: Instance
) -> None:
    told = "Vous suivez à nouveau depuis le"
    said = [(await alice.get("/abonnements")).words()]
    async with transaction(instance.pool) as conn:
        follow = await follows.find(conn, follower_id=lomme.alice.id, followed_id=lomme.henin.id)
        assert follow is not None
        await taken_up_follows.mark(conn, follow.id)
    said.append((await alice.get("/abonnements")).words())
    async with transaction(instance.pool) as conn:
        await execute(conn, "UPDATE follow SET taken_up_at = taken_up_at - $1::interval", taken_up_follows.TOLD)
    said.append((await alice.get("/abonnements")).words())

    assert [words.count(told) for words in said] == [0, 1, 0]


async def set_server(instance: Instance, **columns: object) -> None:
    """How the server of Hénin does."""
    values = {"level": "reader", "unavailable": None, "failing": None, "heard": 0} | columns
    async with transaction(instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO server (host, level, unavailable_since, failure, last_failure_at, failing_days, last_in_at)
            VALUES ('henin.test', $1, now() - make_interval(days => $2),
                CASE WHEN $3::integer > 0 THEN 'No answer.' END,
                CASE WHEN $3::integer > 0 THEN now() END,
                CASE WHEN $3::integer > 0 THEN ARRAY[current_date - $3::integer] ELSE '{}' END,
                now() - make_interval(days => $4))
            ON CONFLICT (host) DO UPDATE SET level = excluded.level, unavailable_since = excluded.unavailable_since,
                failure = excluded.failure, last_failure_at = excluded.last_failure_at,
                failing_days = excluded.failing_days, last_in_at = excluded.last_in_at, last_out_at = NULL
            """,
            *values.values(),
        )


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({"unavailable": 9, "failing": 16, "heard": 16}, "henin.test ne répond plus depuis le"),
        ({"failing": 2, "heard": 2}, "henin.test ne répond plus depuis le"),
        ({"level": "aside"}, "Votre coop n’échange pas avec henin.test en ce moment."),
    ],
)
async def test_subscription_rests_while_nothing_can_come_from_there(
    alice: Browser, lomme: Village, instance: Instance, server: dict[str, object], said: str
) -> None:
    await set_server(instance, **server)

    words = (await alice.get("/abonnements")).words()

    assert "Au repos Offres d’Hénin-Carvin" in words
    assert said in words


@pytest.mark.parametrize("server", [{}, {"failing": 2, "heard": 0}, {"failing": 0, "heard": 30}])
async def test_subscription_does_not_rest_because_of_silence_or_a_bad_hour(
    alice: Browser, lomme: Village, instance: Instance, server: dict[str, object]
) -> None:
    await set_server(instance, **server)

    words = (await alice.get("/abonnements")).words()

    assert "Suivi Offres d’Hénin-Carvin" in words
    assert "Au repos" not in words


@pytest.mark.parametrize(("verb", "state"), [("accepter", "accepted"), ("refuser", "rejected")])
async def test_member_answers_who_asks_to_follow(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, verb: str, state: str
) -> None:
    hocine = await open_browser(lomme.hocine)

    await hocine.send(f"/abonnements/{verb}", {"actor": str(lomme.bob.id)}, form_on="/abonnements")

    found = await state_of(instance, lomme.bob, lomme.hocine)
    assert found in {state, None} if state == "rejected" else found == state
    assert "Demandent à vous suivre" not in (await hocine.get("/abonnements")).words()


async def test_typed_address_is_followed(
    alice: Browser, lomme: Village, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person("offres", "lens.test", type="Group")

    answer = await alice.send("/reseau/suivre", {"address": "@offres@lens.test"}, form_on="/reseau")

    assert (answer.status, answer.location) == (303, "/abonnements")
    assert "@offres@lens.test" in (await alice.get("/abonnements")).words()


async def test_a_row_of_the_directory_follows_with_the_coop_and_proposes_friendship(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    admin = await open_browser(lomme.admin)
    own, stop = {"host": "henin.test"}, {"host": "henin.test", "acting_as": "coop", "act": "stop"}
    for sent in (own, stop):
        await admin.send("/reseau/suivre", sent, form_on="/reseau")
    page = await admin.get("/reseau")
    [form] = page.html.xpath("//form[.//input[@name='host' and @value='henin.test'] and .//input[@name='acting_as']]")
    sent = {one.get("name"): one.get("value") for one in form.xpath(".//input") if one.get("name") != "csrf"}

    await admin.send("/reseau/suivre", sent, form_on="/reseau")

    assert "proposer l’amitié" in " ".join(form.text_content().split())
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT state FROM friendship") == "proposed"


async def test_a_group_elsewhere_is_followed_with_the_coop_and_asked_nothing(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person("velos", "lens.test", type="Group")
    admin = await open_browser(lomme.admin)
    typed = {"address": "@velos@lens.test", "acting_as": "coop", "friendship": "1"}

    answer = await admin.send("/reseau/suivre", typed, form_on="/reseau")

    assert (answer.status, answer.location) == (303, "/reseau")
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM friendship") == 0


async def test_a_territory_is_followed_also_where_its_coop_cannot_be_asked(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_person("offres", "lens.test", type="Group")
    admin = await open_browser(lomme.admin)
    typed = {"address": "@offres@lens.test", "acting_as": "coop", "friendship": "1"}

    answer = await admin.send("/reseau/suivre", typed, form_on="/reseau")

    assert answer.status == 422 and "Votre coop suit cette adresse, mais l’amitié" in answer.words()
    async with connection(instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Follow'") == 1


async def test_listings_page_stands_for_the_territory_where_it_is(
    open_browser: OpenBrowser, lomme: Village, instance: Instance, fediverse: FakeFediverse
) -> None:
    hocine = await open_browser(lomme.hocine)
    address = lomme.sewing.post.url
    fediverse.documents[address] = {"id": address, "type": "Note", "attributedTo": lomme.bob.uri}

    answer = await hocine.send("/reseau/suivre", {"address": address}, form_on="/reseau")

    assert answer.status == 303
    assert await state_of(instance, lomme.hocine, lomme.offers_there) == "pending"
    assert await state_of(instance, lomme.hocine, lomme.bob) == "pending"  # as before: only he was followed


async def test_chosen_cooperative_is_followed_through_its_streams(
    open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    hocine = await open_browser(lomme.hocine)
    async with transaction(instance.pool) as conn:
        requests = await make_remote_actor(conn, "demandes", "henin.test", type="Group")

    answer = await hocine.send("/reseau/suivre", {"host": "henin.test"}, form_on="/reseau")

    assert answer.status == 303
    assert await state_of(instance, lomme.hocine, lomme.offers_there) == "pending"
    assert await state_of(instance, lomme.hocine, requests) == "pending"
    assert "Demandé : Coop des deux terrils" in (await hocine.get("/reseau")).words()


async def test_cooperative_is_followed_no_longer(alice: Browser, lomme: Village, instance: Instance) -> None:
    await alice.send("/reseau/suivre", {"host": "henin.test", "act": "stop"}, form_on="/reseau")

    assert await state_of(instance, lomme.alice, lomme.offers_there) is None
    assert await state_of(instance, lomme.coop, lomme.offers_there) == "accepted"


async def test_only_administrators_act_as_the_coop(
    alice: Browser, open_browser: OpenBrowser, lomme: Village, instance: Instance
) -> None:
    admin = await open_browser(lomme.admin)

    refused = await alice.send(
        "/reseau/suivre", {"host": "henin.test", "acting_as": "coop", "act": "stop"}, form_on="/reseau"
    )
    before = await state_of(instance, lomme.coop, lomme.offers_there)
    done = await admin.send(
        "/reseau/suivre", {"host": "henin.test", "acting_as": "coop", "act": "stop"}, form_on="/reseau"
    )

    assert refused.status == 404
    assert before == "accepted"
    assert done.status == 303
    assert await state_of(instance, lomme.coop, lomme.offers_there) is None


@pytest.mark.parametrize(
    ("failure", "step"),
    [
        (FetchFailed(Cause.NAME_NOT_FOUND, "lens.test"), "étape 1 sur 4 : trouver le site"),
        (FetchFailed(Cause.TIMED_OUT, "lens.test"), "étape 1 sur 4 : joindre le site"),
        (FetchFailed(Cause.NOT_FOUND, "lens.test"), "étape 2 sur 4 : y chercher le compte"),
    ],
)
async def test_address_that_does_not_resolve_says_which_step_failed(
    alice: Browser, fediverse: FakeFediverse, failure: FetchFailed, step: str
) -> None:
    fediverse.add_webfinger("offres@lens.test", "https://lens.test/users/offres")
    for address in list(fediverse.documents):
        fediverse.documents[address] = failure
        fediverse.documents[address.replace("https:", "http:")] = failure

    answer = await alice.send("/reseau/suivre", {"address": "@offres@lens.test"}, form_on="/reseau")

    assert answer.status == 422
    assert step in answer.words()
    assert answer.html.xpath("//input[@id='address']/@value") == ["@offres@lens.test"]


@pytest.mark.parametrize("typed", ["", "pas une adresse", "@", "javascript:alert(1)", "@offres@lomme.test"])
async def test_bad_address_comes_back_with_a_sentence(alice: Browser, typed: str) -> None:
    answer = await alice.send("/reseau/suivre", {"address": typed}, form_on="/reseau")

    assert answer.status == 422
    assert answer.html.xpath("//div[@id='erreurs']//a/@href") == ["#address"]


async def test_directory_says_what_a_cooperative_offers(visitor: Browser) -> None:
    words = (await visitor.get("/reseau")).words()

    assert "Une coop nous donne de ses nouvelles." in words
    assert "Coop des deux terrils" in words
    assert "Hénin-BeaumontCouture" in words
    assert "entendue il y a" in words


async def test_directory_is_searched(visitor: Browser) -> None:
    assert "Coop des deux terrils" in (await visitor.get("/reseau?q=henin")).words()
    assert "Aucune coop connue ne correspond" in (await visitor.get("/reseau?q=bretagne")).words()
