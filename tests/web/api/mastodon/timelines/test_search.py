"""Search, and what it fetches from elsewhere."""

from urllib.parse import quote

from federation.errors import Cause, FetchFailed
from models.posts import Tag
from models.store.database import connection, fetch_value
from tests.factories import make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api

URL = "/api/v2/search"

NOWHERE = (
    "@nobody@gone.test",
    "https://gone.test/notes/1",
    "https://lomme.test/users/nobody",
    "https://lomme.test/annonces/x",
    "https://127.0.0.1/x",
    "http://[::1",
    "@a@b@c",
    "javascript:alert(1)",
    "%00",
    "\ud800",
    "x" * 5000,
    "' OR 1=1 --",
    "<script>",
    "!!!",
    "tente & | ! (",
)


SIGNS = ("%", "n_p", "_", "vélo !", "\\")


async def find(api: Api, text: str, **params: str) -> dict[str, list[dict[str, object]]]:
    value: dict[str, list[dict[str, object]]] = await api.get(URL, strict.results, q=text, **params)
    return value


async def test_signs_that_stand_for_any_letter_elsewhere_stand_for_themselves(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_member(conn, "jean_paul", name="100 % vélo !")
        await make_member(conn, "jeanxpaul")

    found = [[one["username"] for one in (await find(alice.api, text))["accounts"]] for text in SIGNS]

    assert found == [["jean_paul"], ["jean_paul"], ["jean_paul"], ["jean_paul"], []]


async def test_words_find_people_listings_and_hashtags(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_remote_actor(conn, "tentes", name="Le coin des tentes")
        tent = await make_listing(conn, alice.actor, post={"tags": (Tag(tag="tentes", name="Tentes"),)})
        await make_listing(conn, alice.actor, title="Vélo")

    found = await find(alice.api, "tente")

    assert [one["username"] for one in found["accounts"]] == ["tentes"]
    assert [one["id"] for one in found["statuses"]] == [str(tent.id)]
    assert [one["name"] for one in found["hashtags"]] == ["Tentes"]


async def test_one_type_only_still_answers_all_three_lists(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_listing(conn, alice.actor)

    assert await find(alice.api, "alice", type="hashtags") == {"accounts": [], "statuses": [], "hashtags": []}
    assert len((await find(alice.api, "alice", type="accounts"))["accounts"]) == 1
    assert (await find(alice.api, "", resolve="true")) == {"accounts": [], "statuses": [], "hashtags": []}


async def test_a_handle_from_elsewhere_is_resolved_for_members_only(alice: Alice) -> None:
    alice.api.fediverse.add_person("carol", "carvin.test")

    for text in ("@carol@carvin.test", "carol@carvin.test"):
        assert (await find(alice.api.as_anybody(), text, resolve="true"))["accounts"] == []
        assert (await find(alice.api, text))["accounts"] == []
    assert alice.api.fediverse.fetched == []
    for text in ("carol@carvin.test", "@carol@carvin.test", "https://carvin.test/users/carol"):
        [account] = (await find(alice.api, text, resolve="true"))["accounts"]
        assert account["acct"] == "carol@carvin.test"


async def test_a_post_from_elsewhere_is_resolved_by_its_id(alice: Alice) -> None:
    carol = alice.api.fediverse.add_person("carol", "carvin.test")
    uri = "https://carvin.test/notes/1"
    alice.api.fediverse.documents[uri] = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": uri,
        "type": "Note",
        "attributedTo": carol.uri,
        "content": "<p>Qui a une échelle ?</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "published": "2026-11-24T10:00:00Z",
    }

    [status] = (await find(alice.api, uri, resolve="true", type="statuses"))["statuses"]
    [again] = (await find(alice.api.as_anybody(), uri))["statuses"]

    assert status["content"] == "<p>Qui a une échelle ?</p>"
    assert again["id"] == status["id"]


async def test_a_listing_here_is_found_by_id_and_by_page_and_private_ones_by_neither(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
        open_ = await make_listing(conn, bob)
        secret = await make_note(conn, bob, audience="direct")

    for address in (open_.uri, open_.post.url):
        assert [one["id"] for one in (await find(alice.api, address, resolve="true"))["statuses"]] == [str(open_.id)]
    for address in (secret.uri, secret.url):
        assert (await find(alice.api, address, resolve="true"))["statuses"] == []


async def test_what_leads_nowhere_finds_nothing(alice: Alice) -> None:
    alice.api.fediverse.documents["https://gone.test/notes/1"] = FetchFailed(Cause.TIMED_OUT, "gone.test")

    for text in NOWHERE:
        answer = await alice.api.ask("GET", f"{URL}?resolve=true&q={quote(text, errors='surrogatepass')}")

        assert (answer.status, answer.json) == (200, {"accounts": [], "statuses": [], "hashtags": []}), text


async def test_results_are_paged_by_offset(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        made = [str((await make_listing(conn, alice.actor)).id) for _ in range(3)]
        for name in ("velo", "velocargo", "velorail"):
            await make_note(conn, alice.actor, tags=(Tag(tag=name, name=name),))

    first = await find(alice.api, "tente", limit="2")
    second = await find(alice.api, "tente", limit="2", offset="2")
    tags = [*(await find(alice.api, "#vélo", limit="2"))["hashtags"]]
    tags += (await find(alice.api, "#vélo", limit="2", offset="2"))["hashtags"]

    assert [one["id"] for one in first["statuses"] + second["statuses"]] == made[::-1]
    assert [one["name"] for one in tags] == ["velo", "velorail", "velocargo"]


async def test_members_only_listings_are_found_by_members_only(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_listing(conn, await make_member(conn, "bob"), post={"audience": "coop"})

    assert len((await find(alice.api, "tente"))["statuses"]) == 1
    assert (await find(alice.api.as_anybody(), "tente"))["statuses"] == []


async def test_a_hashtag_tells_its_last_seven_days(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        for _ in range(2):
            await make_note(conn, alice.actor, tags=(Tag(tag="velo", name="Vélo"),))
        await make_note(conn, alice.actor, audience="direct", tags=(Tag(tag="velo", name="Vélo"),))

    tag = await alice.api.get("/api/v1/tags/VELO", strict.tag)
    unknown = await alice.api.get("/api/v1/tags/Inconnu", strict.tag)

    assert tag["name"] == "Vélo"
    assert [(day["uses"], day["accounts"]) for day in tag["history"]] == [("2", "1")] + [("0", "0")] * 6
    assert (unknown["name"], unknown["history"][0]["uses"]) == ("Inconnu", "0")
    assert (await alice.api.ask("GET", "/api/v1/tags/%23")).status == 404
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post_tag") == 3
