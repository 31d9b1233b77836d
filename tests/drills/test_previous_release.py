"""The release before serves on while this one migrates its database under it, and refuses to start on it again.

The short form is `tests/models/store/test_previous_version.py`, which plans all that it may ask.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from models.store.migrate import list_migrations
from tests.models.store.test_previous_version import PREVIOUS
from tests.recorded.browser import Answer, Browser, sign
from tests.recorded.sides import drop_databases, make_databases, make_settings, with_database
from tests.recorded.trees import CommandFailed, Tree, exported, is_known, open_tree, wait_until_ready
from tests.samples.databases.neighbour import KEY_ID, Neighbour, running_neighbour
from tests.samples.databases.restoring import Sample, load_sample

pytestmark = pytest.mark.skipif(not is_known(PREVIOUS), reason="an archive has no earlier versions: no .git is here")

WITHIN = 60

MIGRATIONS = "models/store/migrations"

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The release before, started on its own schema, which is migrated by now; Émile lives at a neighbour's."""

    tree: Tree
    settings: dict[str, str]
    sample: Sample
    log: Path
    emile: Neighbour

    def browser(self, name: str = "", **headers: str) -> Browser:
        """Somebody's browser with the cookies that she had, or a visitor's."""
        host, _, port = self.settings["listen"].rpartition(":")
        cookies = dict(self.sample.kept["cookies"].get(name, {}))
        where = urlsplit(self.settings["url"]).netloc
        return Browser(listen=(host, int(port)), host=where, cookies=cookies, headers=headers)

    def ask(self, method: str, path: str, **value: Any) -> Answer:
        """A call of Maryse's app."""
        token = self.sample.kept["app"]["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.browser().ask(method, path, json.dumps(value).encode() if value else b"", headers)

    def say(self, activity: dict[str, Any]) -> int:
        """Émile's server sends something; the status."""
        body, browser = json.dumps(activity).encode(), self.browser()
        pem = self.sample.kept["neighbour"]["private_key"]
        headers = sign(pem, KEY_ID, "POST", "/inbox", browser.host, body)
        return browser.ask("POST", "/inbox", body, headers | {"Content-Type": "application/activity+json"}).status

    def look(self, sql: str, *values: object) -> Any:
        """The first value that a statement gives."""

        async def fetch() -> Any:
            conn = await asyncpg.connect(self.settings["database_url"])
            try:
                return await conn.fetchval(sql, *values)
            finally:
                await conn.close()

        return asyncio.run(fetch())


def until(found: Callable[[], Any]) -> Any:
    """What is found, once it is."""
    end = time.monotonic() + WITHIN
    while not (value := found()) and time.monotonic() < end:
        time.sleep(0.2)
    return value


@pytest.fixture(scope="module")
def previous(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previous]:
    """It runs, with its worker; then `declic migrate` of this version beside it."""
    sample = load_sample(PREVIOUS[:7])
    name, folder = f"declic_previous_{secrets.token_hex(4)}", tmp_path_factory.mktemp("previous")
    folder.chmod(0o755)
    kept = sample.kept["neighbour"]
    asyncio.run(make_databases(postgres_url, sample, [name]))
    emile = Neighbour(key_pem=kept["private_key"], public_pem=kept["public_key"])
    try:
        with exported(PREVIOUS) as tree, open_tree() as ours, running_neighbour(emile):
            settings = make_settings(sample, with_database(postgres_url, name), folder / "data")
            log = folder / "log"
            tree.declic(settings, "migrate")
            one = Previous(tree=tree, settings=settings, sample=sample, log=log, emile=emile)
            with tree.running(settings, "serve", log=log) as process:
                wait_until_ready(one.browser(Accept="application/json"), process, log, "/readyz")
                ours.declic(settings, "migrate")
                yield one
    finally:
        asyncio.run(drop_databases(postgres_url, [name]))


def test_its_pages_are_read_and_somebody_logs_in(previous: Previous) -> None:
    maryse = previous.browser("maryse")
    visitor = previous.browser()

    pages = [maryse.get(path).status for path in ("/chez-moi", "/echanges", "/compte", "/annonces", "/coop")]
    entered = visitor.submit("/connexion", "/connexion", login="hocine", password=previous.sample.kept["password"])

    assert pages[:4] == [200] * 4 and pages[4] in (200, 403, 404)  # she is not of the team
    assert (entered.status, visitor.get("/chez-moi").status) == (303, 200)


def test_what_is_published_is_delivered_and_read_again(previous: Previous) -> None:
    said = previous.ask("POST", "/api/v1/statuses", status="Encore là, sur la base de demain.")
    uri = json.loads(said.body)["uri"]

    def arrived() -> bool:
        return any(
            (one.get("object") or {}).get("id") == uri
            for one in previous.emile.received
            if isinstance(one.get("object"), dict)
        )

    assert said.status == 200
    assert until(arrived)
    assert previous.browser().get(urlsplit(uri).path, Accept="application/activity+json").status == 200


def test_what_a_neighbour_sends_takes_effect(previous: Previous) -> None:
    emile, maryse = previous.sample.kept["emile"], previous.sample.kept["maryse"]
    note = {
        "id": "http://127.0.0.1:8911/notes/700",
        "type": "Note",
        "attributedTo": emile,
        "to": [PUBLIC, maryse],
        "content": "<p>Bonjour Maryse, la remorque est graissée.</p>",
        "published": "2026-11-29T08:00:00Z",
        "tag": [{"type": "Mention", "href": maryse, "name": "@maryse"}],
    }
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "http://127.0.0.1:8911/activities/700",
        "type": "Create",
        "actor": emile,
        "to": note["to"],
        "object": note,
    }

    assert previous.say(activity) == 202

    sql = "SELECT count(*) FROM notification n JOIN post p ON p.id = n.post_id WHERE p.uri = $1 AND n.type = 'mention'"
    assert until(lambda: previous.look(sql, note["id"])) == 1


def test_a_request_is_answered(previous: Previous) -> None:
    thread = previous.look(
        """
        SELECT '/echanges/' || exchange_id FROM agreement JOIN actor ON actor.id IN (owner_id, partner_id)
        WHERE state IN ('requested', 'countered') AND proposed_by <> actor.id AND actor.uri = $1 LIMIT 1
        """,
        previous.sample.kept["maryse"],
    )

    agreed = previous.browser("maryse").submit(thread, f"{thread}/accord", act="accept")

    state = "SELECT state FROM agreement WHERE exchange_id = $1 ORDER BY id DESC LIMIT 1"
    assert (agreed.status, previous.look(state, int(thread.rpartition("/")[2]))) == (303, "agreed")


def test_nothing_broke_and_it_does_not_start_again_on_what_a_later_one_made(previous: Previous) -> None:
    words = previous.log.read_text(errors="replace")

    came = list_migrations() != list_migrations(previous.tree.folder / MIGRATIONS)
    with pytest.raises(CommandFailed, match="newer version") if came else nullcontext():
        previous.tree.declic(previous.settings, "migrate")

    assert "Traceback" not in words and "chore_failed" not in words, words[-3000:]
