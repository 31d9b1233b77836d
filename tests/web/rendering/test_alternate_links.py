"""A page's address also works for servers that look for the object behind it."""

import pytest
from aiohttp.test_utils import make_mocked_request

from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.http.accept import asks_for_document

MASTODON = (
    'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1'
)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (MASTODON, True),
        ("application/activity+json", True),
        ("application/ld+json;q=0.5, text/html", False),
        (CHROME, False),
        ("*/*", False),
        ("", False),
        ("text/html;q=x, application/activity+json", True),
    ],
)
def test_who_prefers_json_is_told_from_the_header(accept: str, wanted: bool) -> None:
    request = make_mocked_request("GET", "/@alice", headers={"Accept": accept})

    assert asks_for_document(request) == wanted


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_header_of_a_page_names_the_document(visitor: Browser, lomme: Village, method: str) -> None:
    for path, uri in (
        (lomme.tent.post.url.removeprefix(lomme.site.url), lomme.tent.uri),
        ("/@alice", lomme.alice.uri),
    ):
        answer = await visitor.client.request(method, path, headers={"Accept": CHROME})

        assert (answer.status, answer.content_type) == (200, "text/html")
        assert answer.headers["Link"] == f'<{uri}>; rel="alternate"; type="application/activity+json"'


async def test_every_page_names_the_object_that_it_shows(visitor: Browser, lomme: Village) -> None:
    shown = {
        "/annonces": "http://lomme.test/users/coop",
        "/@alice": lomme.alice.uri,
        lomme.tent.post.url.removeprefix(lomme.site.url): lomme.tent.uri,
        f"/notes/{lomme.distant_note.id}": lomme.distant_note.uri,
    }
    for path, uri in shown.items():
        page = await visitor.get(path)

        assert page.html.xpath("//link[@rel='alternate'][@type='application/activity+json']/@href") == [uri]
