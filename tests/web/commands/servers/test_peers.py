"""`declic peer`: what scripts and administrators read of other servers, and do about them."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.databases import copy_database, with_database
from tests.servers import make_environment
from tests.web.warm_commands import WarmCommands


class Shell:
    """Commands on one instance whose server does not run."""

    def __init__(self, env: dict[str, str], url: str, commands: WarmCommands) -> None:
        self.env, self.url, self.commands = env, url, commands

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        """`declic peer …`: status, stdout, stderr."""
        return await self.commands.run(self.env, "peer", *arguments)

    async def result(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        status, out, err = await self.run(*arguments)
        assert status == 0, err
        return out.strip()

    async def sql(self, sql: str, *args: Any) -> Any:
        """The first value of a query."""
        conn = await asyncpg.connect(self.url)
        try:
            return await conn.fetchval(sql, *args)
        finally:
            await conn.close()


@pytest.fixture(scope="module")
async def shell(
    postgres_url: str, furnished: str, commands: WarmCommands, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shell]:
    """One instance for all commands here; one delivery to Hénin failed a day ago."""
    name = f"{furnished}_peers"
    admin = await asyncpg.connect(postgres_url)
    await copy_database(admin, furnished, name)
    url = with_database(postgres_url, name)
    env = make_environment(tmp_path_factory.mktemp("peers"), 9, database_url=url, url="http://lomme.test")
    shell = Shell(env, url, commands)
    await shell.sql("INSERT INTO server (host, name, last_in_at) VALUES ('henin.test', 'Coop', now())")
    await shell.sql(
        """
        WITH alice AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox)
            VALUES (7, 'http://lomme.test/users/zoe', 'Person', true, 'zoe', 'lomme.test', '', '') RETURNING id
        ), sent AS (
            INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body)
            SELECT 7, 'http://lomme.test/a/7', 'Create', id, 'http://lomme.test/n/7', true, '{}' FROM alice RETURNING id
        )
        INSERT INTO delivery (activity_id, actor_id, inbox, host, state, error, cause, attempts, created_at)
        SELECT id, 7, 'https://henin.test/inbox', 'henin.test', 'failed', 'henin.test forbids this.', 'forbidden', 16,
            now() - interval '1 day' FROM sent
        """
    )
    yield shell
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_servers_are_listed_for_people_and_for_scripts(shell: Shell) -> None:
    table = (await shell.result("list")).splitlines()
    [found] = [one for one in json.loads(await shell.result("list", "--json")) if one["host"] == "henin.test"]

    assert table[0].split()[:3] == ["host", "state", "level"]
    assert any(line.startswith("henin.test") and "well" in line for line in table)
    assert (found["state"], found["level"], found["failed"], found["name"]) == ("well", "reader", 1, "Coop")
    assert json.loads(await shell.result("list", "--only", "aside", "--json")) == []


async def test_one_server_is_shown_with_what_did_not_get_there(shell: Shell) -> None:
    found = json.loads(await shell.result("show", "HENIN.test", "--json"))

    assert [(one["type"], one["state"], one["cause"]) for one in found["troubles"]] == [
        ("Create", "failed", "forbidden")
    ]
    assert "failed: Create http://lomme.test/n/7 henin.test forbids this." in await shell.result("show", "henin.test")


async def test_what_was_not_delivered_is_sent_again_held_and_released(shell: Shell) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()

    assert await shell.result("catch-up", "henin.test", datetime.now(UTC).date().isoformat()) in {"0", "1"}
    await shell.sql("UPDATE delivery SET state = 'failed'")
    assert await shell.result("catch-up", "henin.test", yesterday) == "1"
    assert await shell.result("hold", "henin.test") == "1"
    assert json.loads(await shell.result("show", "henin.test", "--json"))["state"] == "paused"
    assert await shell.result("release", "henin.test") == "1"
    assert await shell.run("retry", "henin.test") == (0, "1\n", "So many deliveries are tried now.\n")
    assert await shell.sql("SELECT state FROM delivery") == "waiting"
    await shell.sql("UPDATE delivery SET state = 'failed'")


async def test_friends_are_made_and_left_by_command(shell: Shell) -> None:
    await shell.sql(
        """
        WITH coop AS (
            INSERT INTO actor (id, uri, type, local, username, host, url, inbox) VALUES
                (70, 'https://henin.test/users/coop', 'Organization', false, 'coop', 'henin.test', '',
                    'https://henin.test/inbox') RETURNING id
        )
        INSERT INTO friendship (actor_id, state) SELECT id, 'met' FROM coop
        """
    )
    offer = "UPDATE friendship SET state = 'asked', their_offer_uri = 'https://henin.test/o/1'"

    assert (await shell.result("friendship", "list")).startswith("henin.test met ")
    assert await shell.result("amitie", "proposer", "henin.test") == "proposed"
    assert "It stands as" not in await shell.result("friendship", "end", "henin.test", "--dry-run")
    assert await shell.result("friendship", "end", "henin.test") == "none"
    assert (await shell.run("friendship", "accept", "henin.test"))[0] == 1
    await shell.sql("INSERT INTO friendship (actor_id, state) VALUES (70, 'met')")
    await shell.sql(offer)
    assert await shell.run("amitie", "refuser", "henin.test", "--dry-run") == (
        0,
        "asked\n",
        "Of henin.test: what it proposed would be refused, and it would be told.\n",
    )
    assert await shell.result("friendship", "refuse", "henin.test") == "declined"
    assert (await shell.run("friendship", "refuse", "henin.test"))[0] == 1
    await shell.sql(offer)
    assert await shell.result("amitie", "accepter", "HENIN.test") == "confirmed"
    assert json.loads(await shell.result("show", "henin.test", "--json"))["level"] == "friend"
    assert await shell.result("amitie", "terminer", "henin.test") == "none"
    assert json.loads(await shell.result("show", "henin.test", "--json"))["level"] == "reader"

    said = await shell.sql(
        "SELECT array_agg(type ORDER BY id) FROM activity WHERE object_uri ~ 'henin.test/users/coop'"
    )
    noted = await shell.sql(
        "SELECT array_agg(details ->> 'what' ORDER BY id) FROM journal_entry WHERE details ? 'host'"
    )
    assert said == ["Offer", "Undo", "Reject", "Accept", "Reject"]
    assert noted == ["befriend", "take_back", "decline", "befriend", "end"]
    await shell.sql("DELETE FROM actor WHERE id = 70")


async def test_people_read_what_is_wrong_and_what_to_do_about_it(shell: Shell) -> None:
    await shell.sql(
        """
        INSERT INTO server (host, name, failure, failure_cause, last_failure_at)
        VALUES ('lens.test', 'La Gaillette', 'x', 'forbidden', now())
        """
    )

    [line] = [line for line in (await shell.result("list")).splitlines() if line.startswith("lens.test")]
    shown = await shell.result("show", "lens.test")
    await shell.sql("DELETE FROM server WHERE host = 'lens.test'")

    assert line.split()[1:9] == ["failing", "reader", "0", "0", "0", "-", "-", "-"]
    assert line.endswith("La Gaillette  lens.test forbids it: it may have set our co-op aside.")
    assert "what to do: Ask whoever runs it why, by another way." in shown


async def test_b52_whether_private_things_are_sent_is_chosen_and_shown(shell: Shell) -> None:
    off = await shell.result("private", "BETHUNE.test", "off")
    shown, table = await shell.result("show", "bethune.test"), await shell.result("list")
    below, out, err = await shell.run("private", "sub.bethune.test", "on")
    on = await shell.result("private", "bethune.test", "on")
    found = json.loads(await shell.result("show", "bethune.test", "--json"))

    assert (off, on, found["no_private"]) == ("off", "on", False)
    assert "no private: True" in shown
    assert any(line.startswith("bethune.test") and "reader,nothing-private" in line for line in table.splitlines())
    assert (below, out, err) == (1, "", "This is decided for a name above its own: change it there.\n")


async def test_level_is_set(shell: Shell) -> None:
    assert await shell.result("level", "arras.test", "friend") == "friend"
    assert await shell.sql("SELECT level FROM server WHERE host = 'arras.test'") == "friend"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("show", "nobody.test"), 1, "Nothing is known of nobody.test"),
        (("retry", "nobody.test"), 1, "Nothing is known of nobody.test"),
        (("catch-up", "henin.test", "hier"), 2, "hier"),
        (("level", "henin.test", "enemy"), 2, "enemy"),
        (("private", "henin.test", "perhaps"), 2, "perhaps"),
        (("list", "--only", "nothing"), 2, "nothing"),
        (("why", "https://henin.test/1", "--as", "nobody"), 1, "no member named nobody"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(
    shell: Shell, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    found, out, err = await shell.run(*arguments)

    assert (found, out, err.count("\n")) == (status, "", 1)
    assert sentence in err


async def test_a_server_that_is_not_there_fails_at_its_step(shell: Shell) -> None:
    status, out, err = await shell.run("test", "nowhere.invalid")

    steps = [line.split()[:2] for line in out.splitlines()]
    assert status == 1 and err == "nowhere.invalid fails at reach.\n"
    assert steps[:3] == [["ok", "welcome"], ["FAILS", "reach"], ["-", "clock"]]


async def test_why_names_the_step_that_fails(shell: Shell) -> None:
    status, out, err = await shell.run("why", "https://nowhere.invalid/annonces/1")

    assert status == 1 and err == "It fails at document.\n"
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", "address"],
        ["ok", "welcome"],
        ["FAILS", "document"],
    ]
