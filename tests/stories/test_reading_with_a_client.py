"""Unmodified Mastodon.py in the hands of somebody who orders what she reads: lists, tags, filters, markers, letters."""

from typing import Any

import pytest
from mastodon import Mastodon

from models.posts import Tag
from models.store.database import connection
from tests.factories import make_follow, make_note
from tests.servers import Member, RunningServer
from tests.stories.conftest import MakeServer
from tests.stories.test_mastodon_clients import ask, log_in


@pytest.fixture
async def server(make_server: MakeServer) -> RunningServer:
    """One cooperative."""
    return await make_server("lomme")


@pytest.fixture
async def alice(server: RunningServer) -> Member:
    """A member who follows nobody yet."""
    return await server.add_member("alice")


@pytest.fixture
async def bob(server: RunningServer, alice: Member) -> Member:
    """Another one, whom she follows."""
    bob = await server.add_member("bob")
    async with connection(server.instance.pool) as conn:
        await make_follow(conn, alice.actor, bob.actor)
    return bob


@pytest.fixture
async def client(server: RunningServer, alice: Member) -> Mastodon:
    """Hers."""
    return await ask(log_in, server, alice)


async def write(server: RunningServer, author: Member, **note: Any) -> str:
    async with connection(server.instance.pool) as conn:
        return str((await make_note(conn, author.actor, **note)).id)


async def test_lists(server: RunningServer, client: Mastodon, bob: Member) -> None:
    note = await write(server, bob)

    made = await ask(client.list_create, "Voisins")
    changed = await ask(client.list_update, made, "Amis", replies_policy="none", exclusive=True)
    await ask(client.list_accounts_add, made, [bob.actor.id])

    assert (changed.title, changed.replies_policy, changed.exclusive) == ("Amis", "none", True)
    assert [one.acct for one in await ask(client.list_accounts, made)] == ["bob"]
    assert [one.id for one in await ask(client.account_lists, bob.actor.id)] == [made.id]
    assert [one.id for one in await ask(client.timeline_list, made)] == [note]
    assert await ask(client.timeline_home) == []
    await ask(client.list_accounts_delete, made, [bob.actor.id])
    assert [one.id for one in await ask(client.timeline_home)] == [note]
    await ask(client.list_delete, made)
    assert await ask(client.lists) == []


async def test_tags(server: RunningServer, client: Mastodon, alice: Member) -> None:
    carol = await server.add_member("carol")
    note = await write(server, carol, tags=(Tag(tag="velo", name="Vélo"),))
    await write(server, alice, tags=(Tag(tag="velo", name="Vélo"),))

    followed = await ask(client.tag_follow, "vélo")

    assert followed.following
    assert note in [one.id for one in await ask(client.timeline_home)]
    assert [one.name for one in await ask(client.followed_tags)] == ["Vélo"]
    assert [one.name for one in await ask(client.featured_tag_suggestions)] == ["Vélo"]
    shown = await ask(client.featured_tag_create, "Vélo")
    assert int(shown.statuses_count) == 1
    assert [one.name for one in await ask(client.account_featured_tags, alice.actor.id)] == ["Vélo"]
    await ask(client.featured_tag_delete, shown)
    assert await ask(client.featured_tags) == []
    assert not (await ask(client.tag_unfollow, "vélo")).following


async def test_filters(server: RunningServer, client: Mastodon, bob: Member) -> None:
    note = await write(server, bob, content="<p>Un vélo</p>")

    made = await ask(
        client.create_filter_v2,
        "Assez",
        ["home"],
        "warn",
        keywords_attributes=[{"keyword": "velo", "whole_word": True}],
    )
    [status] = await ask(client.timeline_home)

    assert [one.keyword for one in made.keywords] == ["velo"]
    assert [(one.filter.title, one.keyword_matches) for one in status.filtered] == [("Assez", ["velo"])]
    changed = await ask(client.update_filter_v2, made, filter_action="hide")
    assert (changed.filter_action, await ask(client.timeline_home)) == ("hide", [])
    keyword = await ask(client.add_filter_keyword_v2, made, "tente", whole_word=False)
    assert {one.keyword for one in await ask(client.filter_keywords_v2, made)} == {"velo", "tente"}
    await ask(client.delete_filter_keyword_v2, keyword)
    named = await ask(client.add_filter_status_v2, made, note)
    assert [one.status_id for one in await ask(client.filter_statuses_v2, made)] == [note]
    await ask(client.delete_filter_status_v2, named)
    await ask(client.delete_filter_v2, made)
    old = await ask(client.filter_create, "velo", ["home"], irreversible=True)
    assert [one.phrase for one in await ask(client.filters)] == ["velo"]
    assert not (await ask(client.filter_update, old, phrase="moto", irreversible=False)).irreversible
    await ask(client.filter_delete, old)
    assert await ask(client.filters_v2) == []


async def test_markers_letters_and_people(server: RunningServer, client: Mastodon, bob: Member) -> None:
    client.version_check_mode = "none"  # it expects some of this of Mastodon 4.3 only
    author = await ask(log_in, server, bob)
    letter = await ask(author.status_post, "@alice bonjour", visibility="direct")

    [conversation] = await ask(client.conversations)
    read = await ask(client.conversations_read, conversation)
    unread = await ask(client.notifications_unread_count)
    [told] = await ask(client.notifications)
    await ask(client.markers_set, ["notifications"], [told.id])

    assert (conversation.unread, conversation.last_status.id, read.unread) == (True, letter.id, False)
    assert [one.acct for one in conversation.accounts] == ["bob"]
    assert (unread.count, (await ask(client.notifications_unread_count)).count) == (1, 0)
    assert (await ask(client.markers_get, ["notifications"]))["notifications"].last_read_id == told.id
    assert {one.acct for one in await ask(client.directory, local=True)} == {"alice", "bob"}
    assert [one.id for one in await ask(client.account_familiar_followers, [bob.actor.id])] == [str(bob.actor.id)]
    assert (await ask(client.notifications_policy)).for_not_following == "accept"
    assert len(await ask(client.instance_activity)) == 12
    assert await ask(client.instance_peers) == []
