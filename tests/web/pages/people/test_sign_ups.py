"""Requests to join as the team reads and answers them."""

import html
import re

import msgspec
import pytest

from models import preferences
from models.moderation import journal
from models.people import accounts, actors, keys
from models.people.arrivals import sign_up_messages
from models.preference_values import CannedAnswer
from models.store.database import connection, execute, fetch_all, fetch_column, fetch_value, transaction
from tests.rulings import rule
from tests.web.applicants import (
    CAROLE,
    QUESTIONS,
    add_applicant,
    ask,
    choose,
    enter_as,
    find_request_page,
    found_team,
    words_of,
)
from tests.web.form_client import Doorbell, Visitor, add_member, list_mails
from web.server.worker.jobs import watch_sign_ups

WAITS = "Une personne de l’équipe vous lit et vous répond"


@pytest.fixture
async def asked(door: Doorbell) -> Doorbell:
    """Awa welcomes people; one joins on request."""
    await choose(door.instance, "approval", QUESTIONS)
    await found_team(door.instance)
    return door


async def ask_answering(door: Doorbell, **changes: str) -> Visitor:
    return await ask(door, answer_1="Une scie sauteuse.", **changes)


async def leave(door: Doorbell) -> None:
    """Nobody came by for eight days."""
    async with transaction(door.instance.pool) as conn:
        await execute(
            conn, "UPDATE account SET last_seen_at = now() - interval '8 days', created_at = now() - interval '1 year'"
        )


async def test_team_reads_who_asks_from_where_with_which_answers(asked: Doorbell) -> None:
    await ask_answering(asked, commune="59160 Lomme", answer_2="Samir")
    awa = await enter_as(asked, "awa")

    await awa.open("/coop/demandes")
    listed = awa.text
    await awa.open(await find_request_page(asked.instance))

    assert "Carole" in listed and "Lomme" in listed and "Lire et répondre" in listed
    for words in ("carole@example.org", "Lomme", "Qu’aimeriez-vous prêter", "Une scie sauteuse.", "Samir", "@carole"):
        assert words in awa.text, words


async def test_question_that_must_be_answered_keeps_what_was_typed(asked: Doorbell) -> None:
    visitor = await ask(asked, answer_2="Samir")

    assert visitor.status == 422 and 'href="#answer_1"' in visitor.text
    assert "Samir" in visitor.text and 'value="carole@example.org"' in visitor.text


async def test_answer_that_is_too_long_is_said_at_its_question(asked: Doorbell) -> None:
    visitor = await ask(asked, answer_1="x" * 1001)

    assert visitor.status == 422 and 'href="#answer_1"' in visitor.text


async def test_carole_is_let_in_with_what_she_had_typed(asked: Doorbell) -> None:
    visitor = await ask_answering(asked, commune="59160 Lomme")
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)

    await awa.open(page)
    await awa.send(page, {"act": "yes", "words_yes": "Bienvenue !"})

    assert "la personne peut entrer" in awa.text and "Personne n’attend." in awa.text
    await visitor.open("/compte")
    assert visitor.path == "/compte"
    async with connection(asked.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "carole")
        actor = await actors.find_local(conn, "carole")
        acts = await fetch_all(conn, journal.JournalEntry, "SELECT * FROM journal_entry")
        assert account and actor and await keys.find_private_key(conn, actor.id, "rsa")
    assert (account.roles, account.default_commune_code, account.standing) == ([], "59355", "full")
    assert account.confirmed_at is not None and actor.suspended_at is None and actor.place_name == "Lomme"
    assert [(one.act, one.role, one.about_id) for one in acts] == [("sign_up_approved", "welcome", actor.id)]


async def test_carole_is_refused_everything_goes_and_she_may_ask_again(asked: Doorbell) -> None:
    visitor = await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)

    await awa.open(page)
    await awa.send(page, {"act": "no", "words_no": "Une coop est plus près de chez vous."})

    assert "Personne n’attend." in awa.text
    assert (await visitor.open("/compte/attente")).path.startswith("/connexion")
    async with connection(asked.instance.pool) as conn:
        left = [
            await fetch_value(conn, "SELECT count(*) FROM actor WHERE username = 'carole'"),
            await fetch_value(conn, "SELECT count(*) FROM account WHERE email = 'carole@example.org'"),
            await fetch_value(conn, "SELECT count(*) FROM sign_up"),
            await fetch_value(conn, "SELECT count(*) FROM used_username WHERE username = 'carole'"),
        ]
        acts = await fetch_column(conn, "SELECT act FROM journal_entry")
    assert left == [0, 0, 0, 0] and acts == ["sign_up_refused"]
    assert (await ask_answering(asked)).path == "/compte/attente?fait=asked"


async def test_a_no_and_a_question_need_words_and_a_yes_does_not(asked: Doorbell) -> None:
    await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)

    for act in ("no", "more"):
        await awa.open(page)
        await awa.send(page, {"act": act, f"words_{act}": " "})
        assert awa.status == 422 and f'href="#words_{act}"' in awa.text
    await awa.send(page, {"act": "delete"})
    assert awa.status == 422


@pytest.mark.parametrize("act", ["no", "more"])
async def test_words_that_only_begin_are_not_sent_as_they_were_ready(asked: Doorbell, act: str) -> None:
    await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)
    await awa.open(page)
    ready = find_words(awa.text, act)

    await awa.send(page, {"act": act, f"words_{act}": ready})

    assert "Bonjour Carole, merci pour votre demande" in ready
    assert awa.status == 422 and "Finissez la phrase" in awa.text and find_words(awa.text, act) == ready
    await awa.send(page, {"act": act, f"words_{act}": f"{ready} nous sommes complets."})
    assert awa.status == 200


def find_words(page: str, act: str) -> str:
    """What stands in the field of this answer."""
    found = re.search(rf'<textarea[^>]*name="words_{act}"[^>]*>([^<]*)</textarea>', page)
    assert found is not None
    return html.unescape(found[1]).lstrip()


async def test_with_nobody_waiting_the_page_says_how_people_come(asked: Doorbell) -> None:
    awa = await enter_as(asked, "awa")
    said = []
    for way in ("approval", "open", "closed"):
        await choose(asked.instance, way)
        said.append(words_of((await awa.open("/coop/demandes")).text))

    assert "vous le lisez ici" in said[0] and "sans votre accord" in said[1] and "sans être invité" in said[2]
    assert 'href="/coop/invitations"' in awa.text and 'href="/coop/reglages/arrivees"' not in awa.text


@pytest.mark.parametrize(
    ("first", "said"), [("yes", "Carole est déjà membre : Awa a dit oui"), ("no", "Awa l’a refusée avant vous")]
)
async def test_second_who_decides_is_told_what_the_first_did(asked: Doorbell, first: str, said: str) -> None:
    await ask_answering(asked)
    await add_member(asked.instance, "nadia", roles=["admin"])
    awa, nadia = await enter_as(asked, "awa"), await enter_as(asked, "nadia")
    page = await find_request_page(asked.instance)
    await nadia.open(page)
    await awa.open(page)
    await awa.send(page, {"act": first, f"words_{first}": "Bonjour."})

    hidden = nadia.hidden_fields(page)
    for act in ("yes", "no", "more"):
        await nadia._post(page, hidden | {"act": act, f"words_{act}": "Bonjour."})
        assert nadia.status == 409 and said in words_of(nadia.text), act
    assert (await nadia.open(page)).status == 409


async def test_request_that_was_withdrawn_is_said_to_be_so(asked: Doorbell) -> None:
    visitor = await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)
    await awa.open(page)
    await visitor.send("/compte/attente/retirer")

    await awa.send(page, {"act": "yes"})

    assert awa.status == 404 and "Cette demande n’existe plus" in awa.text


async def test_members_do_not_see_who_waits(asked: Doorbell) -> None:
    await ask_answering(asked)
    alice = await enter_as(asked, "alice")

    assert (await alice.open("/coop/demandes")).status == 404
    assert (await alice.open(await find_request_page(asked.instance))).status == 404


async def test_whoever_asked_before_accounts_waited_is_let_in_or_not(asked: Doorbell) -> None:
    async with transaction(asked.instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO sign_up (id, username, email, password_hash, name, language, commune_code)
            VALUES (7, 'rachid', 'rachid@example.org', 'x', 'Rachid', 'fr', '59355')
            """,
        )
    awa = await enter_as(asked, "awa")
    await awa.open("/coop/demandes/7")

    assert "écrivez à son adresse" in awa.text and "words_more" not in awa.text
    await awa.send("/coop/demandes/7", {"act": "yes"})
    async with connection(asked.instance.pool) as conn:
        account = await accounts.find_by_username(conn, "rachid")
    assert account and (account.standing, account.default_commune_code) == ("full", "59355")


async def test_name_that_was_taken_meanwhile_keeps_an_old_request(asked: Doorbell) -> None:
    async with transaction(asked.instance.pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO sign_up (id, username, email, password_hash, name, language)
            VALUES (7, 'alice', 'rachid@example.org', 'x', 'Rachid', 'fr')
            """,
        )
    awa = await enter_as(asked, "awa")
    await awa.open("/coop/demandes/7")

    await awa.send("/coop/demandes/7", {"act": "yes"})

    assert awa.status == 409 and "Ce nom de membre a été pris entre-temps" in awa.text


async def test_question_of_the_team_is_read_under_its_role_and_the_answer_comes_back(asked: Doorbell) -> None:
    carole = await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)
    await awa.open(page)

    await awa.send(page, {"act": "more", "words_more": "Une scie à ruban ?"})
    told = awa.text
    await carole.open("/compte/attente")

    assert "attend la réponse de Carole" in told
    assert "L’équipe vous a répondu" in carole.text and "Une scie à ruban ?" in carole.text
    assert "<b>Awa</b>, accueil" in carole.text
    assert carole.text.index("Une scie à ruban ?") < carole.text.index("Ce qui se passe maintenant")
    await carole.send("/compte/attente", {"words": "Non, sauteuse."})
    assert "l’équipe est prévenue" in carole.text
    await awa.open("/notifications")
    assert "Carole, qui demande à devenir membre, vous écrit" in awa.text and page in awa.text
    assert "Non, sauteuse." in (await awa.open(page)).text and "attend la réponse" not in awa.text


async def test_canned_answer_is_made_out_to_the_person(asked: Doorbell) -> None:
    await ask_answering(asked)
    async with transaction(asked.instance.pool) as conn:
        ready = (
            CannedAnswer(kind="yes", title="Bienvenue", words="Bienvenue [prénom] !"),
            CannedAnswer(kind="no", title="Plus près", words="[prénom], voyez Hénin."),
            CannedAnswer(kind="no", title="Autre", words="Désolés, [prénom]."),
        )
        await preferences.write(conn, {"canned_answers": ready})
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)

    await awa.open(page)
    assert "Bienvenue Carole !" in awa.text and "Carole, voyez Hénin." in awa.text
    await awa.open(f"{page}?reponse=2")
    assert "Désolés, Carole." in awa.text and "voyez Hénin" not in awa.text
    for wrong in ("3", "-1", "x", "9" * 30, "²"):
        assert (await awa.open(f"{page}?reponse={wrong}")).status == 200


async def test_conversation_has_an_end(asked: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_up_messages, "MOST", 1)
    await ask_answering(asked)
    awa = await enter_as(asked, "awa")
    page = await find_request_page(asked.instance)

    for _ in range(2):
        await awa.open(page)
        await awa.send(page, {"act": "more", "words_more": "Encore une question ?"})

    assert awa.status == 409 and "parlez-vous plutôt de vive voix" in awa.text


async def test_b57_visitor_is_told_in_one_sentence_while_nobody_moderates(door: Doorbell) -> None:
    await choose(door.instance, "open")
    await add_member(door.instance, "nadia", roles=["admin"])
    visitor = await door.ring()

    before = (await visitor.open("/inscription")).text
    await leave(door)
    meanwhile = (await visitor.open("/inscription")).text
    await enter_as(door, "nadia")
    after = (await visitor.open("/inscription")).text

    assert [WAITS in text for text in (before, meanwhile, after)] == [False, True, False]


async def test_b57_moderators_are_told_once_and_read_it_when_they_are_back(door: Doorbell) -> None:
    await choose(door.instance, "open")
    await add_member(door.instance, "nadia", roles=["admin"])
    await add_member(door.instance, "mona", roles=["moderator"])  # who answers nobody that asks to join
    await leave(door)

    await watch_sign_ups(door.instance)
    await watch_sign_ups(door.instance)
    await ask(door)
    nadia = await enter_as(door, "nadia")
    await watch_sign_ups(door.instance)
    await nadia.open("/coop/demandes")

    assert [mail["kind"] for mail in await list_mails(door.instance)] == ["unattended"]
    assert "personne qui modère n’est passé" in nadia.text
    await nadia.open("/coop")
    assert "attend d’entrer dans la coop" in nadia.text
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM unattended WHERE until IS NOT NULL") == 1
    assert CAROLE["name"] in (await nadia.open("/coop/demandes")).text


async def test_who_was_suspended_and_comes_back_waits_and_the_team_is_told(door: Doorbell) -> None:
    await choose(door.instance, "open", QUESTIONS)
    await found_team(door.instance)
    await add_member(door.instance, "marie")
    async with transaction(door.instance.pool) as conn:
        marie = await actors.find_local(conn, "marie")
        assert marie is not None
        await execute(conn, "UPDATE account SET email = 'marie.dupont@gmail.com' WHERE actor_id = $1", marie.id)
        await rule(conn, marie, "suspend", site=door.instance.site)

    visitor = await ask(door, email="mariedupont+2@gmail.com")

    assert visitor.path == "/compte/attente?fait=asked"
    awa = await enter_as(door, "awa")
    await awa.open(await find_request_page(door.instance))
    assert "celle d’une personne suspendue le" in words_of(awa.text)
    assert "Parlez-en aux personnes qui modèrent" in words_of(awa.text) and "/coop/dossiers/" not in awa.text


async def test_who_was_refused_and_asks_again_is_seen_to_do_so(asked: Doorbell) -> None:
    awa = await enter_as(asked, "awa")
    for _ in range(2):
        await ask_answering(asked)
        page = await find_request_page(asked.instance)
        await awa.open(page)
        again = "Une demande sous ce nom a été refusée le" in words_of(awa.text)
        await awa.send(page, {"act": "no", "words_no": "Non."})

    assert again


async def test_many_requests_are_refused_at_once_and_only_proven_addresses_hear_of_it(
    mailing: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.people.sign_ups.LIST_PAGE", 2)
    await choose(mailing.instance, "approval")
    await found_team(mailing.instance)
    people = [await add_applicant(mailing.instance, f"bot{number}") for number in range(4)]
    async with transaction(mailing.instance.pool) as conn:
        await execute(conn, "UPDATE sign_up SET to_confirm = true")
        await execute(conn, "UPDATE sign_up SET confirmed_at = now() WHERE actor_id = $1", people[3].actor_id)
    awa = await enter_as(mailing, "awa")

    await awa.open("/coop/demandes?page=2")
    assert "Bot2" in awa.text and "Bot3" not in awa.text, "who confirmed her address is read first"
    [where] = re.findall(r'id="plusieurs" method="post"\s+action="([^"]*)"', awa.text)
    await awa.send(where, {"words": " "})
    assert awa.status == 422 and "Bot2" in awa.text, "what is wrong is said beside the boxes that were ticked"
    await awa.open("/coop/demandes")
    assert "4 personnes attendent" in words_of(awa.text) and "Page suivante" in words_of(awa.text)
    await awa.send("/coop/demandes", {"words": "Bonjour."})
    assert awa.status == 422 and "Cochez les demandes" in awa.text and 'href="#ids"' in awa.text
    ids = re.findall(r'name="ids" value="(\d+)"', awa.text)
    await awa.send("/coop/demandes", {"words": " ", "ids": ids[:1]})
    assert awa.status == 422 and f'value="{ids[0]}" form="plusieurs" checked' in awa.text
    await awa.send("/coop/demandes", {"words": "Non.", "ids": ids[:1], "unproven": "1"})

    assert "ces demandes et tout ce qui allait avec sont effacés" in awa.text and "Personne n’attend." in awa.text
    async with connection(mailing.instance.pool) as conn:
        payloads = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = 'sign_up_mail'")
        acts = await fetch_all(conn, journal.JournalEntry, "SELECT * FROM journal_entry")
        assert await fetch_value(conn, "SELECT count(*) FROM account WHERE waits_since IS NOT NULL") == 0
    assert [msgspec.json.decode(one)["email"] for one in payloads] == ["bot3@example.org"]
    assert [(one.act, one.details) for one in acts] == [("sign_up_refused", {"count": 4})]
