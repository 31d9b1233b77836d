"""Handles are shown only where both sides agree about them."""

from typing import Any

import pytest

from federation.discovery.handles import confirm_handle
from federation.errors import Cause, FetchFailed
from federation.instance import Instance
from federation.vocabulary.actors import read_actor
from models.limits import HANDLE_FETCHES
from tests.fediverse import FakeFediverse, build_actor_document, make_signer

BOB = "https://social.henin.test/users/bob"


async def handle_of(instance: Instance, **changes: Any) -> str:
    """The handle under which an actor at social.henin.test is shown."""
    document = build_actor_document(BOB, "bob", make_signer(f"{BOB}#main-key")) | changes
    return str(await confirm_handle(instance, read_actor(document)))


async def test_an_actor_is_at_the_host_of_its_id(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_webfinger("bob@social.henin.test", BOB)

    assert await handle_of(instance) == "bob@social.henin.test"


async def test_wf13_a_handle_at_its_own_host_needs_no_question(instance: Instance, fediverse: FakeFediverse) -> None:
    assert await handle_of(instance, webfinger="bob@social.henin.test") == "bob@social.henin.test"
    assert fediverse.fetched == []


async def test_wf11_a_shorter_handle_counts_when_both_hosts_say_so(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_webfinger("bob@social.henin.test", BOB, subject="acct:bob@henin.test")
    fediverse.add_webfinger("bob@henin.test", BOB)

    assert await handle_of(instance) == "bob@henin.test"
    assert await handle_of(instance, webfinger="bob@henin.test") == "bob@henin.test"


@pytest.mark.parametrize("claim", ["bob@victim.test", "@bob@victim.test", "acct:bob@victim.test"])
async def test_b27_a_claim_that_the_other_host_does_not_confirm_is_not_believed(
    claim: str, instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_webfinger("bob@victim.test", "https://victim.test/users/bob")
    fediverse.add_webfinger("bob@social.henin.test", BOB, subject=f"acct:{claim.removeprefix('acct:').lstrip('@')}")

    assert await handle_of(instance) == "bob@social.henin.test"
    assert await handle_of(instance, webfinger=claim) == "bob@social.henin.test"


async def test_wf12_a_host_that_names_somebody_elses_actor_is_not_its_host(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_webfinger("bob@evil.test", BOB)
    fediverse.add_webfinger("bob@social.henin.test", BOB)

    assert await handle_of(instance) == "bob@social.henin.test"


async def test_wf12_another_username_is_not_taken(instance: Instance, fediverse: FakeFediverse) -> None:
    fediverse.add_webfinger("admin@henin.test", BOB)

    assert await handle_of(instance, webfinger="admin@henin.test") == "bob@social.henin.test"


@pytest.mark.parametrize("cause", [Cause.NOT_FOUND, Cause.TIMED_OUT, Cause.TLS])
async def test_a_webfinger_that_does_not_answer_costs_no_more_than_the_nicer_handle(
    cause: Cause, instance: Instance, fediverse: FakeFediverse
) -> None:
    uri = "https://social.henin.test/.well-known/webfinger?resource=acct%3Abob%40social.henin.test"
    fediverse.documents[uri] = FetchFailed(cause, "social.henin.test")

    assert await handle_of(instance) == "bob@social.henin.test"


async def test_b14_a_host_that_others_name_is_asked_so_often_and_no_more(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.add_webfinger("bob@henin.test", BOB)
    for _ in range(HANDLE_FETCHES.most - 1):
        assert instance.counter.spend(HANDLE_FETCHES, "henin.test")

    last = await handle_of(instance, webfinger="bob@henin.test")
    above = await handle_of(instance, webfinger="bob@henin.test")

    assert (last, above) == ("bob@henin.test", "bob@social.henin.test")
