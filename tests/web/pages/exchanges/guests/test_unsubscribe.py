"""How a guest leaves: by herself, by one click in a mail, hidden by the owner, or when it was long ago."""

from datetime import UTC, datetime, timedelta

from models.relations.blocking import blocks
from models.store.database import Connection, connection, fetch_column, fetch_value, transaction
from outbox.exchanges.guests import forget_over
from tests.web.form_client import add_member
from tests.web.guest_scenario import EMAIL, Inn
from tests.web.pages.exchanges.guests.test_borrowing_by_mail import day

LEFT = """
    SELECT count(*) FROM (SELECT row_to_json(g)::text AS said FROM guest g
        UNION ALL SELECT row_to_json(a)::text FROM actor a UNION ALL SELECT row_to_json(e)::text FROM exchange_event e
        UNION ALL SELECT row_to_json(h)::text FROM agreement h) AS everything
    WHERE said LIKE '%Léonie%' OR said LIKE '%samedi%' OR said LIKE $1 OR said LIKE '%chez moi%'
"""


async def test_a_guest_has_everything_about_her_erased(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()
    await guest.open(f"{link}/demander?du={day(5)}&au={day(6)}")
    await guest.send(
        f"{link}/demander", {"first_day": day(5), "last_day": day(6), "note": "chez moi", "message": "chez moi"}
    )

    await guest.send(f"{link}/effacer")

    assert "C’est effacé" in guest.text and (await guest.open(link)).status == 410
    assert await inn.count(LEFT, f"%{EMAIL}%") == 0
    owner = await inn.owner()
    assert "Une personne sans compte retire sa demande" in owner.text
    assert "ne pouvez plus vous écrire ici" in owner.text and 'id="ecrire"' not in owner.text


async def test_who_did_not_write_that_has_it_erased_before_anybody_reads_it(inn: Inn) -> None:
    guest = await inn.knock()
    link = inn.link()

    await guest.open(link)
    await guest.send(f"{link}/effacer")

    assert await inn.count("SELECT count(*) FROM guest") == 0 and await inn.count("SELECT count(*) FROM exchange") == 0


async def test_one_click_in_a_mail_ends_the_mails_and_what_is_open(inn: Inn) -> None:
    guest = await inn.enter(first_day=day(10), last_day=day(12))
    thread = await inn.thread()
    owner = await inn.owner()
    await owner.send(f"/echanges/{thread.id}/messages", {"message": "Un instant."})
    [mail] = await inn.tell()
    stop = mail["List-Unsubscribe"].strip("<>")
    await (await inn.door.ring()).open(stop)
    still = await inn.count("SELECT count(*) FROM agreement WHERE state = 'requested'")

    await guest._post(stop.removeprefix("http://lomme.test"), {"List-Unsubscribe": "One-Click"})

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert still == 1 and guest.status == 200
    assert await inn.count("SELECT count(*) FROM agreement WHERE state = 'withdrawn'") == 1
    assert "ne pouvez plus vous écrire ici" in (await inn.owner()).text
    assert "Cet échange est fini" in (await guest.open(inn.link())).text


async def test_a_guest_whom_the_owner_hides_writes_and_hears_no_more(inn: Inn) -> None:
    guest = await inn.enter()
    who, link = await inn.guest(), inn.link()
    owner = await inn.owner()
    await owner.send(f"/echanges/{(await inn.thread()).id}/messages", {"message": "Laissez-moi."})
    await guest.open(link)
    await owner.send(f"/personnes/{who.id}", {"act": "block"})

    await guest.send(f"{link}/messages", {"message": "Pourquoi ?"})

    assert guest.status == 422 and "ne reçoit plus vos messages" in guest.text
    assert await inn.tell() == []
    async with transaction(inn.door.instance.pool) as conn:
        assert await blocks.between(conn, who.id, inn.alice.id)


async def test_a_guest_is_reported_to_the_moderators_and_to_no_other_server(inn: Inn) -> None:
    await inn.enter()
    owner = await inn.owner()

    path = f"/signaler/compte/{(await inn.guest()).id}"
    await owner.open(path)
    await owner.send(path, {"reason": "other", "content": "Insiste.", "forward": "1"})
    stranger = await (await inn.door.ring()).open(path)

    assert stranger.status == 404

    assert (
        await inn.count("SELECT target_id FROM report WHERE content = 'Insiste.' AND NOT forwarded")
        == (await inn.guest()).id
    )
    assert await inn.count("SELECT count(*) FROM delivery") == 0


async def test_a_guest_is_forgotten_ninety_days_after_the_end(inn: Inn) -> None:
    guest = await inn.enter()
    link = inn.link()
    await (await inn.owner()).send(f"/echanges/{(await inn.thread()).id}/messages", {"message": "Oui, Léonie."})
    await guest.open(f"{link}/demander?du={day(5)}&au={day(6)}")
    await guest.send(
        f"{link}/demander", {"first_day": day(5), "last_day": day(6), "note": "chez Léonie", "place": "chez Léonie"}
    )
    await guest.open(link)
    await guest.send(f"{link}/accord", {"act": "withdraw", "reason": "Léonie est malade"})
    await inn.tell()
    now = datetime.now(UTC)

    async with transaction(inn.door.instance.pool) as conn:
        early = await forget_over(conn, at=now + timedelta(days=89))
        late = await forget_over(conn, at=now + timedelta(days=91))

    assert (early, late) == (0, 1)
    owner = await inn.owner()
    assert "Une personne sans compte" in owner.text and "Léonie" not in owner.text
    assert "retire sa demande" in owner.text and "est-elle libre samedi" not in owner.text
    async with connection(inn.door.instance.pool) as conn:
        assert [await list_where_it_stands(conn, word) for word in ("Léonie", EMAIL, "libre samedi")] == [[], [], []]


async def list_where_it_stands(conn: Connection, word: str) -> list[str]:
    """The tables in which a word stands anywhere, whatever the column."""
    tables = await fetch_column(conn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    query = "SELECT count(*) FROM {} AS one WHERE position($1 IN one::text) > 0"
    return [name for name in tables if await fetch_value(conn, query.format(name), word)]


async def test_a_guest_with_something_open_is_kept(inn: Inn) -> None:
    await inn.enter(first_day=day(10), last_day=day(12))

    async with transaction(inn.door.instance.pool) as conn:
        assert await forget_over(conn, at=datetime.now(UTC) + timedelta(days=200)) == 0


async def test_a_guest_is_hidden_by_nobody_but_the_owner(inn: Inn) -> None:
    await inn.enter()
    who = await inn.guest()
    await add_member(inn.door.instance, "zoe")
    zoe = await (await inn.door.ring()).log_in("zoe")
    await zoe.open("/compte/masques")

    await zoe._post(f"/personnes/{who.id}", zoe.hidden_fields("/compte/masques/serveur") | {"act": "block"})

    assert zoe.status == 404 and "Léonie" not in (await zoe.open("/compte/masques")).text
