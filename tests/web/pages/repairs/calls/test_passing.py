"""Somebody without an account calls for help: by a mail that confirms, or by a private link; and is forgotten again."""

from dataclasses import replace
from typing import Any

import pytest

from models import preferences
from models.people import accounts, actors, member_directory, usage_statistics
from models.relations import follow_suggestions
from models.repairs import passers_by
from models.store.database import connection, transaction
from outbox.people import passers_by as verbs
from tests.web.limited_tries import allow
from tests.web.passing_scenario import BROKEN, BY_LINK, BY_MAIL, EMAIL, FORM, WHERE, Roadside
from tests.web.smtp_server import read_parts


async def test_a_call_by_private_link_is_published_at_once_and_its_link_shown_with_a_code(road: Roadside) -> None:
    passer = await road.call()

    assert passer.status == 200 and "Gardez ce lien" in passer.text and "<svg" in passer.text
    listing = await road.published()
    assert listing is not None and listing.details.title == "Roue voilée, vélo de ville"
    assert listing.details.repair is not None
    assert listing.details.repair["travel_km"] == 3 and listing.details.repair["part"] == "rayon"
    assert (await road.caller()).name == "Samir, de passage à Lomme"
    link = road.link_in(passer.text)

    elsewhere = await (await road.stop()).open(link)
    assert "Revenir à votre appel" in elsewhere.text
    await elsewhere.send(link)
    assert elsewhere.path == f"/depannage/appels/{listing.id}" and "Roue voilée" in elsewhere.text


async def test_a_call_by_mail_waits_for_its_link_which_publishes_once(road: Roadside) -> None:
    passer = await road.call(BY_MAIL)
    assert "Regardez vos courriels" in passer.text and await road.published() is None

    await road.run_jobs()
    link = road.mailed_link()
    await passer.open(link)
    assert await road.published() is None and "Un nid-de-poule." in passer.text  # looking publishes nothing
    await passer.send(link)

    assert passer.path.startswith("/depannage/appels/") and "Votre appel est parti" in passer.text
    await passer.open(link)
    await passer.send(link)
    assert await road.count("SELECT count(*) FROM listing") == 1
    assert await road.count("SELECT count(*) FROM account WHERE email = $1", EMAIL) == 0


async def test_an_answer_is_told_by_mail_once_and_she_writes_back_and_closes(road: Roadside) -> None:
    passer = await road.call(BY_MAIL)
    await road.run_jobs()
    link = road.mailed_link()
    await (await passer.open(link)).send(link)
    thread = await road.answer("Je passe à 18 h.")

    assert await road.tell() == 1 and await road.tell() == 0
    text, _ = read_parts(road.postman.taken[-1])
    assert "Alice" in text and road.link_in(text) == link

    listing = await road.published()
    assert listing is not None
    page = f"/depannage/appels/{listing.id}"
    await passer.open(page)
    assert "une réponse" in passer.text and "Je passe à 18 h." in passer.text
    await passer.open(f"/echanges/{thread}")
    await passer.send(f"/echanges/{thread}/messages", {"message": "Merci, je vous attends."})
    assert "Merci, je vous attends." in passer.text
    await passer.open(page)
    await passer.send(f"/annonces/d/{listing.id}/etat", {"act": "elsewhere"})
    assert passer.path.startswith(page) and "C’est réparé." in passer.text


async def test_the_same_form_sent_twice_is_one_call(road: Roadside) -> None:
    passer = await (await road.stop()).open(FORM)
    await passer.send(FORM, BROKEN | {"act": "next"})
    await passer.send(FORM, WHERE | {"act": "next"})
    sent = {**passer.hidden_fields(FORM), **BY_LINK, "act": "publish"}

    await passer._post(FORM, sent)
    first = road.link_in(passer.text)
    other = await road.stop()
    await other.open(FORM)
    await other._post(FORM, sent | {"csrf_token": other.hidden_fields(FORM)["csrf_token"]})

    assert await road.count("SELECT count(*) FROM listing") == 1 and road.link_in(other.text) == first


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ({"contact": ""}, "Dites comment recevoir les réponses."),
        ({"contact": "mail", "email": ""}, "Donnez votre adresse de courriel"),
        ({"contact": "mail", "email": "samir"}, "ne semble pas complète"),
        ({"contact": "link", "name": "http://spam.example"}, "Un prénom suffit"),
        ({"contact": "link", "reward": "gold"}, "Ce choix n’existe pas."),
        ({"contact": "link", "part": "x" * 61}, "C’est trop long"),
    ],
)
async def test_a_mistake_says_what_and_loses_nothing(road: Roadside, last: dict[str, str], said: str) -> None:
    passer = await road.call(BY_LINK | last)

    assert passer.status == 422 and said in passer.text
    assert "Un nid-de-poule." in passer.text and 'name="place" value="Lomme"' in passer.text
    assert 'name="interventions" value="wheel"' in passer.text
    assert await road.count("SELECT count(*) FROM repair_passer_by") == 0


async def test_an_earlier_step_is_shown_where_something_in_it_is_wrong(road: Roadside) -> None:
    passer = await (await road.stop()).open(FORM)
    await passer.send(FORM, {"act": "next"})
    assert passer.status == 422 and "Dites ce qui ne va pas" in passer.text

    await passer.send(FORM, BROKEN | {"act": "next"})
    await passer.send(FORM, WHERE | {"place": "Nulle-Part-sur-Rien", "act": "next"})
    assert passer.status == 422 and "Où, et pour quand" in passer.text and "Nulle-Part-sur-Rien" in passer.text
    await passer.send(FORM, {"act": "back"})
    assert passer.status == 200 and 'value="wheel" checked' in passer.text


async def test_so_many_calls_a_day_from_one_network_and_of_all(road: Roadside, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "passing_call", network=2)

    said = [(await road.call()).text for _ in range(3)]

    assert ["Gardez ce lien" in one for one in said] == [True, True, False]
    assert "Réessayez demain à la même heure" in said[2] and "Un nid-de-poule." in said[2]
    allow(monkeypatch, "passing_call", network=9)
    allow(monkeypatch, "passing_calls_here", name=2)
    assert "Réessayez demain" in (await road.call()).text
    assert await road.count("SELECT count(*) FROM listing") == 2


async def test_a_link_that_is_guessed_replaced_or_of_somebody_forgotten_opens_nothing(road: Roadside) -> None:
    passer = await road.call()
    link = road.link_in(passer.text)
    said, _, mac = link.removeprefix("/appel/").partition(".")
    other = await road.stop()

    for forged in (f"/appel/{said}.{'A' * 24}", f"/appel/{said}A.{mac}", f"/appel/MQ.{mac}"):
        assert (await other.open(forged)).status == 410

    caller = await road.caller()
    await passer.open("/depannage/mon-appel")
    await passer.send("/depannage/mon-appel")
    newer = road.link_in(passer.text)
    assert newer != link and (await other.open(link)).status == 410 and (await other.open(newer)).status == 200
    assert await road.count("SELECT count(*) FROM session WHERE actor_id = $1", caller.id) == 1

    await passer.open("/depannage/mon-appel")
    await passer.send("/depannage/mon-appel/effacer")
    assert "C’est effacé" in passer.text and (await other.open(newer)).status == 410
    assert await road.count("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 0
    assert await road.count("SELECT count(*) FROM activity WHERE type = 'Delete' AND actor_id = $1", caller.id) >= 1


async def test_what_is_never_confirmed_is_erased_after_three_days_and_what_is_over_after_thirty(
    road: Roadside,
) -> None:
    await road.call(BY_MAIL)
    async with transaction(road.door.instance.pool) as conn:
        assert await passers_by.forget_unconfirmed(conn) == 0
    await road.do("UPDATE repair_passer_by SET created_at = now() - interval '73 hours'")
    async with transaction(road.door.instance.pool) as conn:
        assert await passers_by.forget_unconfirmed(conn) == 1
    assert await road.count("SELECT count(*) FROM used_username WHERE username LIKE 'passage_%'") == 0

    await road.call()
    assert await verbs.forget_over(road.door.instance) == 0
    await road.do("UPDATE listing SET status = 'fulfilled'")
    await road.do("UPDATE post SET published_at = now() - interval '31 days', updated_at = NULL")
    caller = await road.caller()
    assert await verbs.forget_over(road.door.instance) == 1 and await verbs.forget_over(road.door.instance) == 0
    assert await road.count("SELECT count(*) FROM account WHERE actor_id = $1", caller.id) == 0
    assert await road.count("SELECT count(*) FROM repair_passer_by") == 0


async def test_who_did_not_ask_is_forgotten_by_the_link_in_the_mail(road: Roadside) -> None:
    await road.call(BY_MAIL)
    await road.run_jobs()
    mail = road.postman.taken[-1]
    stop = mail["List-Unsubscribe"].strip("<>").removeprefix("http://lomme.test")

    stranger = await (await road.stop()).open(stop)
    await stranger.send(stop)

    assert stranger.status == 200
    assert await road.count("SELECT count(*) FROM repair_passer_by") == 0


@pytest.mark.parametrize("chosen", ["looked_at", "closed"])
async def test_the_cooperative_looks_first_or_takes_none(road: Roadside, chosen: Any) -> None:
    async with transaction(road.door.instance.pool) as conn:
        held = await preferences.load(conn)
        await preferences.save(conn, replace(held, passers_by=chosen))

    passer = await road.call()

    if chosen == "closed":
        assert await road.published() is None and "il faut un compte" in passer.text
        assert "Me connecter et appeler" in (await passer.open("/depannage")).text
        return
    assert "L’équipe le relit" in passer.text
    assert await road.count("SELECT count(*) FROM held_post") == 1
    listing = await road.published()
    assert listing is not None and listing.post.hidden_at is not None
    assert "L’équipe relit votre appel" in (await passer.open(f"/depannage/appels/{listing.id}")).text


async def test_nobody_finds_her_among_members(road: Roadside) -> None:
    await road.call()
    caller = await road.caller()

    async with connection(road.door.instance.pool) as conn:
        assert [one.username for one in await accounts.list_accounts(conn)] == ["alice"]
        alice = await actors.get_local(conn, "alice")
        assert (await usage_statistics.count_server(conn)).users == 1
        listed = await member_directory.list_directory(conn, None, active=False, offset=0, limit=9)
        assert [one.username for one in listed] == ["alice"]
        assert caller.id not in [one.actor_id for one in await follow_suggestions.list_suggestions(conn, alice.id)]
        assert await actors.search(conn, "Samir", limit=9) == [] and await actors.search(conn, "passage", limit=9) == []
    assert not caller.discoverable and not caller.indexable and caller.locked
    assert caller.place_name == "Lomme" and caller.latitude is not None


async def test_an_address_that_nobody_confirmed_gets_no_link_once_she_took_a_private_one(road: Roadside) -> None:
    visitor = await (await road.stop()).open(FORM)
    await visitor.send(FORM, BROKEN | {"act": "next"})
    last = await visitor.send(FORM, WHERE | {"act": "next"})
    page = (last.text, last.path)
    await visitor.send(FORM, BY_MAIL | {"act": "publish"})
    await road.run_jobs()
    old = road.mailed_link()
    visitor.text, visitor.path = page  # by the button of her browser
    await visitor.send(FORM, BY_LINK | {"act": "publish"})

    await road.answer()

    assert await road.count("SELECT count(*) FROM repair_passer_by WHERE email <> ''") == 0
    assert await road.tell() == 0 and len(road.postman.taken) == 1
    assert (await (await road.stop()).open(old)).status == 410
