"""The thread with somebody who can only answer in words: what became of these, and a question by one tap."""

from dataclasses import dataclass, replace

import pytest

from federation.instance import Instance
from inbox.processing.dispatch import apply
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import connection, execute, transaction
from outbox.exchanges.agreements.agreements import propose
from tests.factories import make_remote_actor
from tests.inbox.handlers.activities import by, note_by
from tests.outbox.sent_activities import list_sent, mark_delivered
from tests.sample_threads import days
from tests.sample_village import Village
from tests.web.pages.conftest import Browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Alice proposed days for her tent to Dora, who has a plain account elsewhere."""

    instance: Instance
    alice: Actor
    dora: Actor
    held: Agreement

    @property
    def path(self) -> str:
        """The thread."""
        return f"/echanges/{self.held.exchange_id}"

    async def write(self, text: str) -> None:
        """Dora answers the last note that she got."""
        async with transaction(self.instance.pool) as conn:
            sent = [one.activity["object"] for one in await list_sent(conn) if one.hosts == ["mastodon.test"]]
            to = [self.alice.uri]
            mention = {"type": "Mention", "href": self.alice.uri, "name": "@alice"}
            note = note_by(self.dora, to=to, tag=[mention], inReplyTo=sent[-1]["id"], content=f"<p>@alice {text}</p>")
            await apply(conn, self.instance.site, self.dora, by(self.dora, "Create", note, to=to))

    async def state(self) -> str:
        """How it stands."""
        async with connection(self.instance.pool) as conn:
            return (await agreements.get(conn, self.held.id)).state


@pytest.fixture
async def scene(instance: Instance, lomme: Village) -> Scene:
    """They have talked, and Alice proposed."""
    async with transaction(instance.pool) as conn:
        dora = await make_remote_actor(conn, "dora", "mastodon.test")
        thread = await exchanges.open(conn, listing_id=lomme.tent.id, owner_id=lomme.alice.id, partner_id=dora.id)
        held = await propose(conn, instance.site, lomme.alice, thread, days(30, 32))
    return Scene(instance=instance, alice=lomme.alice, dora=dora, held=held)


async def test_words_that_are_no_answer_stand_there_with_what_was_explained(alice: Browser, scene: Scene) -> None:
    assert "Proposer d’enregistrer son oui" not in (await alice.get(scene.path)).words(), "she wrote nothing yet"

    await scene.write("Ok je vous rappelle ce soir")

    page = await alice.get(scene.path)
    said = page.words()
    assert "Ok je vous rappelle ce soir" in said and "Dora doit répondre" in said
    assert "Un message automatique dit comment répondre par oui ou par non." in said
    assert "répondez à ce message exactement" not in said, "the message itself is told by its line"
    line = "string(//li[contains(., 'comment répondre par oui')])"
    assert "En route" in page.html.xpath(line), "its author sees where it is"
    async with transaction(scene.instance.pool) as conn:
        await mark_delivered(conn)
    assert "Reçu par mastodon.test" in (await alice.get(scene.path)).html.xpath(line)


async def test_her_yes_is_asked_for_by_a_tap_that_binds_nobody(alice: Browser, scene: Scene) -> None:
    await scene.write("Oh oui quelle bonne idée")
    fields = {"agreement": str(scene.held.id), "act": "ask_again"}

    answer = await alice.send(f"{scene.path}/accord", fields, form_on=scene.path)

    assert (answer.status, answer.location) == (303, f"{scene.path}?fait=asked_again")
    page = (await alice.get(answer.location)).words()
    assert "Rien n’est conclu avant sa réponse." in page and "Vous demandez à Dora si c’est un oui." in page
    assert "Proposer d’enregistrer son oui" not in page, "it is asked once for each of her messages"
    assert await scene.state() == "countered"
    again = await alice.send(f"{scene.path}/accord", fields, form_on=scene.path)
    assert (again.status, again.location) == (303, answer.location), "a second tap says again what is so"
    asked = await alice.get(scene.path)
    assert asked.words().count("Vous demandez à Dora si c’est un oui.") == 1, "and asks nothing twice"
    await scene.write("Oui")
    assert await scene.state() == "agreed"


async def test_why_an_answer_does_not_count_stands_in_the_thread(alice: Browser, scene: Scene) -> None:
    async with transaction(scene.instance.pool) as conn:
        sql = "INSERT INTO unavailability (id, listing_id, begins_at, ends_at) VALUES (1, $1, $2, $3)"
        await execute(conn, sql, scene.held.listing_id, scene.held.begins_at, scene.held.ends_at)

    await scene.write("Oui, avec plaisir")

    page = (await alice.get(scene.path)).words()
    assert "Proposer d’enregistrer son oui" not in page, "it was one"
    assert "Cette réponse ne compte pas." in page and "ces dates ont été prises entre-temps" in page


async def test_a_member_here_has_a_button_and_is_not_asked_again(
    alice: Browser, scene: Scene, instance: Instance, lomme: Village
) -> None:
    async with transaction(instance.pool) as conn:
        thread = await exchanges.open(
            conn, listing_id=lomme.tent.id, owner_id=lomme.alice.id, partner_id=lomme.hocine.id
        )
        held = await propose(conn, instance.site, lomme.alice, thread, days(40, 42))
    other = replace(scene, held=held)

    assert "Proposer d’enregistrer son oui" not in (await alice.get(other.path)).words()
