"""A member who has nothing but a Mastodon app is asked for her tent by somebody of another cooperative."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from mastodon import StreamListener

from models.access import tokens
from models.store.database import transaction
from outbox.exchanges.agreements.agreements import counter
from outbox.exchanges.agreements.fulfilment import report
from tests.eventually import eventually
from tests.stories.test_exchanges import Story, days, story
from tests.stories.test_mastodon_clients import ask, log_in

__all__ = ["story"]


class Heard(StreamListener):
    """What the app was told while it was open."""

    def __init__(self) -> None:
        self.notifications: list[Any] = []
        self.conversations: list[Any] = []

    def on_notification(self, notification: Any) -> None:
        """Somebody did something."""
        self.notifications.append(notification)

    def on_conversation(self, conversation: Any) -> None:
        """Somebody wrote in private."""
        self.conversations.append(conversation)

    @property
    def texts(self) -> list[str]:
        """What they say."""
        return [one.status.content for one in self.notifications]


@pytest.fixture
async def heard(story: Story) -> AsyncIterator[Heard]:
    """Alice's app, open; she never looks at a page."""
    heard = Heard()
    client = await ask(log_in, story.lomme, story.alice)
    stream = await ask(client.stream_user, heard, run_async=True, reconnect_async=False)
    await eventually(lambda: ask(stream.is_receiving))
    yield heard
    # To close the stream from here would wait for a heartbeat.
    async with transaction(story.lomme.instance.pool) as conn:
        await tokens.revoke_bearer(conn, story.alice.token)

    async def ended() -> bool:
        return not await ask(stream.is_alive)

    await eventually(ended)


async def wait_for(heard: Heard, words: str) -> Any:
    """The status that says so."""

    async def came() -> Any:
        return next((one.status for one in heard.notifications if words in one.status.content), None)

    return await eventually(came)


async def test_a_tent_is_lent_by_an_app_alone(story: Story, heard: Heard) -> None:
    client = await ask(log_in, story.lomme, story.alice)
    await story.publish()
    await story.ask(days(0, 5, place="La Remise"), "Bonjour, pour le pont de l’Ascension.")

    question = await wait_for(heard, "Ascension")

    assert (question.visibility, question.account.acct) == ("direct", f"{story.bob.actor.username}@{story.henin.host}")
    assert {one.type for one in heard.notifications} == {"mention"}
    [talk] = await ask(client.conversations)
    assert talk.unread and talk.last_status.id == question.id
    above = (await ask(client.status_context, question)).ancestors
    assert [one.uri for one in above] == [story.uri]
    assert f'href="{question.url}"' in question.content and question.url.startswith(f"{story.lomme.url}/echanges/")
    await ask(client.status_reply, question, "Oui, avec plaisir !")
    await story.stands("agreed")

    await wait_for(heard, "nous sommes d’accord")
    await story.bob_does(report, "back", becomes="agreed")
    back = await wait_for(heard, "c’est rendu")
    assert f"{story.lomme.url}/echanges/" in back.content
    [same] = await ask(client.conversations)
    assert (same.id, same.last_status.id) == (talk.id, back.id), "all of it is one conversation"


async def test_a_counter_proposal_is_answered_with_no_and_a_word(story: Story, heard: Heard) -> None:
    client = await ask(log_in, story.lomme, story.alice)
    await story.publish()
    await story.ask(days(0, 5))
    await story.alice_does(counter, days(0, 2), becomes="countered")
    await story.bob_does(counter, days(0, 9), becomes="countered")
    proposal = await wait_for(heard, "je vous propose ceci")

    await ask(client.status_reply, proposal, "Neuf jours, c’est long : une semaine irait ?")
    assert (await story.get(story.lomme)).state == "countered"
    await ask(client.status_reply, proposal, "Non.")
    await story.stands("refused")

    bob = await ask(log_in, story.henin, story.bob)

    async def told() -> list[str]:
        return [one.last_status.content for one in await ask(bob.conversations)]

    async def refused() -> bool:
        return any("Non." in text or "ce n’est pas possible" in text for text in await told())

    await eventually(refused)
    assert {one.type for one in await ask(bob.notifications)} == {"mention"}
