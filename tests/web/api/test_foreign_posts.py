"""What other servers publish, as apps are given it."""

from typing import Any

import pytest

from tests.inbox.posts.test_foreign_documents import published
from tests.payloads import load_json
from tests.web.api import strict
from tests.web.api.conftest import Alice


async def ask_for(alice: Alice, name: str) -> Any:
    """The Status of one of the documents, looked up by its address."""
    bob = alice.api.fediverse.add_person("bob", "henin.test")
    document = published(load_json(name)) | {"attributedTo": bob.uri}
    document |= {"id": f"{bob.uri}/{name}", "url": f"{bob.uri}/{name}"}
    alice.api.fediverse.documents[document["id"]] = document
    [found] = (await alice.api.get("/api/v2/search", strict.results, q=document["id"], resolve="true"))["statuses"]
    return found


@pytest.mark.parametrize(
    ("name", "words", "described", "language"),
    [
        ("peertube/video", "(19:05)", ["Changer une chambre à air & repartir"], "fr"),
        ("pixelfed/create_album", "📍 Lille", ["Des rangs de poireaux sous la brume", None, "L’arrosage"], None),
        (
            "bookwyrm/review",
            "(4 stars)",
            ["Couverture de Éloge du carburateur (Broché, français, La Découverte)"],
            None,
        ),
        ("mobilizon/create_event", "📅 2026-12-05 14:00 – 17:00", ["Banner"], None),
    ],
)
async def test_apps_get_its_text_and_its_pictures(
    alice: Alice, name: str, words: str, described: list[str | None], language: str | None
) -> None:
    status = await ask_for(alice, name)

    assert words in status["content"]
    assert [one["description"] for one in status["media_attachments"]] == described
    assert status["language"] == language
    assert {one["type"] for one in status["media_attachments"]} <= {"image", "video", "audio"}
    for one in status["media_attachments"]:
        assert one["type"] == "image" or one["url"] == one["remote_url"]
    assert status["url"] == status["uri"]


async def test_a_poll_has_its_warning_and_its_options(alice: Alice) -> None:
    status = await ask_for(alice, "gotosocial/poll")

    assert (status["spoiler_text"], status["poll"]["options"][0]["title"]) == ("Organisation", "À l’atelier")
