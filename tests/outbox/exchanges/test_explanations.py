"""Words that are no answer, or one that does not count: whoever wrote is told, once, and nobody is bound by them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from inbox.errors import Ignored
from inbox.processing.dispatch import apply
from models import posts
from models.errors import Conflict, NotFound
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement
from models.exchanges.exchanges import Event
from models.people.actors import Actor
from models.posts import conversations
from models.store.database import Connection, execute
from outbox.builders.texts.explanations import write_again
from outbox.exchanges.agreements.agreements import counter, propose, request
from outbox.exchanges.agreements.endings import cancel, refuse
from outbox.exchanges.explanations import ask_again
from outbox.relations import blocks
from tests.database_queries import count_unread_threads
from tests.factories import HERE, make_listing, make_member, make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent
from tests.outbox.threads.test_notices import list_notices
from tests.outbox.threads.test_terms_in_words import TERMS
from tests.sample_threads import days


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice proposed days for her tent to Bob, whose server knows nothing of agreements."""

    conn: Connection
    alice: Actor
    bob: Actor
    held: Agreement

    async def write(self, content: str, parent: str | None = None, **changes: Any) -> None:
        """Bob writes in private, below the last note that he got."""
        parent = parent or (await self.list_notes())[-1]["id"]
        mention = {"type": "Mention", "href": self.alice.uri, "name": f"@{self.alice.username}@lomme.test"}
        to = [self.alice.uri]
        note = note_by(self.bob, to=to, tag=[mention], inReplyTo=parent, content=f"<p>@alice {content}</p>", **changes)
        await apply(self.conn, HERE, self.bob, by(self.bob, "Create", note, to=to))

    async def list_notes(self) -> list[dict[str, Any]]:
        """What Bob was sent."""
        return [one.activity["object"] for one in await list_sent(self.conn) if one.type == "Create"]

    async def state(self) -> str:
        """How it stands."""
        return (await agreements.get(self.conn, self.held.id)).state

    async def list_events(self) -> list[Event]:
        """What happened in the thread."""
        entries = await exchanges.list_entries(self.conn, self.held.exchange_id)
        return await exchanges.list_events(self.conn, [one.id for one in entries if one.kind == "event"])

    async def list_told(self) -> list[str]:
        """What Alice's app was told."""
        return [post.content for post in await list_notices(self.conn, self.alice)]


@pytest.fixture
async def scene(conn: Connection) -> Scene:
    """Bob asked in private; Alice proposed."""
    return await make_scene(conn)


async def make_scene(conn: Connection) -> Scene:
    """The two, and what is on the table."""
    alice = await make_member(conn, name="Alice Martin")
    bob = await make_remote_actor(conn, "bob", "mastodon.test")
    listing = await make_listing(conn, alice, title="Tente")
    thread = await exchanges.open(conn, listing_id=listing.id, owner_id=alice.id, partner_id=bob.id)
    return Scene(conn=conn, alice=alice, bob=bob, held=await propose(conn, HERE, alice, thread, TERMS))


async def test_what_is_neither_yes_nor_no_is_explained_once_and_binds_nobody(scene: Scene) -> None:
    await scene.write("Ok je vous rappelle ce soir")

    assert await scene.state() == "countered"
    question, hint = await scene.list_notes()
    assert hint["to"] == [scene.bob.uri] and "exactement « oui » ou « non »" in hint["content"]
    assert "Alice Martin lira vos mots" in hint["content"] and "/accord/" in hint["content"]
    explained = (await scene.list_events())[-1]
    assert (explained.kind, explained.actor_id, explained.details["activity"]) == (
        "explained",
        scene.alice.id,
        hint["id"],
    )
    [kept] = await posts.list_by_ids(scene.conn, [explained.details["note"]])
    assert "/accord/" not in kept.content, "whoever proposed does not get to say yes for him"

    await scene.write("Je regarde mon agenda", question["id"])

    assert len(await scene.list_notes()) == 2


async def test_a_yes_to_the_explanation_is_one(scene: Scene) -> None:
    await scene.write("Oui, dimanche à 15h")
    await scene.write("Oui")

    assert await scene.state() == "agreed"
    assert "nous sommes d’accord" in (await scene.list_notes())[-1]["content"]


async def test_new_terms_may_be_explained_again(scene: Scene) -> None:
    await scene.write("Plutôt dimanche ?")
    await execute(scene.conn, "UPDATE agreement SET proposed_by = partner_id")
    await counter(scene.conn, HERE, scene.alice, await agreements.get(scene.conn, scene.held.id), days(20, 22))

    await scene.write("Ok, je regarde")

    assert [one.kind for one in await scene.list_events()] == ["countered", "explained", "countered", "explained"]


async def test_what_is_written_by_itself_leaves_his_words_unread(scene: Scene) -> None:
    await scene.write("Ok je vous rappelle ce soir")

    assert await count_unread_threads(scene.conn, scene.alice.id) == 1
    assert [talk.unread for talk in await conversations.list_owned(scene.conn, scene.alice.id)] == [True]


async def test_that_they_agree_is_news_to_whoever_proposed(scene: Scene) -> None:
    await scene.write("Oui")

    assert await scene.state() == "agreed"
    assert await count_unread_threads(scene.conn, scene.alice.id) == 1


@pytest.mark.parametrize("type", ["Service", "Application", "Group"])
async def test_a_program_is_not_answered(scene: Scene, type: str) -> None:
    await execute(scene.conn, "UPDATE actor SET type = $2 WHERE id = $1", scene.bob.id, type)

    await scene.write("Je suis absent jusqu’à lundi.")

    assert len(await scene.list_notes()) == 1
    assert [one.kind for one in await scene.list_events()] == ["countered"]


async def test_whoever_is_hidden_is_not_answered(scene: Scene) -> None:
    await blocks.block(scene.conn, HERE, scene.alice, scene.bob)
    before = len(await scene.list_notes())

    with pytest.raises(Ignored):
        await scene.write("Ok je vous rappelle")

    assert len(await scene.list_notes()) == before


async def test_it_is_said_in_her_language_too(scene: Scene) -> None:
    await scene.write("Let me check", contentMap={"en": "<p>@alice Let me check</p>"})

    hint = (await scene.list_notes())[-1]["content"]
    assert "exactement « oui »" in hint and "exactly “yes”" in hint


async def test_a_yes_that_came_too_late_for_the_days_is_told_why(scene: Scene) -> None:
    await execute(
        scene.conn,
        "INSERT INTO unavailability (id, listing_id, begins_at, ends_at) VALUES (1, $1, $2, $3)",
        scene.held.listing_id,
        scene.held.begins_at,
        scene.held.ends_at,
    )

    await scene.write("Oui")
    answer = (await scene.list_notes())[-1]
    await scene.write("Oui !", (await scene.list_notes())[0]["id"])

    assert await scene.state() == "countered"
    assert "ces dates ont été prises entre-temps" in answer["content"] and "Alice Martin" in answer["content"]
    assert "/accord/" not in answer["content"], "there is nothing to say yes to"
    assert len(await scene.list_notes()) == 2, "once for each reason"
    assert "elle ne compte pas" in (await scene.list_told())[-1], "and the other one does not believe it either"
    unheard = (await scene.list_events())[-1]
    assert (unheard.kind, unheard.details["activity"]) == ("unheard", answer["id"])


async def end(scene: Scene, how: str) -> None:
    """The proposal is over."""
    held = await agreements.get(scene.conn, scene.held.id)
    if how == "refused":
        await refuse(scene.conn, HERE, scene.alice, held)
    elif how == "replaced":
        await execute(scene.conn, "UPDATE agreement SET proposed_by = partner_id")
        await counter(scene.conn, HERE, scene.alice, held, days(20, 22))
    else:
        await scene.write("Oui")
        await cancel(scene.conn, HERE, scene.alice, held)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("refused", "la proposition a été refusée"),
        ("replaced", "d’autres conditions ont été proposées depuis"),
        ("cancelled", "l’accord a été annulé"),
    ],
)
async def test_a_yes_to_what_is_off_the_table_is_told_so(scene: Scene, how: str, why: str) -> None:
    question = (await scene.list_notes())[0]["id"]
    await end(scene, how)
    before = await scene.state()

    await scene.write("D’accord", question)

    assert await scene.state() == before
    assert why in (await scene.list_notes())[-1]["content"]


async def test_a_no_after_a_yes_is_told_that_the_agreement_stands(scene: Scene) -> None:
    question = (await scene.list_notes())[0]["id"]
    await scene.write("Oui", question)
    await scene.write("Oui oui", question)
    before = len(await scene.list_notes())

    await scene.write("Non", question)

    assert await scene.state() == "agreed"
    assert len(await scene.list_notes()) == before + 1
    assert "l’accord tient toujours" in (await scene.list_notes())[-1]["content"]


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "seulement si"},
        {"attachment": [{"type": "Image", "mediaType": "image/png", "url": "https://mastodon.test/note.png"}]},
        {"attachment": [{"type": "Document", "mediaType": "application/pdf", "url": "https://mastodon.test/a.pdf"}]},
        {"type": "Question", "oneOf": [{"type": "Note", "name": "samedi"}, {"type": "Note", "name": "dimanche"}]},
        {"quote": "https://mastodon.test/@carol/1"},
    ],
    ids=["warning", "picture", "file", "poll", "quote"],
)
async def test_a_yes_with_something_beside_it_is_for_a_person(scene: Scene, changes: dict[str, Any]) -> None:
    await scene.write("oui", **changes)

    assert await scene.state() == "countered"
    assert (await scene.list_events())[-1].kind == "explained"


async def test_whoever_asks_somebody_elsewhere_has_it_explained_too(conn: Connection) -> None:
    carol, dora = await make_member(conn, "carol"), await make_remote_actor(conn, "dora", "mastodon.test")
    asked = await request(conn, HERE, carol, await make_listing(conn, dora, mode="gift", title="Pommes"), days(2, 3))
    scene = Scene(conn=conn, alice=carol, bob=dora, held=asked)

    await scene.write("Parfait, à quelle heure")

    assert await scene.state() == "requested"
    assert "exactement" in (await scene.list_notes())[-1]["content"]


async def test_words_that_may_be_a_yes_are_asked_about_and_only_her_own_yes_binds(scene: Scene) -> None:
    with pytest.raises(Conflict, match="already_asked_again"):
        await ask_again(scene.conn, HERE, scene.alice, scene.held)
    await scene.write("Oh oui, quelle bonne idée, je prends mon sac de couchage")

    await ask_again(scene.conn, HERE, scene.alice, scene.held)

    assert await scene.state() == "countered", "what one side believes binds nobody"
    asked = (await scene.list_notes())[-1]
    assert "J’ai compris votre message comme un oui pour « Tente », du " in asked["content"]
    assert "/accord/" in asked["content"]
    await scene.write("Oui !", asked["id"])
    assert await scene.state() == "agreed"


def test_whoever_is_asked_again_reads_all_that_her_yes_would_be_to() -> None:
    terms = replace(TERMS, amount=Decimal("12.50"), in_return="un gâteau", note="Sans les sardines")

    asked = write_again("Tente", terms, "fr")

    assert all(words in asked for words in ("La Remise", "12,50", "contre un gâteau", "Sans les sardines"))


async def test_only_whoever_proposed_asks_again_and_only_of_those_without_a_button(scene: Scene) -> None:
    await scene.write("Ok, je regarde")
    carol = await make_member(scene.conn, "carol")
    with pytest.raises(NotFound):
        await ask_again(scene.conn, HERE, carol, scene.held)
    listing = await make_listing(scene.conn, scene.alice)
    mine = await request(scene.conn, HERE, carol, listing, days(2, 3))
    with pytest.raises(Conflict):
        await ask_again(scene.conn, HERE, carol, mine)
    with pytest.raises(Conflict):
        await ask_again(scene.conn, HERE, scene.alice, mine)


async def test_a_link_and_its_words_last_as_long_as_the_proposal(conn: Connection) -> None:
    await execute(conn, "INSERT INTO preference (key, value) VALUES ('hold_hours', '24')")
    alice, bob = await make_member(conn), await make_remote_actor(conn, "bob", "mastodon.test")
    thread = await exchanges.open(
        conn, listing_id=(await make_listing(conn, alice)).id, owner_id=alice.id, partner_id=bob.id
    )

    held = await propose(conn, HERE, alice, thread, TERMS)

    sql = "SELECT expires_at FROM agreement_link WHERE agreement_id = $1"
    assert held.held_until is not None and abs(held.held_until - datetime.now(UTC)) < timedelta(hours=25)
    assert [row["expires_at"] for row in await conn.fetch(sql, held.id)] == [held.held_until]
    said = (await list_sent(conn))[-1].activity["object"]["content"]
    assert "lien valable jusqu’au " in said and "sept jours" not in said
