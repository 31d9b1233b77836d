"""Databases as earlier versions left them start on this one with nothing changed, and nobody has to do anything."""

import json
from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import pytest

from federation.proofs.vouching import verify_proof
from models.store.database import connection
from tests.drills.ground import LONG
from tests.eventually import eventually
from tests.fediverse import Post
from tests.recorded.browser import Answer
from tests.samples.databases.restoring import FOLDER, list_samples
from tests.stories.earlier import Counts, Earlier, migrated_earlier, running_earlier

DOCUMENT = "application/activity+json"

PASSWORD = "un nouveau mot de passe assez long"

LARGEST = 300_000
"""Bytes of a sample: it stays in the history of this repository for good."""

GROWING = {"migration"}

RENAMED = {"knock": "access_request"}
"""Tables that have another name since."""

GONE = {"arrival"}
"""Tables that are no more; no sample has a row in them."""

ENDS = [list_samples()[0], list_samples()[-1]]
"""The oldest sample and the newest: what a server does with old rows is tried on these."""

BETWEEN = [name for name in list_samples() if name not in ENDS]
"""The others: each was changed by other migrations, so that the rows of each are counted; in the long form each is
served and read as well.
"""

SERVED = [*ENDS, *(BETWEEN if LONG else ())]

on_the_ends = pytest.mark.usefixtures("at_an_end")


@pytest.fixture(scope="module", params=SERVED)
async def earlier(
    request: pytest.FixtureRequest, postgres_url: str, furnished: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Earlier]:
    """This version on one of the samples; communes and words, which no sample has, are there for the two ends."""
    data, lists = tmp_path_factory.mktemp("earlier"), request.param in ENDS
    async with running_earlier(postgres_url, furnished, request.param, data, lists=lists) as running:
        yield running


@pytest.fixture
def at_an_end(request: pytest.FixtureRequest, earlier: Earlier) -> None:
    """Leave out the samples between."""
    if request.node.callspec.params["earlier"] not in ENDS:
        pytest.skip("tried on the oldest and the newest alone")


def expect(answer: Answer, status: int = 200) -> Answer:
    """The answer, which has this status."""
    assert answer.status == status, answer.text[:2000]
    return answer


@pytest.mark.parametrize("name", list_samples())
def test_a_sample_is_small(name: str) -> None:
    size = (FOLDER / f"{name}.sql.gz").stat().st_size

    assert size <= LARGEST


def require_same_rows(before: Counts, after: Counts) -> None:
    """No table has other rows than it had."""
    changed = {name: (rows, after.get(RENAMED.get(name, name))) for name, rows in before.items()}

    assert before["post"] > 30
    assert not {name: both for name, both in changed.items() if both[0] != both[1] and name not in GROWING | GONE}
    assert not {name for name in GONE if before.get(name)}


async def test_no_row_is_lost_or_made(earlier: Earlier) -> None:
    require_same_rows(earlier.before, earlier.after)


@pytest.mark.parametrize("name", BETWEEN)
async def test_nor_is_any_of_the_samples_between(name: str, postgres_url: str) -> None:
    async with migrated_earlier(postgres_url, name) as (_, before, after):
        require_same_rows(before, after)


async def test_every_person_and_every_post_answers_where_it_did(earlier: Earlier) -> None:
    async with connection(earlier.instance.pool) as conn:
        # Inès has not confirmed her address yet, and is shown to nobody until then.
        actors = await conn.fetch("SELECT uri FROM actor WHERE local AND username <> 'ines'")
        posts = await conn.fetch("SELECT uri FROM post WHERE local AND audience = 'network' AND deleted_at IS NULL")
    uris = [row["uri"] for row in (*actors, *posts)]

    found = {uri: json.loads(expect(await earlier.get(uri, accept=DOCUMENT)).body)["id"] for uri in uris}

    assert len(posts) > 5
    assert found == {uri: uri for uri in uris}


async def test_webfinger_finds_whom_it_found(earlier: Earlier) -> None:
    resource = quote(f"acct:maryse@{earlier.instance.site.host}")

    answer = expect(await earlier.get(f"/.well-known/webfinger?resource={resource}"))

    links = json.loads(answer.body)["links"]
    assert earlier.kept["maryse"] in {link.get("href") for link in links}


async def test_addresses_of_pages_that_somebody_kept_show_what_they_did(earlier: Earlier) -> None:
    page = expect(await earlier.get(earlier.kept["listing_page"]))
    by_number = await earlier.get(f"/annonces/d/{earlier.kept['listing_id']}")

    async with connection(earlier.instance.pool) as conn:
        title = await conn.fetchval(
            "SELECT title FROM listing JOIN post ON post.id = post_id WHERE uri = $1", earlier.kept["listing"]
        )
    assert title in page.text
    assert by_number.header("Location").endswith(earlier.kept["listing_page"])
    for thread in earlier.kept["threads"]:
        expect(await earlier.get(thread, by="maryse"))
    assert len(earlier.kept["threads"]) > 1


@on_the_ends
async def test_a_browser_that_was_logged_in_still_is(earlier: Earlier) -> None:
    page = expect(await earlier.get("/compte", by="maryse"))
    sent = await earlier.submit("/compte/profil", "/compte/profil", by="maryse", name="Maryse L.")

    shown = json.loads((await earlier.get(earlier.kept["maryse"], accept=DOCUMENT)).body)
    assert "Vérifiez" not in page.text
    assert (sent.status, shown["name"]) == (303, "Maryse L.")


@on_the_ends
async def test_an_app_goes_on_with_its_token(earlier: Earlier) -> None:
    token = earlier.kept["app"]["token"]

    own = json.loads(expect(await earlier.ask("GET", "/api/v1/accounts/verify_credentials", token)).body)
    said = json.loads(
        expect(
            await earlier.ask("POST", "/api/v1/statuses", token, json.dumps({"status": "Encore là !"}).encode())
        ).body
    )
    planned = json.loads(expect(await earlier.ask("GET", "/api/v1/scheduled_statuses", token)).body)

    assert (own["username"], said["application"]["name"]) == ("maryse", "Tusky")
    assert [one["params"]["text"] for one in planned] == ["À dimanche !"]


async def test_a_calendar_that_was_subscribed_to_is_still_read(earlier: Earlier) -> None:
    answer = expect(await earlier.get(earlier.kept["calendar"], accept="*/*"))

    assert answer.header("Content-Type").startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert "BEGIN:VEVENT" in answer.text


@on_the_ends
async def test_links_in_mails_still_do_what_they_said(earlier: Earlier) -> None:
    links = earlier.kept["links"]

    confirmed = await earlier.submit(links["address"], links["address"], by="hocine")
    changed = await earlier.submit(links["password"], links["password"], password=PASSWORD)
    back = await earlier.submit("/connexion", "/connexion", login="hocine", password=PASSWORD)
    entered = await earlier.submit(links["login"], links["login"])
    joined = await earlier.submit(links["joining"], links["joining"])
    stopped = await earlier.submit(links["fewer_mails"], links["fewer_mails"])
    guest = await earlier.get(links["guest"])

    async with connection(earlier.instance.pool) as conn:
        addresses = await conn.fetch("SELECT email FROM account WHERE confirmed_at IS NOT NULL")
        rhythms = await conn.fetch("SELECT kind, rhythm FROM mail_choice ORDER BY kind")
    assert [one.status for one in (confirmed, changed, back, entered, joined)] == [303] * 5
    assert (stopped.status, guest.status) == (200, 200)
    assert {"hocine@nouveau.example", "ines@example.org"} <= {row["email"] for row in addresses}
    assert {("exchanges", "never"), ("messages", "never")} <= {(row["kind"], row["rhythm"]) for row in rhythms}
    assert "est-ce encore libre" in guest.text


@on_the_ends
async def test_work_that_waited_is_done(earlier: Earlier) -> None:
    async def archive() -> Answer | None:
        answer = await earlier.get("/compte/donnees/archive", by="maryse")
        return answer if answer.status == 200 else None

    link = await earlier.mail("nadia@example.org", r"/lien/[A-Za-z0-9_-]{20,80}")
    packed = await eventually(archive)

    expect(await earlier.get(link))
    assert packed.body[:2] == b"PK"


@on_the_ends
async def test_what_waited_to_be_delivered_leaves_under_the_keys_of_then(earlier: Earlier) -> None:
    async def delivered() -> list[Post] | None:
        sent = [post for post in earlier.fediverse.posts if post.activity["type"] == "Create"]
        notes = [post for post in sent if post.activity["object"]["id"] == earlier.kept["note"]]
        return (
            notes if {urlsplit(post.inbox).netloc for post in notes} == {"127.0.0.1:8911", "localhost:8002"} else None
        )

    notes = await eventually(delivered)

    actor = json.loads((await earlier.get(earlier.kept["maryse"], accept=DOCUMENT)).body)
    assert {post.key_id for post in notes} == {actor["publicKey"]["id"]}
    assert [await verify_proof(earlier.instance, post.activity) for post in notes] == [earlier.kept["maryse"]] * len(
        notes
    )


@on_the_ends
async def test_what_was_received_but_not_read_takes_effect(earlier: Earlier) -> None:
    token = earlier.kept["tokens"]["maryse"]

    async def told() -> set[tuple[str, str]] | None:
        news = json.loads((await earlier.ask("GET", "/api/v1/notifications?limit=80", token)).body)
        seen = {(one["type"], one["status"]["uri"]) for one in news if "status" in one}
        wanted = {("mention", earlier.kept["waiting_note"]), ("favourite", earlier.kept["liked"])}
        return seen if wanted <= seen else None

    assert await eventually(told)


@on_the_ends
async def test_an_agreement_under_way_is_closed(earlier: Earlier) -> None:
    async with connection(earlier.instance.pool) as conn:
        thread = await conn.fetchval(
            """
            SELECT '/echanges/' || exchange_id FROM agreement JOIN actor ON actor.id IN (owner_id, partner_id)
            WHERE state IN ('requested', 'countered') AND proposed_by <> actor.id AND actor.uri = $1 LIMIT 1
            """,
            earlier.kept["maryse"],
        )

    agreed = await earlier.submit(thread, f"{thread}/accord", by="maryse", act="accept")

    async def told() -> object:
        return [post for post in earlier.fediverse.posts if post.activity["type"] == "Accept"]

    assert agreed.status == 303
    assert await eventually(told)


async def test_a_listing_that_was_begun_in_an_app_is_still_offered_to_its_author(earlier: Earlier) -> None:
    page = expect(await earlier.get("/chez-moi", by="maryse"))

    assert "brouette" in page.text
