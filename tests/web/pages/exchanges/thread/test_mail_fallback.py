"""A message that does not get through: the page says when it leaves by mail, where an address was given."""

from dataclasses import replace

import msgspec
import pytest

from federation.instance import Instance
from models.store.database import execute, transaction
from outbox.threads.messages import Words, write
from tests import sample_threads
from tests.factories import make_note
from tests.sample_village import Village
from tests.web.pages.conftest import Browser


@pytest.fixture
def instance(instance: Instance) -> Instance:
    """Lomme with a mail server."""
    settings = msgspec.structs.replace(instance.settings, smtp_url="smtp://127.0.0.1:9")
    return replace(instance, settings=settings)


async def keep_silent(instance: Instance, lomme: Village) -> str:
    """Alice writes to Léonie, whose server does not take it; the page of their thread."""
    async with transaction(instance.pool) as conn:
        thread = await sample_threads.find_thread(conn, lomme.tent, lomme.bob)
        await write(conn, lomme.site, lomme.alice, thread, Words(text="Samedi, oui."))
        await execute(conn, "UPDATE delivery SET attempts = 1, error = 'HTTP 503', cause = 'server-error'")
    return f"/echanges/{thread.id}"


async def test_who_gave_her_address_is_written_to_by_mail_in_the_end(
    alice: Browser, instance: Instance, lomme: Village
) -> None:
    path = await keep_silent(instance, lomme)
    assert "part par courriel" not in (await alice.get(path)).words()
    async with transaction(instance.pool) as conn:
        given = "<p>@alice Voici mon courriel : leonie@example.net</p>"
        await make_note(
            conn, lomme.bob, audience="direct", in_reply_to_uri=lomme.tent.uri, mention_ids=(lomme.alice.id,),
            content=given,
        )  # fmt: skip

    words = (await alice.get(path)).words()

    assert "Pas encore arrivé chez Hénin-Carvin" in words and "Réessayer" in words
    assert "il part par courriel à l’adresse que Léonie vous a donnée." in words
