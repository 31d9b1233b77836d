"""What guests may not do, how often, and links that are nobody's."""

import msgspec
import pytest

from models import preferences
from models.preferences import Preferences
from models.store.database import connection, fetch_value, transaction
from tests.factories import make_listing
from tests.rulings import rule
from tests.web.form_client import Doorbell
from tests.web.guest_scenario import EMAIL, WORDS, Inn


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "pas une adresse"}, "ne semble pas complète"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "ne semble pas complète"),
        ({"name": ""}, "Dites comment on vous appelle"),
        ({"name": "Gagnez sur https://spam.example"}, "Dites comment on vous appelle"),
        ({"message": ""}, "Écrivez votre message"),
        ({"message": "a" * 1001}, "C’est trop long"),
        ({"message": "https://a.example https://b.example www.c.example"}, "Deux liens au plus"),
        ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "Ces dates sont passées"),
        ({"first_day": "hier"}, "Écrivez le jour comme"),
    ],
)
async def test_what_cannot_be_sent_comes_back_with_a_sentence(inn: Inn, typed: dict[str, str], said: str) -> None:
    guest = await inn.knock(**typed)

    assert guest.status == 422 and said in guest.text
    assert inn.postman.taken == [] and await inn.count("SELECT count(*) FROM guest") == 0


async def test_an_address_gets_few_mails_however_often_it_is_typed(inn: Inn) -> None:
    for _ in range(5):
        assert (await inn.knock()).status == 200

    guest = await inn.knock()

    assert guest.status == 422 and "Revenez dans une heure" in guest.text
    assert len(inn.postman.taken) == 5


async def test_several_mails_that_were_asked_for_at_once_are_one(inn: Inn) -> None:
    guest = await inn.door.ring()
    for _ in range(3):
        await guest.open(inn.path)
        await guest.send(inn.path, WORDS)

    await inn.run_jobs()

    assert len(inn.postman.taken) == 1


async def test_whether_an_address_is_known_is_not_told(inn: Inn) -> None:
    await inn.enter()
    guest = await inn.door.ring()
    answers = []
    for email in (EMAIL, "personne@example.net"):
        await guest.open(inn.path)
        await guest.send(inn.path, {"act": "link", "lost_email": email})
        answers.append((guest.status, guest.text.replace(email, "…")))

    assert answers[0] == answers[1]
    await inn.run_jobs()
    assert [mail["To"] for mail in inn.postman.taken] == [EMAIL, EMAIL]


async def test_made_up_and_changed_links_are_nobodys(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()
    said, _, mac = link.removeprefix("/invite/").partition(".")

    for token in (f"{said}A.{mac}", f"MSAx.{mac}", f"{said}.{mac[:-1]}{'A' if mac[-1] != 'A' else 'B'}"):
        await guest.open(f"/invite/{token}")
        assert guest.status == 410 and "Léonie" not in guest.text
        await guest.open(f"/invite/fin/{token}")
        assert guest.status == 410


async def test_a_form_without_its_token_confirms_nothing(inn: Inn) -> None:
    guest = await inn.knock()

    await guest._post(f"{inn.link()}/confirmer", {})

    assert guest.status == 403 and await inn.count("SELECT count(*) FROM exchange") == 0


async def test_the_agreement_of_another_thread_is_not_to_be_touched(inn: Inn) -> None:
    async with transaction(inn.door.instance.pool) as conn:
        other = await make_listing(conn, inn.alice, title="Une échelle", mode="gift")
    mine = await inn.enter()
    link = inn.link()
    guest = await (await inn.door.ring()).open(f"/annonces/d/{other.id}/courriel")
    await guest.send(guest.path, WORDS | {"email": "autre@example.net"})
    await inn.run_jobs()
    theirs = inn.link()
    await guest.open(theirs)
    await guest.send(f"{theirs}/confirmer")
    await guest.open(f"{theirs}/demander")
    await guest.send(f"{theirs}/demander", {"message": "Je la prends."})
    asked = await inn.count("SELECT id FROM agreement")

    await mine.open(link)
    hidden = mine.hidden_fields(f"{link}/messages")
    await mine._post(f"{link}/accord", hidden | {"act": "withdraw", "agreement": str(asked)})

    assert mine.status == 404
    assert await inn.count("SELECT count(*) FROM agreement WHERE state = 'requested'") == 1
    assert (await mine.open(f"{link}/proposer/{asked}")).status == 404


async def test_the_door_is_there_only_where_the_cooperative_and_its_mails_allow_it(inn: Inn, door: Doorbell) -> None:
    page = f"/annonces/{inn.tent.post.url.rpartition('/')[2]}"
    here, without = await (await inn.door.ring()).open(page), await (await door.ring()).open(page)

    assert "Écrire par courriel" in here.text and "n’envoie pas de courriels" in without.text
    assert (await without.open(inn.path)).status == 404
    async with transaction(inn.door.instance.pool) as conn:
        await preferences.save(conn, msgspec.convert({"guests": False}, Preferences))
    assert "courriel" not in (await here.open(page)).text.partition('id="repondre"')[2].partition("</section>")[0]
    assert (await here.open(inn.path)).status == 404


async def test_listings_for_members_only_have_no_such_door(inn: Inn) -> None:
    await inn.do("UPDATE post SET audience = 'coop' WHERE id = $1", inn.tent.id)

    assert (await (await inn.door.ring()).open(inn.path)).status == 404


async def test_members_are_led_to_the_listing(inn: Inn) -> None:
    member = await (await inn.door.ring()).log_in("alice")

    await member.open(inn.path)

    assert member.path == f"/annonces/{inn.tent.post.url.rpartition('/')[2]}"


@pytest.mark.parametrize("who", ["guest", "owner"])
async def test_a_guest_writes_nothing_while_one_of_both_is_suspended_and_keeps_what_she_typed(
    inn: Inn, who: str
) -> None:
    guest = await inn.enter()
    async with transaction(inn.door.instance.pool) as conn:
        await rule(conn, await inn.guest() if who == "guest" else inn.alice, "suspend", site=inn.door.instance.site)
        before = await fetch_value(conn, "SELECT count(*) FROM post")

    await guest.send(f"{inn.link()}/messages", {"message": "Toujours libre samedi ?"})

    assert guest.status == 422 and "Toujours libre samedi ?" in guest.text
    assert ("Votre compte est suspendu" in guest.text) == (who == "guest")
    async with connection(inn.door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == before
