"""One POST by a server never seen, filled with what takes longest: everybody else is answered meanwhile."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from federation.documents.parse import read_any_activity, read_document, read_json
from federation.jsonld.jsonld import JsonLdProcessor
from federation.texts.html_cleaner import CleanHtml, clean, is_long
from federation.uris import host_of
from federation.vocabulary.activities.activities import Create
from federation.vocabulary.embedded import is_postlike, note_of, read_object
from inbox.posts.contents import read_attachments
from inbox.posts.translation import read_details
from models.servers import known_hosts
from models.store.database import connection
from tests.attacks.desk import Desk, open_desk
from tests.attacks.ground import Ground
from tests.attacks.judge import read_own_time
from tests.attacks.worst import repeat
from tests.databases import copied_database
from tests.stories.peer import activity, note

WORST = (
    "<a ",
    "<div ",
    "<b id=1><p>",
    "<![x]>",
    "&",
    "<p><a hashtag>",
    '<a class="mention" ',
    "\u0300\u0316",
    "<blockquote>x",
)


ROWS = dict.fromkeys(("post", "listing", "actor", "public_key"), len(WORST))

STATE = "SELECT state FROM received WHERE activity_uri = $1"

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
async def desk(postgres_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk for all of these."""
    async with copied_database(postgres_url, template) as url, open_desk(url, tmp_path_factory.mktemp("desk")) as made:
        yield made


def offer(desk: Desk, content: str, **changes: Any) -> dict[str, Any]:
    """A listing without a name, so that its title is sought in its text."""
    number = next(NUMBERS)
    note = {
        "id": f"{desk.bob.uri}/items/{number}",
        "type": "Note",
        "attributedTo": desk.bob.uri,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "content": content,
        "purpose": "offer",
        "publishes": {"type": "Intent", "action": "transfer"},
    }
    return {"id": f"{note['id']}/create", "type": "Create", "actor": desk.bob.uri, "object": note} | changes


@pytest.mark.parametrize("piece", WORST)
async def test_the_worst_text_is_read_in_a_moment(desk: Desk, piece: str) -> None:
    activity = offer(desk, repeat(piece, 150_000))
    begun = read_own_time()

    await desk.take(activity)

    assert read_own_time() - begun < 3
    assert await desk.instance.pool.fetchval(STATE, activity["id"]) == "done"


@pytest.mark.parametrize("field", ["summary", "name"])
async def test_other_texts_of_a_post_too(desk: Desk, field: str) -> None:
    activity = offer(desk, "<p>Bonjour</p>")
    activity["object"][field] = repeat("<b id=1><p>", 200_000)
    begun = read_own_time()

    await desk.take(activity)

    assert read_own_time() - begun < 3


async def test_long_html_is_cleaned_in_the_child_process() -> None:
    processor = JsonLdProcessor()
    html = "<p>Bonjour <b>à tous</b></p>" * 2_000
    document = {"id": "https://a.example/1", "type": "Note", "attributedTo": "https://a.example/a", "content": html}
    activity = {"id": "https://a.example/2", "type": "Create", "actor": "https://a.example/a", "object": document}

    read = await read_any_activity(processor, read_json(json.dumps(activity).encode()))
    await processor.close()

    assert isinstance(read, Create) and is_postlike(read.object)
    content = note_of(read.object).content
    assert is_long(html) and isinstance(content, CleanHtml)
    assert content == clean(html) and content.startswith("<p>Bonjour <b>à tous</b></p><p>")


async def test_the_pictures_in_a_long_text_are_shown_as_those_in_a_short_one() -> None:
    processor = JsonLdProcessor()
    html = '<p><img src="https://a.example/velo.jpg" alt="Mon vélo"></p>' + "<p>Bonjour <b>à tous</b></p>" * 2_000
    document = {"id": "https://a.example/1", "type": "Note", "attributedTo": "https://a.example/a", "content": html}

    read = read_object(await read_document(processor, read_json(json.dumps(document).encode())))
    await processor.close()

    assert is_long(html) and is_postlike(read)
    shown = [(picture.url, picture.description) for picture in read_attachments(read)]
    assert shown == [("https://a.example/velo.jpg", "Mon vélo")]


async def test_what_a_cut_leaves_open_is_closed(desk: Desk) -> None:
    link = "https://evil.example/"
    content = f'<p><strong>Titre</strong></p><p>Texte</p><a href="{link}"><p>📍 Lille</p></a>'

    found = read_object(offer(desk, content)["object"])
    assert is_postlike(found)

    details = read_details(found)

    assert details is not None and details.description == "<p>Texte</p>" + clean(f'<a href="{link}"></a>')


async def test_everybody_is_answered_while_a_stranger_sends_the_worst(ground: Ground) -> None:
    peer, mallory = await ground.open_stranger()
    async with connection(ground.door.here.instance.pool) as conn:
        await known_hosts.admit(conn, host_of(mallory.uri))  # else most of it would be too long to wait
    begins = {"purpose": "offer", "publishes": {"type": "Intent", "action": "transfer"}}
    sent = [activity(mallory, "Create", note(mallory, content=repeat(piece, 150_000), **begins)) for piece in WORST]

    async with ground.judged(rows=ROWS, asks=[f"{peer.url}/"], name="worst texts"):
        sending = asyncio.gather(*(ground.door.send(mallory, one) for one in sent))
        while not sending.done():
            assert (await ground.door.get(ground.offer)).status == 200
        await ground.settle()

    assert {state for one in sent for state, _ in await ground.list_received(one["id"])} == {"done"}
