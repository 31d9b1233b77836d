"""The charter: written, published, read by anybody, and asked of each member."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from models import preferences
from models.news import news
from models.people import accounts
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox.people.joining.documents import JOB, tell_members
from tests.factories import make_local_actor
from tests.invitations import CHARTER, plain, publish_charter
from tests.web.form_client import PASSWORD, Doorbell, Visitor, add_member

EDITOR = "/coop/documents/charte"

ASKED = "/documents/a-accepter"


async def open_editor(door: Doorbell) -> Visitor:
    await add_member(door.instance, "ada", roles=["admin"])
    ada = await (await door.ring()).log_in("ada")
    return await ada.open(EDITOR)


async def publish(door: Doorbell, text: str = CHARTER, **changes: Any) -> int:
    async with transaction(door.instance.pool) as conn:
        return await publish_charter(conn, text, **changes)


async def find_due(door: Doorbell, username: str = "alice") -> datetime | None:
    async with connection(door.instance.pool) as conn:
        member = await accounts.find_by_username(conn, username)
    assert member is not None
    return member.documents_due_at


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def test_a_first_text_is_made_of_the_settings_and_seen_by_nobody(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        told = {"name": "La Remise", "legal_publisher": "l’association La Remise", "listing_days": 45}
        await preferences.write(conn, told)
    ada, visitor = await open_editor(door), await door.ring()

    charter = read_typed(ada.text)
    terms = read_typed((await ada.open("/coop/documents/conditions")).text)
    await ada.send("/coop/documents/conditions", {"text": terms, "act": "preview"})

    assert "La Remise prête, donne, répare" in charter and "\n7. On ne fait" in charter
    assert "publié par l’association La Remise." in terms and "45\u00a0jours" in terms and "{" not in charter + terms
    assert "<h2>Prêter et emprunter</h2>" in ada.text
    assert [(await visitor.open(path)).status for path in ("/charte", "/conditions")] == [404, 404]


def read_typed(page: str) -> str:
    """What stands in the field of the text."""
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def test_a_charter_is_looked_at_then_published_then_read_by_anybody(door: Doorbell) -> None:
    visitor = await door.ring()
    assert (await visitor.open("/charte")).status == 404
    ada = await open_editor(door)
    assert "Ce qui change" not in ada.text, "the first one changes nothing"
    typed = {"text": f"{CHARTER}\n\n<script>x</script> https://lomme.test/x", "asking": "ask", "due": in_days(20)}

    await ada.send(EDITOR, typed | {"act": "preview"})
    assert "Rien n’est encore publié" in ada.text and "citer 2 règles" in plain(ada.text)
    assert (await visitor.open("/charte")).status == 404
    await ada.send(EDITOR, typed | {"act": "publish"})
    assert "C’est publié. Chaque membre en est prévenu" in ada.text

    await visitor.open("/charte")
    assert "<ol><li><p>On prête, on donne.<br>Personne" in visitor.text and "<h2>Entre nous</h2>" in visitor.text
    assert "&lt;script&gt;" in visitor.text and 'href="https://lomme.test/x"' in visitor.text
    assert 'href="/charte"' in (await visitor.open("/mentions-legales")).text
    async with connection(door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["document_published"]
    due = await find_due(door)
    assert due is not None and due > datetime.now(UTC) + timedelta(days=19)


async def test_every_version_stays_readable_with_its_date(door: Doorbell) -> None:
    await publish(door)
    await publish(door, "1. Tout autre chose")
    visitor = await door.ring()

    assert "Tout autre chose" in (await visitor.open("/charte")).text
    await visitor.open("/charte?version=1")
    assert "On se parle bien" in visitor.text and "Ce texte a été remplacé" in visitor.text
    assert (await visitor.open("/charte?version=3")).status == 404
    assert (await visitor.open("/conditions")).status == 404


async def test_a_small_correction_is_published_and_nobody_is_asked(door: Doorbell) -> None:
    ada = await open_editor(door)

    await ada.send(EDITOR, {"text": CHARTER, "asking": "minor", "act": "publish"})

    assert "Personne n’a besoin de redire oui" in plain(ada.text) and await find_due(door) is None
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": CHARTER}, "text"),
        ({"summary": ""}, "summary"),
        ({"due": ""}, "due"),
        ({"due": "2020-01-01"}, "due"),
        ({"due": in_days(400)}, "due"),
    ],
)
async def test_what_is_missing_is_said_and_the_rest_is_kept(
    door: Doorbell, changes: dict[str, str], field: str
) -> None:
    await publish(door, days=None)
    ada = await open_editor(door)
    typed = {"text": "1. Nouveau", "summary": "Une règle de plus", "asking": "ask", "due": in_days(5)} | changes

    await ada.send(EDITOR, typed | {"act": "publish"})

    assert ada.status == 422 and f'href="#{field}"' in ada.text
    assert all(value in ada.text for value in typed.values())
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT max(version) FROM document_version") == 1


async def test_who_publishes_after_somebody_else_is_told_and_loses_nothing(door: Doorbell) -> None:
    ada = await open_editor(door)
    await publish(door)

    typed = {"text": "1. La mienne", "asking": "ask", "summary": "x", "due": in_days(5), "act": "publish"}
    await ada.send(EDITOR, typed)

    assert ada.status == 409 and "1. La mienne" in ada.text and "publié une version entre-temps" in ada.text
    assert "Lire la version 1" in plain(ada.text) and 'name="summary"' in ada.text
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT max(version) FROM document_version") == 1
    await ada.send(EDITOR, typed)
    assert "C’est publié" in ada.text, "now that she has read the other one"


async def test_a_new_charter_is_asked_after_log_in_and_accepted(door: Doorbell) -> None:
    await publish(door)
    alice = await (await door.ring()).log_in("alice")
    await alice.send(ASKED)
    await publish(door, CHARTER.replace("On se parle bien", "On se parle très bien"), summary="Mieux se parler")
    await alice.open("/connexion?encore=1")

    await alice.send("/connexion", {"login": "alice", "password": PASSWORD})

    assert alice.path.startswith(ASKED) and "Mieux se parler" in alice.text and "Plus tard" in alice.text
    assert "<del" in alice.text and "<ins>2. On se parle très bien.</ins>" in alice.text
    assert (await alice.open("/chez-moi")).status == 200 and "et dites oui d’ici au" in plain(alice.text)
    await alice.open(f"{ASKED}?retour=/chez-moi")
    await alice.send(ASKED)
    assert alice.path == "/chez-moi" and await find_due(door) is None
    assert "Vous avez dit oui à tout" in (await alice.open(ASKED)).text


async def test_past_the_day_pages_lead_to_it_and_what_was_typed_is_taken(door: Doorbell) -> None:
    alice = await (await door.ring()).log_in("alice")
    await alice.open("/compte/profil")
    await publish(door, days=-1)

    await alice.send("/compte/profil", {"name": "Alice Martin"})
    async with connection(door.instance.pool) as conn:
        assert await fetch_value(conn, "SELECT name FROM actor WHERE username = 'alice'") == "Alice Martin"
    for path in ("/", "/publier", "/compte", "/annonces"):
        await alice.open(path)
        assert alice.path.startswith(ASKED) and "Plus tard" not in alice.text
    for path in ("/charte", "/compte/donnees", "/mentions-legales", "/aide"):
        assert (await alice.open(path)).path == path
    await alice.open("/publier")
    await alice.send(ASKED)
    assert alice.path == "/publier"


async def test_a_yes_to_a_text_that_changed_meanwhile_is_asked_again(door: Doorbell) -> None:
    await publish(door)
    alice = await (await door.ring()).log_in("alice")
    await publish(door, "1. Encore autre chose")

    await alice.send(ASKED)

    assert alice.status == 409 and "Encore autre chose" in alice.text and await find_due(door) is not None
    await alice.send(ASKED)
    assert await find_due(door) is None


async def test_each_member_is_told_once_of_the_newest(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization", host="lomme.test")
    for text in (CHARTER, "1. Autre"):
        await publish(door, text)
        await tell_members(door.instance, {"version_id": 1})

    async with connection(door.instance.pool) as conn:
        member = await accounts.find_by_username(conn, "alice")
        assert member is not None
        told = [one.type for one in await news.list_news(conn, member.actor_id)]
    alice = await (await door.ring()).log_in("alice")
    await alice.open("/notifications")

    assert told == ["documents"] and f'href="{ASKED}"' in alice.text and "Les règles de la coop changent" in alice.text


async def test_publishing_queues_the_news(door: Doorbell) -> None:
    ada = await open_editor(door)

    await ada.send(EDITOR, {"text": CHARTER, "asking": "ask", "due": in_days(5), "act": "publish"})

    async with connection(door.instance.pool) as conn:
        [payload] = await fetch_column(conn, "SELECT payload FROM pgqueuer WHERE entrypoint = $1", JOB)
    assert "version_id" in msgspec.json.decode(payload)


async def test_the_yes_goes_with_the_account(door: Doorbell) -> None:
    await publish(door)
    alice = await (await door.ring()).log_in("alice")
    await alice.send(ASKED)

    async with transaction(door.instance.pool) as conn:
        await execute(conn, "DELETE FROM account WHERE email = 'alice@example.org'")
        assert await fetch_column(conn, "SELECT actor_id FROM document_acceptance") == []
