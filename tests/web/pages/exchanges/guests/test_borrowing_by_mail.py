"""Somebody without any account borrows a tent by mail, from the door of the listing to its return."""

from datetime import datetime, timedelta

from models.moments import PARIS
from outbox.exchanges.agreements import turns
from tests.web.guest_scenario import EMAIL, Inn
from tests.web.smtp_server import read_parts


def day(number: int) -> str:
    return (datetime.now(PARIS) + timedelta(days=number)).date().isoformat()


async def test_nothing_reaches_the_owner_before_the_address_is_confirmed(inn: Inn) -> None:
    guest = await inn.knock()
    [mail] = inn.postman.taken
    link = inn.link()
    await guest.open(link)
    await guest.open(link)
    before = await inn.count("SELECT (SELECT count(*) FROM exchange) + (SELECT count(*) FROM actor WHERE host = '')")

    await guest.send(f"{link}/confirmer")

    text, _ = read_parts(mail)
    assert mail["To"] == EMAIL and "Tente quatre places" in text and "samedi" not in text
    assert before == 0
    assert guest.path == f"{link}?fait=confirmed" and "La réponse arrivera dans vos courriels" in guest.text
    owner = await inn.owner()
    assert "Bonjour, est-elle libre samedi ?" in owner.text and "Léonie" in owner.text
    assert "par courriel" in owner.text and EMAIL not in owner.text


async def test_a_loan_is_asked_for_countered_agreed_and_brought_back(inn: Inn) -> None:
    guest = await inn.enter(first_day=day(0), last_day=day(2))
    link, thread = inn.link(), await inn.thread()
    owner = await inn.owner()
    path = f"/echanges/{thread.id}"

    await owner.open(next(one for one in owner.text.split('"') if one.startswith(f"{path}/proposer/")))
    await owner.send(
        owner.path, {"first_day": day(0), "last_day": day(1), "place": "À La Remise", "message": "Un jour de moins ?"}
    )
    [mail] = await inn.tell()
    text, html = read_parts(mail)
    await guest.open(inn.link(mail))
    await guest.send(f"{link}/accord", {"act": "accept"})
    agreed = await inn.count("SELECT count(*) FROM agreement WHERE state = 'agreed'")
    await (await inn.owner()).send(f"{path}/accord", {"act": "back"})

    assert "vous propose autre chose" in text and "À La Remise" in text and "> Un jour de moins ?" in text
    assert "Un jour de moins ?" in html and "cette adresse ne reçoit pas de courriel" in text
    assert agreed == 1
    [mail] = await inn.tell()
    assert "c’est rendu" in read_parts(mail)[0]
    await guest.open(link)
    await guest.send(f"{link}/accord", {"act": "back"})
    assert await inn.count("SELECT count(*) FROM exchange_event WHERE kind = 'verified'") == 1


async def test_the_two_write_to_each_other(inn: Inn) -> None:
    guest = await inn.enter()
    link, owner = inn.link(), await inn.owner()

    await owner.send(f"/echanges/{(await inn.thread()).id}/messages", {"message": "Oui ! <b>Quand</b> ?"})
    [mail] = await inn.tell()
    again = await inn.tell()
    await guest.open(link)
    seen = guest.text
    await guest.send(f"{link}/messages", {"message": "Samedi à 10 h."})

    assert "> Oui ! <b>Quand</b> ?" in read_parts(mail)[0] and "&lt;b&gt;Quand" in read_parts(mail)[1]
    assert again == []
    assert "Oui ! &lt;b&gt;Quand&lt;/b&gt; ?" in seen
    assert "Samedi à 10 h." in guest.text and "Samedi à 10 h." in (await inn.owner()).text


async def test_what_was_read_on_the_page_is_not_told_by_mail(inn: Inn) -> None:
    guest = await inn.enter()
    owner = await inn.owner()
    await owner.send(f"/echanges/{(await inn.thread()).id}/messages", {"message": "Oui !"})
    await guest.open(inn.link())

    assert await inn.tell() == []


async def test_terms_are_asked_for_later_too(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()

    await guest.open(f"{link}/demander?du={day(5)}&au={day(6)}")
    await guest.send(f"{link}/demander", {"first_day": day(5), "last_day": day(6)})

    assert await inn.count("SELECT count(*) FROM agreement WHERE state = 'requested'") == 1
    assert "Retirer ma demande" in guest.text
    await guest.send(f"{link}/accord", {"act": "withdraw", "reason": "J’en ai trouvé une."})
    assert "retire sa demande" in (await inn.owner()).text


async def test_dates_that_were_taken_meanwhile_keep_nobody_from_writing(inn: Inn) -> None:
    guest = await inn.knock(first_day=day(10), last_day=day(12))
    link = inn.link()
    await inn.do(
        "INSERT INTO unavailability (id, listing_id, begins_at, ends_at)"
        " VALUES (1, $1, now(), now() + interval '20 days')",
        inn.tent.id,
    )
    await guest.open(link)
    await guest.send(f"{link}/confirmer")

    assert "sans les dates" in guest.text
    assert await inn.count("SELECT count(*) FROM agreement") == 0
    assert "est-elle libre samedi" in (await inn.owner()).text


async def test_a_lost_link_comes_again_and_the_old_one_ends(inn: Inn) -> None:
    guest = await inn.enter()
    old = inn.link()
    await guest.open(inn.path)
    await guest.send(inn.path, {"act": "link", "lost_email": EMAIL.upper()})
    await inn.run_jobs()

    assert inn.link() != old
    assert (await guest.open(old)).status == 410
    assert (await guest.open(inn.link())).status == 200 and "est-elle libre samedi" in guest.text


async def test_what_is_typed_at_the_door_again_waits_in_the_thread(inn: Inn) -> None:
    await inn.enter()
    guest = await inn.knock(name="Une autre", message="Et dimanche ?")

    await guest.open(inn.link())

    assert ">\nEt dimanche ?</textarea>" in guest.text
    assert "Et dimanche" not in (await inn.owner()).text and (await inn.guest()).name == "Léonie"


async def test_both_say_thanks_at_the_end_and_the_mail_tells_her(inn: Inn) -> None:
    guest = await inn.enter(first_day=day(0), last_day=day(2))
    link, owner, path = inn.link(), await inn.owner(), f"/echanges/{(await inn.thread()).id}"
    await owner.send(f"{path}/accord", {"act": "accept"})
    await (await inn.owner()).send(f"{path}/accord", {"act": "back"})
    early = "Un mot de merci" in (await inn.owner()).text
    await guest.open(link)
    await guest.send(f"{link}/accord", {"act": "back"})

    owner = await inn.owner()
    for_all = 'name="public"' in owner.text
    await owner.send(f"{path}/merci", {"thanks": "Rendue sèche, bravo !", "public": "1"})
    refused = owner.text
    await owner.send(f"{path}/merci", {"thanks": "Rendue sèche, bravo !", "public": ""})
    [mail] = await inn.tell()
    await guest.open(link)
    seen = guest.text
    await guest.send(f"{link}/merci", {"thanks": "Belle tente, <b>merci</b> !"})

    assert not early and not for_all and "ce merci reste entre vous deux" in refused
    assert "vous remercie" in read_parts(mail)[0] and "> Rendue sèche, bravo !" in read_parts(mail)[0]
    assert "vous dit merci" in seen and "Un mot de merci pour" in seen
    assert guest.path == f"{link}?fait=thanked" and "Un mot de merci pour" not in guest.text
    assert "Belle tente, &lt;b&gt;merci&lt;/b&gt; !" in (await inn.owner()).text
    assert await inn.count("SELECT count(*) FROM thanks WHERE post_id IS NULL") == 2
    assert await inn.count("SELECT count(*) FROM post WHERE content LIKE '%Belle tente%'") == 0


async def test_a_guest_stays_on_the_list_and_is_asked_when_it_is_free(inn: Inn) -> None:
    guest = await inn.enter()
    link, thread = inn.link(), await inn.thread()
    await inn.do("UPDATE listing SET mode = 'gift', status = 'reserved' WHERE post_id = $1", inn.tent.id)
    await inn.do(
        "INSERT INTO reserve_place (id, listing_id, actor_id, state, since, until)"
        " VALUES (1, $1, $2, 'offered', now(), now() + interval '2 days')",
        inn.tent.id,
        thread.partner_id,
    )

    await guest.open(link)
    asked = guest.text
    await guest.send(f"{link}/liste", {"act": "stay"})

    assert "Rester sur la liste de réserve" in asked
    assert await inn.count("SELECT count(*) FROM agreement WHERE state = 'countered'") == 1, "nobody has it: her turn"
    assert "C’est votre tour" in guest.text


async def test_a_guest_whose_turn_it_is_asks_for_days_where_she_is_known(inn: Inn) -> None:
    guest = await inn.enter()
    link, thread = inn.link(), await inn.thread()
    await inn.do(
        "INSERT INTO reserve_place (id, listing_id, actor_id, state, since, until)"
        " VALUES (1, $1, $2, 'called', now(), now() + interval '2 days')",
        inn.tent.id,
        thread.partner_id,
    )

    await guest.open(link)

    assert f'href="{link}/demander"' in guest.text and "/annonces/d/" not in guest.text.partition("votre tour")[2][:600]


async def test_a_guest_who_waits_is_asked_by_mail_when_it_is_free(inn: Inn) -> None:
    await inn.enter()
    thread = await inn.thread()
    await inn.do("UPDATE listing SET mode = 'gift' WHERE post_id = $1", inn.tent.id)
    await inn.do(
        "INSERT INTO reserve_place (id, listing_id, actor_id, state, since, due)"
        " VALUES (1, $1, $2, 'waiting', now(), true)",
        inn.tent.id,
        thread.partner_id,
    )

    await turns.tell_due(inn.door.instance)

    [mail] = await inn.tell()
    assert "est de nouveau libre : le voulez-vous toujours" in read_parts(mail)[0].replace("\u00a0", " ")
    assert await inn.count("SELECT count(*) FROM listing WHERE status = 'reserved'") == 1, "for her alone meanwhile"
