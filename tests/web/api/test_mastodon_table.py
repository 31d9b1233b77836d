"""Mastodon's documented API held against ours, both ways: nothing is missing without a reason, nothing is unknown."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.web.api.mastodon_table import PAGE, Documented, read_list, shape_of, write_page
from web.api.mastodon.instance.instance import API_VERSION, SPOKEN_VERSION
from web.api.routes import HEALTH, KNOWN, OAUTH, OWN, ROUTES
from web.api.stubs import show_missing
from web.pages.routes import ROUTES as PAGES

DOCUMENTED = read_list()

VALUES = {":group_key": "follow-1", ":name": "lomme", ":hashtag": "lomme", ":date": "2026-01-01"}


def is_later(since: str) -> bool:
    """Whether this came after the version that is announced."""
    return [int(part) for part in since.split(".")[:2]] > [int(part) for part in SPOKEN_VERSION.split(".")[:2]]


@pytest.fixture(scope="module")
def router() -> web.UrlDispatcher:
    """The addresses of a whole server."""
    app = web.Application()
    app.add_routes([*ROUTES, *PAGES])
    return app.router


async def is_routed(router: web.UrlDispatcher, one: Documented) -> bool:
    path = re.sub(r":[a-z_]+", lambda name: VALUES.get(name[0], "1"), one.path)
    found = await router.resolve(make_mocked_request(one.method, path))
    return found.http_exception is None and found.handler is not show_missing


async def test_each_documented_address_is_here_or_left_out_with_a_reason(router: web.UrlDispatcher) -> None:
    wrong = [
        (one.method, one.path, "is said to be here" if one.is_here else "is said to be left out")
        for one in DOCUMENTED
        if await is_routed(router, one) is not one.is_here
    ]

    assert wrong == []
    assert all(len(one.here) > 20 for one in DOCUMENTED if not one.is_here)


def test_each_of_our_addresses_is_documented_by_mastodon_or_by_us() -> None:
    known = {one.shape for one in DOCUMENTED}
    oauth = [route for route in PAGES if route.path.rstrip("/").startswith("/oauth/")]

    unknown = [
        (route.method, route.path)
        for route in (*KNOWN, *HEALTH, *OAUTH, *oauth)
        if (route.method, shape_of(route.path.rstrip("/"))) not in known and "{stream:" not in route.path
    ]

    assert unknown == []
    assert all(route.path.startswith("/api/v1/declic/") for route in OWN)


def test_no_address_stands_twice_and_none_newer_than_what_is_announced_is_missed_by_accident() -> None:
    assert len({one.shape for one in DOCUMENTED}) == len(DOCUMENTED) > 250
    later = {one.path for one in DOCUMENTED if is_later(one.since) and one.is_here}
    assert later == {"/api/v1/profile"}


def test_the_page_for_people_says_what_the_list_says() -> None:
    assert PAGE.read_text() == write_page(DOCUMENTED, f"{SPOKEN_VERSION}, API version {API_VERSION}"), (
        "run make api-table"
    )
