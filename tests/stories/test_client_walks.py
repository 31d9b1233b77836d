"""Clients of others, unmodified, over TLS: each from log-in to log-out, with a friend at another cooperative."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests
from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError, StreamListener

from tests.eventually import eventually
from tests.peers.programs import needs_clients
from tests.peers.walk import PHOTO, Walk, make_environment
from tests.stories.walks import MakeWalk

T = TypeVar("T")

TOOT = str(Path(sys.executable).with_name("toot"))

SCOPES = ["read", "write", "follow", "push"]

STEPS = [
    "log-in",
    "who and where",
    "follow",
    "live",
    "timelines",
    "acts",
    "thread and notifications",
    "media and posts",
    "lists, filters, search",
    "profile",
    "log-out",
]


@needs_clients
async def test_masto_js_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("bob")

    assert await walk.run("masto.mjs") == STEPS


@needs_clients
async def test_megalodon_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("carol")

    assert await walk.run("megalodon.mjs") == STEPS


async def ask(call: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """A call of a blocking client, in a thread beside our servers."""
    return await asyncio.to_thread(call, *arguments, **options)


class Heard(StreamListener):
    """Everything that the stream told."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.notifications: list[Any] = []
        self.deleted: list[Any] = []

    def on_update(self, status: Any) -> None:
        """A post."""
        self.updates.append(status)

    def on_notification(self, notification: Any) -> None:
        """Somebody did something."""
        self.notifications.append(notification)

    def on_delete(self, status_id: Any) -> None:
        """A post is gone."""
        self.deleted.append(status_id)


async def log_in(walk: Walk) -> Mastodon:
    """As its documentation says: an application, an address to open, a code."""
    session = requests.Session()
    session.trust_env, session.verify = False, str(walk.authority.ca_file)
    origin = walk.here.origin
    client_id, secret = await ask(Mastodon.create_app, "Essai", scopes=SCOPES, api_base_url=origin, session=session)
    client = await ask(
        Mastodon,
        client_id=client_id,
        client_secret=secret,
        api_base_url=origin,
        session=session,
        ratelimit_method="throw",
    )
    code = await walk.allow(await ask(client.auth_request_url, scopes=SCOPES))
    await ask(client.log_in, code=code, scopes=SCOPES)
    return client


async def test_mastodon_py_walks_from_log_in_to_log_out(make_walk: MakeWalk) -> None:
    walk = await make_walk("dora")
    client = await log_in(walk)
    assert (await ask(client.account_verify_credentials)).acct == "dora"
    assert (await ask(client.app_verify_credentials)).name == "Essai"

    [alice] = (await ask(client.search_v2, walk.alice_handle, result_type="accounts")).accounts
    await ask(client.account_follow, alice)

    async def following() -> bool:
        return bool((await ask(client.account_relationships, alice))[0].following)

    await eventually(following)
    heard = Heard()
    stream = await ask(client.stream_user, heard, run_async=True, reconnect_async=False)
    await eventually(lambda: ask(stream.is_receiving))
    uri = await walk.publish("Appareil à raclette")

    async def came() -> Any:
        return next((one for one in heard.updates if one.uri == uri), None)

    offer = await eventually(came)
    assert (await ask(client.timeline_home))[0].id == offer.id
    assert (await ask(client.timeline_hashtag, "offrelomme"))[0].id == offer.id

    assert (await ask(client.status_favourite, offer)).favourited
    assert (await ask(client.status_bookmark, offer)).bookmarked
    assert [one.id for one in await ask(client.bookmarks)] == [offer.id]
    assert (await ask(client.tag_follow, "OffreLomme")).following
    reply = await ask(client.status_reply, offer, "Est-il libre samedi ?")
    assert reply.id in [one.id for one in (await ask(client.status_context, offer)).descendants]
    await walk.like(reply.uri)

    async def liked() -> bool:
        return "favourite" in [one.type for one in heard.notifications]

    await eventually(liked)
    listed = await ask(client.list_create, "Lomme")
    await ask(client.list_accounts_add, listed, [alice])
    assert (await ask(client.timeline_list, listed))[0].id == offer.id

    photo = await ask(client.media_post, str(PHOTO), description="Verte", focus=(0.5, -0.5))
    posted = await ask(client.status_post, "Bonjour #Lomme", media_ids=[photo], visibility="unlisted", language="fr")
    assert (await ask(client.status_update, posted, "Bonsoir #Lomme", media_ids=[photo])).edited_at is not None
    assert len(await ask(client.status_history, posted)) == 2
    assert (await ask(client.status_delete, posted)).text == "Bonsoir #Lomme"

    async def deleted() -> bool:
        return int(posted.id) in [int(one) for one in heard.deleted]

    await eventually(deleted)
    with pytest.raises(MastodonNotFoundError):
        await ask(client.status, posted)
    poll = await ask(client.make_poll, ["Samedi", "Dimanche"], 3600, multiple=True, hide_totals=True)
    asked = (await ask(client.status_post, "Quels jours ?", poll=poll)).poll
    assert ([one.title for one in asked.options], asked.multiple) == (["Samedi", "Dimanche"], True)
    assert [one.votes_count for one in (await ask(client.poll, asked)).options] == [None, None]
    token = client.access_token
    await ask(client.revoke_access_token)
    late = Mastodon(access_token=token, api_base_url=walk.here.origin, session=client.session)
    with pytest.raises(MastodonUnauthorizedError):
        await ask(late.timeline_home)

    async def ended() -> bool:
        return not await ask(stream.is_alive)

    await eventually(ended)


COMMANDS = """
import json, os, sys
from toot.cli import cli

for line in sys.stdin:
    path, *arguments = json.loads(line)
    child = os.fork()
    if child == 0:
        printed = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        sys.argv = ["toot", "--no-color", *arguments]
        sys.exit(cli())
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""
"""The program, imported once: each command is a process of its own all the same."""


class Toot:
    """The program `toot` with a home of its own."""

    def __init__(self, walk: Walk, home: Path, commands: asyncio.subprocess.Process) -> None:
        self.walk = walk
        self._env = make_environment(walk.authority, home)
        self._printed = home / "printed"
        self._commands = commands

    async def log_in(self) -> None:
        """It prints an address and waits for the code."""
        process = await asyncio.create_subprocess_exec(
            *(TOOT, "--no-color", "login", "--instance", self.walk.here.origin),
            env=self._env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdin is not None and process.stdout is not None
        printed = ""
        async with asyncio.timeout(60):
            while not (found := re.search(r"https://\S+/oauth/authorize\S*", printed)) or "[Y/n]" not in printed:
                piece = await process.stdout.read(4096)
                assert piece, printed
                printed += piece.decode()
            code = await self.walk.allow(found[0])
            process.stdin.write(f"n\n{code}\n".encode())
            process.stdin.close()
            await process.wait()
        assert process.returncode == 0, printed + (await process.stdout.read()).decode()

    async def __call__(self, *arguments: str) -> str:
        """What the command printed; it must succeed."""
        commands = self._commands
        assert commands.stdin is not None and commands.stdout is not None
        commands.stdin.write(json.dumps([str(self._printed), *arguments]).encode() + b"\n")
        status = await asyncio.wait_for(commands.stdout.readline(), 60)
        out = self._printed.read_text()
        assert status == b"0\n", (arguments, out)
        return out


@pytest.fixture
async def toot(make_walk: MakeWalk, tmp_path: Path) -> AsyncIterator[Toot]:
    """The program in the hands of Emma, whose walk it is."""
    walk = await make_walk("emma")
    commands = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMANDS),
        env=make_environment(walk.authority, tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    yield Toot(walk, tmp_path, commands)
    assert commands.stdin is not None
    commands.stdin.close()
    await commands.wait()


async def test_toot_walks_from_its_own_log_in(toot: Toot) -> None:
    walk = toot.walk
    await toot.log_in()

    assert "emma" in await toot("whoami")
    await toot("search", "--resolve", walk.alice_handle)
    assert "You are now following" in await toot("follow", walk.alice_handle.removeprefix("@"))
    uri = await walk.publish("Machine à coudre")

    async def arrived() -> Any:
        home = json.loads(await toot("timelines", "home", "--json"))
        return next((one for one in home if one["uri"] == uri), None)

    offer = await eventually(arrived, within=30)
    await toot(
        "post", "--reply-to", offer["id"], "Est-elle libre samedi ?", "--media", str(PHOTO), "--description", "Verte"
    )
    assert "Est-elle libre samedi" in await toot("thread", offer["id"])
    options = ("--poll-option", "Samedi", "--poll-option", "Dimanche", "--poll-expires-in", "1 hour")
    asked = json.loads(await toot("post", "Quel jour ?", *options, "--json"))
    assert [one["title"] for one in asked["poll"]["options"]] == ["Samedi", "Dimanche"]
    assert "Dimanche" in await toot("thread", asked["id"])
    for act in ("favourite", "reblog", "bookmark", "unreblog"):
        await toot(act, offer["id"])
    assert "Machine à coudre" in await toot("bookmarks")
    assert "OffreLomme" in await toot("tags", "follow", "OffreLomme") + await toot("tags", "followed")
    await toot("lists", "create", "Lomme")
    await toot("lists", "add", "Lomme", walk.alice_handle.removeprefix("@"))
    assert uri in [one["uri"] for one in json.loads(await toot("timelines", "list", "Lomme", "--json"))]
    await toot("logout", f"emma@{walk.here.host}")
