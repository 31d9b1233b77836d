"""Pages in the caches of browsers: asked for again each time, answered 304 where nothing changed."""

from tests.web.pages.conftest import Browser

FRENCH = {"Accept": "text/html", "Accept-Language": "fr"}


async def test_a_page_that_did_not_change_is_not_sent_again(visitor: Browser) -> None:
    first = await visitor.client.get("/aide", headers=FRENCH)
    again = await visitor.client.get("/aide", headers=FRENCH | {"If-None-Match": first.headers["ETag"]})
    english = await visitor.client.get(
        "/aide", headers={"Accept-Language": "en", "If-None-Match": first.headers["ETag"]}
    )

    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(first.headers["Vary"].split(", "))
    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert english.status == 200 and english.headers["ETag"] != first.headers["ETag"]


async def test_a_page_of_a_member_is_kept_by_her_browser_alone(alice: Browser) -> None:
    first = await alice.client.get("/annonces", headers=FRENCH)
    again = await alice.client.get("/annonces", headers=FRENCH | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"
    assert again.status == 304


async def test_a_page_that_is_missing_has_no_tag(visitor: Browser) -> None:
    missing = await visitor.client.get("/nulle-part", headers=FRENCH)

    assert missing.status == 404 and "ETag" not in missing.headers
