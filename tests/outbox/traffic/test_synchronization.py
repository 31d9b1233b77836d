"""Which deliveries tell of the followers at the server that they go to (FEP-8fcf)."""

import json
from pathlib import Path

import pytest

from federation.instance import Instance
from federation.synchronization import compute_digest, read_header
from models import posts
from models.people.actors import Actor
from models.posts import Audience
from models.servers.private_hosts import withhold
from models.settings import Settings
from models.store.database import Pool, execute, fetch_column, transaction
from outbox.posts.deletions import delete_post
from outbox.posts.notes import NoteDraft, publish
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse, make_signer


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Everybody else."""
    return FakeFediverse()


@pytest.fixture
def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server."""
    settings = Settings(url=HERE.url, data=tmp_path)
    return Instance(site=HERE, settings=settings, pool=pool, transport=fediverse)


async def _publish(instance: Instance, audience: Audience, *followers: tuple[str, str]) -> Actor:
    """A note of Alice, whom these people follow."""
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        instance.signers.keep((alice.id, "rsa"), make_signer(f"{alice.uri}#main-key"))
        for username, host in followers:
            await make_follow(conn, await make_remote_actor(conn, username, host), alice)
        await publish(conn, HERE, alice, NoteDraft(text="Pour vous", audience=audience))
    return alice


async def test_ax23_a_post_for_followers_says_who_follows_at_that_server(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    alice = await _publish(instance, "followers", ("bob", "henin.test"), ("eve", "henin.test"), ("carl", "arras.test"))

    await deliver_due(instance)

    said = {post.inbox: read_header(post.synchronization or "") for post in fediverse.posts}
    at_henin = said["https://henin.test/inbox"]
    assert at_henin is not None and at_henin.collection == alice.followers_uri
    assert at_henin.url == f"{alice.uri}/followers_synchronization"
    assert at_henin.digest == compute_digest(["https://henin.test/users/bob", "https://henin.test/users/eve"])
    at_arras = said["https://arras.test/inbox"]
    assert at_arras is not None and at_arras.digest == compute_digest(["https://arras.test/users/carl"])


async def test_ax23_a_public_post_says_nothing_of_followers(instance: Instance, fediverse: FakeFediverse) -> None:
    await _publish(instance, "network", ("bob", "henin.test"))

    await deliver_due(instance)

    assert [post.synchronization for post in fediverse.posts] == [None]


async def test_b52_a_server_that_gets_nothing_private_gets_neither_the_post_nor_the_header(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    alice = await _publish(instance, "followers", ("bob", "henin.test"), ("carl", "arras.test"))
    async with transaction(instance.pool) as conn:
        [post] = await posts.list_by_ids(conn, await fetch_column(conn, "SELECT id FROM post"))
        await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1")
        await withhold(conn, "henin.test")
        await publish(conn, HERE, alice, NoteDraft(text="Rien que pour vous", audience="followers"))
        await delete_post(conn, HERE, alice, post)

    await deliver_due(instance)

    sent = [(one.inbox, json.loads(one.body)["type"], one.synchronization is None) for one in fediverse.posts]
    assert sorted(sent) == [
        ("https://arras.test/inbox", "Create", False),
        ("https://arras.test/inbox", "Delete", False),
        ("https://henin.test/inbox", "Delete", True),
    ]
