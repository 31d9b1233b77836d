"""Coming from another server, and leaving for one, by the page of one's account."""

from models.people import actors
from models.people.actors import Actor
from models.store.database import connection
from tests.fediverse import FakeFediverse
from tests.web.form_client import PASSWORD, Doorbell, Visitor


async def enter(door: Doorbell) -> Visitor:
    visitor = await door.ring()
    await visitor.log_in("alice")
    await visitor.open("/compte/demenagement")
    return visitor


async def alice_of(door: Doorbell) -> Actor:
    async with connection(door.instance.pool) as conn:
        return await actors.get_local(conn, "alice")


def fediverse_of(door: Doorbell) -> FakeFediverse:
    assert isinstance(door.instance.transport, FakeFediverse)
    return door.instance.transport


async def test_strangers_are_led_to_the_log_in(door: Doorbell) -> None:
    visitor = await door.ring()

    assert (await visitor.open("/compte/demenagement")).path == "/connexion?retour=/compte/demenagement"


async def test_the_account_leads_there(door: Doorbell) -> None:
    visitor = await enter(door)

    await visitor.open("/compte")

    assert "/compte/demenagement" in visitor.text


async def test_an_old_account_is_added_and_taken_back(door: Doorbell) -> None:
    old = fediverse_of(door).add_person("alice", "mastodon.test")
    visitor = await enter(door)

    await visitor.send("/compte/demenagement/ancien", {"alias": "@alice@mastodon.test"})
    assert "@alice@mastodon.test" in visitor.text and (await alice_of(door)).also_known_as == [old.uri]

    await visitor.send("/compte/demenagement/ancien", {"remove": old.uri})
    assert (await alice_of(door)).also_known_as == []


async def test_nobody_is_found_and_the_page_says_why(door: Doorbell) -> None:
    visitor = await enter(door)

    for path, field in (("/compte/demenagement/ancien", "alias"), ("/compte/demenagement", "target")):
        await visitor.send(path, {field: "@nobody@mastodon.test", "current": PASSWORD})
        assert "mastodon.test" in visitor.text and "étape 2 sur 4" in visitor.text


async def test_ax18_a_member_leaves_and_comes_back(door: Doorbell) -> None:
    alice = await alice_of(door)
    new = fediverse_of(door).add_person("alice", "mastodon.test", alsoKnownAs=[alice.uri])
    visitor = await enter(door)

    await visitor.send("/compte/demenagement", {"target": "@alice@mastodon.test", "current": PASSWORD})
    assert visitor.path == "/compte?fait=moved" and (await alice_of(door)).moved_to == new.uri

    await visitor.open("/compte/demenagement")
    assert '<a class="address" href="/@alice@mastodon.test"' in visitor.text and new.uri not in visitor.text
    await visitor.send("/compte/demenagement/retour", {})
    assert visitor.path == "/compte?fait=back" and (await alice_of(door)).moved_to is None


async def test_ax18_an_account_that_does_not_name_this_one_is_not_ready(door: Doorbell) -> None:
    fediverse_of(door).add_person("alice", "mastodon.test")
    visitor = await enter(door)

    await visitor.send("/compte/demenagement", {"target": "@alice@mastodon.test", "current": PASSWORD})

    assert "Ajoutez-y d’abord l’adresse d’ici" in visitor.text
    assert (await alice_of(door)).moved_to is None


async def test_nobody_leaves_without_the_password(door: Doorbell) -> None:
    alice = await alice_of(door)
    fediverse_of(door).add_person("alice", "mastodon.test", alsoKnownAs=[alice.uri])
    visitor = await enter(door)

    await visitor.send("/compte/demenagement", {"target": "@alice@mastodon.test", "current": "devinette"})

    assert (await alice_of(door)).moved_to is None


async def test_who_left_is_told_why_nothing_can_be_published(door: Doorbell) -> None:
    alice = await alice_of(door)
    fediverse_of(door).add_person("alice", "mastodon.test", alsoKnownAs=[alice.uri])
    visitor = await enter(door)
    await visitor.send("/compte/demenagement", {"target": "@alice@mastodon.test", "current": PASSWORD})

    await visitor.open("/publier")

    assert "Ce compte ne publie plus et ne répond plus" in visitor.text


async def test_visitors_are_led_to_the_new_account_of_who_left(door: Doorbell) -> None:
    alice = await alice_of(door)
    fediverse_of(door).add_person("alice", "mastodon.test", alsoKnownAs=[alice.uri])
    visitor = await enter(door)
    await visitor.send("/compte/demenagement", {"target": "@alice@mastodon.test", "current": PASSWORD})
    stranger = await door.ring()

    await stranger.open("/@alice")

    assert "Suivez plutôt le nouveau" in stranger.text and "@alice@mastodon.test</a>" in stranger.text
    assert 'action="/ailleurs"' not in stranger.text
