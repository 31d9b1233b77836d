"""What came back of a member's own: she reads it, puts it back or leaves it, and sees what stands again."""

import pytest

from federation.instance import Instance
from models import posts
from models.store.database import connection, transaction
from models.traffic import returned_posts
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

PAGE = "/chez-moi/revenues"


@pytest.fixture
async def uri(instance: Instance, lomme: Village) -> str:
    """A note of Alice's that henin.test gave back without her proof."""
    uri = f"{lomme.site.url}/users/alice/notes/6f3a1c52-0000-4000-8000-00000000abcd"
    note = {
        "id": uri,
        "type": "Note",
        "attributedTo": lomme.alice.uri,
        "content": "<p>Qui prête une <b>échelle</b> ?<script>alert(1)</script></p>",
        "published": "2026-11-28T09:00:00Z",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
    }
    async with transaction(instance.pool) as conn:
        await returned_posts.propose(conn, uri, lomme.alice.id, "henin.test", note)
        await returned_posts.note_restored(conn, lomme.tent.uri, lomme.alice.id, "henin.test")
    return uri


async def test_she_reads_what_waits_and_what_stands_again(alice: Browser, lomme: Village, uri: str) -> None:
    mine, page = await alice.get("/chez-moi"), await alice.get(PAGE)

    assert "Une publication perdue attend votre réponse" in mine.words()
    assert "Qui prête une échelle ?" in page.words() and "d’après henin.test" in page.words()
    assert "alert" not in page.words()
    assert lomme.tent.post.url.removeprefix(lomme.site.url) in page.html.xpath("//main//li//a/@href")


@pytest.mark.parametrize(("act", "stands"), [("put_back", True), ("leave", False)])
async def test_her_answer_counts_once(
    alice: Browser, instance: Instance, lomme: Village, uri: str, act: str, stands: bool
) -> None:
    done = await alice.send(PAGE, {"act": act, "post": uri})
    again = await alice.send(PAGE, {"act": act, "post": uri})

    async with connection(instance.pool) as conn:
        found = await posts.find_by_uri(conn, uri)
    assert (done.status, again.status) == (303, 404)
    assert (found is not None) is stands
    assert "Une publication perdue" not in (await alice.get("/chez-moi")).words()
    if found is not None:
        assert (found.author_id, found.local, "script" in found.content) == (lomme.alice.id, True, False)
