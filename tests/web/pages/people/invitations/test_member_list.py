"""Members from a list: nothing is made before somebody has seen what would be, and each line has its answer."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from models.coop import shutdown
from models.moderation import excluded_addresses
from models.people import accounts, actors
from models.people.invitations import member_imports
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.people.joining import member_lists
from outbox.people.joining.member_lists import JOB, LETTER, make_members
from tests.invitations import plain, read_text
from tests.namesakes import add_namesakes
from tests.rulings import rule
from tests.web.applicants import add_applicant
from tests.web.form_client import Doorbell, Visitor, add_member
from tests.web.smtp_server import open_post
from web.mail.invitation_mails import send_member_letter

LIST = (
    "prénom;courriel;commune;lieu\nMarie;marie@x.fr;59160 Lomme;\nLuc;luc(at)x.fr;;\nL’atelier;atelier@x.fr;Nulle;oui\n"
)

PAGE = "/coop/membres/liste"


async def open_page(door: Doorbell) -> Visitor:
    await add_member(door.instance, "ada", roles=["admin"])
    ada = await (await door.ring()).log_in("ada")
    return await ada.open(PAGE)


async def count_accounts(door: Doorbell) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM account"))


async def run_job(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        payloads = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", JOB)
    for payload in payloads:
        await make_members(door.instance, msgspec.json.decode(payload))


def find_confirmation(visitor: Visitor) -> str:
    found = re.search(rf'action="({PAGE}/\d+)"', visitor.text)
    assert found is not None
    return found[1]


async def test_a_list_of_three_with_one_wrong_line(door: Doorbell) -> None:
    ada = await open_page(door)

    await ada.upload(PAGE, {}, "file", "membres.csv", LIST.encode())

    assert ada.status == 200 and "2 comptes seraient créés" in ada.text
    assert "Ligne 3, colonne « courriel » : « luc(at)x.fr » n’est pas une adresse de courriel." in plain(ada.text)
    assert "Ligne 4, colonne « commune » : « Nulle » n’est pas une commune que nous connaissons." in plain(ada.text)
    assert "luc(at)x.fr;;" in ada.text, "the list can be corrected in the page"
    assert await count_accounts(door) == 2, "Alice and Ada: nothing is made yet"

    await ada.send(find_confirmation(ada))
    assert "0 sur 2" in ada.text
    await run_job(door)
    await ada.open(ada.path)

    assert "2 comptes sont créés" in ada.text
    async with connection(door.instance.pool) as conn:
        marie, atelier = await accounts.find_by_username(conn, "marie"), await actors.find_local(conn, "l_atelier")
        acts = await fetch_column(conn, "SELECT act FROM journal_entry")
        news = await fetch_value(conn, "SELECT count(*) FROM notification")
    assert marie is not None and (marie.email, marie.default_commune_code) == ("marie@x.fr", "59355")
    assert marie.confirmed_at is not None and atelier is not None and atelier.type == "Organization"
    assert (acts, news) == (["members_imported"], 0), "one line in the journal, and no news for each of many"


async def test_communes_of_one_name_are_told_apart_by_their_postcode(door: Doorbell) -> None:
    ada = await open_page(door)
    async with transaction(door.instance.pool) as conn:
        await add_namesakes(conn)
    rows = "Marie;marie@x.fr;Saint-Denis (93200);\nLuc;luc@x.fr;Saint-Denis;\nZoé;zoe@x.fr;97400 Saint-Denis;\n"

    await ada.upload(PAGE, {}, "file", "membres.csv", ("prénom;courriel;commune;lieu\n" + rows).encode())
    said = plain(ada.text)
    await ada.send(find_confirmation(ada))
    await run_job(door)

    assert "Ligne 3, colonne « commune » : plusieurs communes s’appellent « Saint-Denis » : ajoutez le code" in said
    async with connection(door.instance.pool) as conn:
        codes = await fetch_column(
            conn, "SELECT default_commune_code FROM account WHERE email LIKE '%@x.fr' ORDER BY email"
        )
    assert codes == [None, "93066", "97411"]


async def test_without_mail_links_are_printed_and_lead_in(door: Doorbell) -> None:
    ada = await open_page(door)
    await ada.send(PAGE, {"list": LIST})
    await ada.send(find_confirmation(ada))
    await run_job(door)
    await ada.open(ada.path)

    await ada.send(f"{ada.path}/liens")

    links = re.findall(r"/lien/[\w-]+", ada.text)
    assert len(links) == 2
    marie = await (await door.ring()).open(links[0])
    await marie.send(links[0], {"password": "un grand verre d’eau"})
    assert (await marie.open("/compte")).status == 200


async def test_with_mail_each_gets_her_first_link(mailing: Doorbell) -> None:
    ada = await open_page(mailing)
    await ada.send(PAGE, {"list": LIST})
    await ada.send(find_confirmation(ada))
    await run_job(mailing)

    async with transaction(mailing.instance.pool) as conn:
        letters = await fetch_column(conn, "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", LETTER)
    async with open_post() as postman:
        url = f"smtp://127.0.0.1:{postman.port}?from=bonjour@lomme.test"
        object.__setattr__(
            mailing.instance, "settings", msgspec.structs.replace(mailing.instance.settings, smtp_url=url)
        )
        for letter in letters:
            await send_member_letter(mailing.instance, msgspec.json.decode(letter))

    assert {letter["To"] for letter in postman.taken} == {"marie@x.fr", "atelier@x.fr"}
    body = read_text(postman.taken[0])
    assert "Votre nom de membre est" in body and "pendant 14 jours" in body
    link = re.search(r"/lien/[\w-]+", body)
    assert link is not None and (await (await mailing.ring()).open(link[0])).status == 200
    assert "courriel parti" in (await ada.open(ada.path)).text


async def test_members_are_told_apart_and_names_never_clash(door: Doorbell) -> None:
    ada = await open_page(door)

    lines = ("Alice,a@x.fr,", "Alice,b@x.fr,", "Ada,ALICE@example.org,", "Zoé,z@x.fr,ada", "Admin,d@x.fr,")
    await ada.send(PAGE, {"list": "\n".join(["prénom,courriel,nom de membre", *lines, "Ivo,i@x.fr,Ivo Roy"])})

    assert "@alice2" in ada.text and "@alice3" in ada.text and "@admin2" in ada.text
    assert "Ligne 4, colonne « courriel » : ALICE@example.org a déjà un compte ici." in plain(ada.text)
    assert "Ligne 5, colonne « nom de membre » : le nom de membre « ada » est déjà pris." in plain(ada.text)
    assert "Ligne 7, colonne « nom de membre » : « ivo roy » ne va pas" in plain(ada.text)


async def test_an_address_taken_between_look_and_yes_is_the_answer_of_its_line(door: Doorbell) -> None:
    ada = await open_page(door)
    await ada.send(PAGE, {"list": "prénom;courriel\nBob;bob@example.org\nMarie;marie@x.fr\nEve;eve@x.fr\n"})
    confirmation = find_confirmation(ada)
    await add_member(door.instance, "bob")
    await add_member(door.instance, "eve")

    await ada.send(confirmation)
    await ada.open(confirmation)
    await run_job(door)

    async with connection(door.instance.pool) as conn:
        lines = await member_imports.list_lines(conn, int(confirmation.rpartition("/")[2]))
        bobs = await fetch_column(conn, "SELECT username FROM actor WHERE username LIKE 'bob%'")
    assert [one.state for one in lines] == ["username_taken", "made", "username_taken"] and bobs == ["bob"]


async def test_a_yes_twice_makes_each_member_once(door: Doorbell) -> None:
    ada = await open_page(door)
    await ada.send(PAGE, {"list": LIST})
    confirmation, before = find_confirmation(ada), ada.text

    await ada.send(confirmation)
    ada.text = before
    await ada.send(confirmation)
    await run_job(door)
    await make_members(door.instance, {"id": int(confirmation.rpartition("/")[2])})

    assert await count_accounts(door) == 4


async def test_a_list_waits_while_the_instance_is_to_end(door: Doorbell) -> None:
    ada = await open_page(door)
    await ada.send(PAGE, {"list": LIST})
    await ada.send(find_confirmation(ada))
    async with transaction(door.instance.pool) as conn:
        await shutdown.begin(conn, by=None, due_at=datetime.now(UTC))
    await run_job(door)
    before = await count_accounts(door)
    async with transaction(door.instance.pool) as conn:
        await shutdown.take_back(conn, at=datetime.now(UTC) - timedelta(days=1))
    await run_job(door)

    assert (before, await count_accounts(door)) == (2, 4)


async def test_a_long_list_is_made_in_several_runs(door: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_lists, "AT_ONCE", 1)
    ada = await open_page(door)
    await ada.send(PAGE, {"list": LIST})
    await ada.send(find_confirmation(ada))

    counts = []
    for _ in range(3):
        await run_job(door)
        counts.append(await count_accounts(door))
    await ada.open(ada.path)

    assert counts == [3, 4, 4] and "2 comptes sont créés" in ada.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Choisissez un fichier, ou collez une liste."),
        ("nom;ville\nMarie;Lomme", "Il manque une colonne « courriel » dans la première ligne. Elle dit : « nom », «"),
    ],
)
async def test_a_list_that_cannot_be_read_is_kept_and_says_why(door: Doorbell, typed: str, words: str) -> None:
    ada = await open_page(door)

    await ada.send(PAGE, {"list": typed})

    assert ada.status == 422 and words in plain(ada.text) and typed in ada.text


async def test_a_workbook_is_told_from_a_list(door: Doorbell) -> None:
    ada = await open_page(door)

    await ada.upload(PAGE, {}, "file", "membres.xlsx", b"PK\x03\x04...")

    assert ada.status == 422 and "enregistrez-le d’abord en CSV" in ada.text


async def test_addresses_of_who_waits_or_was_excluded_are_left_out_each_with_its_reason(door: Doorbell) -> None:
    await add_applicant(door.instance)
    ada = await open_page(door)
    async with transaction(door.instance.pool) as conn:
        alice = await actors.find_local(conn, "alice")
        assert alice is not None
        await rule(conn, alice, "exclude", site=door.instance.site)
        await excluded_addresses.keep(conn, alice.id, "al.ice@gmail.com")

    await ada.send(PAGE, {"list": "prénom;courriel\nCarole;CAROLE@example.org\nAl;alice+1@gmail.com\nBo;bo@x.fr\n"})

    said = plain(ada.text)
    assert "CAROLE@example.org demande déjà à entrer" in said and "Un compte serait créé." in said
    assert "alice+1@gmail.com est l’adresse d’une personne exclue" in said


async def test_of_a_long_list_what_was_left_is_shown_first_and_counted_in_the_list_of_lists(
    door: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.people.invitations.member_list.SHOWN_LINES", 2)
    ada = await open_page(door)
    await ada.send(PAGE, {"list": "prénom;courriel\nA;a@x.fr\nB;b@x.fr\nC;c@x.fr\nD;d@x.fr\n"})
    await add_member(door.instance, "d")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE account SET email = 'd@x.fr' FROM actor WHERE id = actor_id AND username = 'd'")

    await ada.send(find_confirmation(ada))
    await run_job(door)
    await ada.open(ada.path)

    said = plain(ada.text)
    assert "3 comptes sont créés." in said and "Une ligne est restée sans compte" in said and "Et un autre." in said
    assert said.index("d@x.fr") < said.index("a@x.fr") and "c@x.fr" not in said
    await ada.open(PAGE)
    assert "une sans compte" in ada.text
