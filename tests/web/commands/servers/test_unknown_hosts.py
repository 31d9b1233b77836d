"""`declic peer waiting`, `admit`, `send-away`: the same decisions without a browser."""

import orjson
import pytest

from federation.instance import Instance
from models.servers import trust_levels, waiting_posts
from models.store.database import Pool, connection, transaction
from tests.database_queries import is_known
from tests.factories import make_listing, make_remote_actor
from tests.web.small_app import make_instance
from web.commands.runner import CommandFailed
from web.commands.servers import unknown_hosts


@pytest.fixture
async def instance(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """The instance that commands work on; a listing of neu.test waits."""
    made = make_instance(pool)

    class Working:
        async def __aenter__(self) -> Instance:
            return made

        async def __aexit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(unknown_hosts, "working_instance", Working)
    async with transaction(pool) as conn:
        author = await make_remote_actor(conn, "mallory", "neu.test")
        listing = await make_listing(conn, author, title="Montre", post={"audience": "unlisted"})
        await waiting_posts.keep(conn, listing.id, "neu.test", "network", wanted=False)
    return made


async def test_who_waits_is_listed_for_people_and_for_scripts(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    await unknown_hosts._list_waiting(as_json=False)
    line = capsys.readouterr().out
    await unknown_hosts._list_waiting(as_json=True)
    [one] = orjson.loads(capsys.readouterr().out)

    assert line.startswith("neu.test: 1 since 20") and " until 20" in line and line.endswith(". Montre\n")
    assert (one["host"], one["listings"], one["title"], one["refused"]) == ("neu.test", 1, "Montre", 0)


async def test_a_host_is_let_in(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    await unknown_hosts._admit("neu.test")

    assert capsys.readouterr().out == "1\n"
    async with connection(instance.pool) as conn:
        assert await is_known(conn, "neu.test") and await waiting_posts.list_hosts(conn) == []
    await unknown_hosts._list_waiting(as_json=False)
    assert capsys.readouterr() == ("", "No server waits.\n")


async def test_a_host_is_sent_away_once(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    await unknown_hosts._send_away("neu.test")

    assert capsys.readouterr().out == "1\n"
    async with connection(instance.pool) as conn:
        assert not await trust_levels.is_welcome(conn, "neu.test")
    with pytest.raises(CommandFailed, match=r"Nothing of neu\.test waits"):
        await unknown_hosts._send_away("neu.test")
