"""A page's address also works for servers that look for the object behind it."""

import pytest
from aiohttp.test_utils import make_mocked_request

from tests.village import Village
from tests.web.pages.conftest import Browser
from web.accept import prefers
from web.pages.servers import JSON, PAGE

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
    request = make_mocked_request("GET", "/", headers={"Accept": accept})

    assert (prefers(request, JSON, PAGE) is True) == wanted


async def test_server_is_led_from_the_page_to_the_object(visitor: Browser, lomme: Village) -> None:
    for path, uri in (
        (lomme.tent.post.url.removeprefix(lomme.site.url), lomme.tent.uri),
        ("/@alice", lomme.alice.uri),
    ):
        answer = await visitor.client.get(path, headers={"Accept": MASTODON}, allow_redirects=False)

        assert (answer.status, answer.headers["Location"]) == (303, uri)


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
