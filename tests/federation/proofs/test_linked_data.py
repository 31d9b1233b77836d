"""RsaSignature2017, and who vouches: what was signed, in the one form that leaves no choice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.instance import Instance
from federation.jsonld.jsonld import JsonLdProcessor, TookTooLong
from federation.proofs import add_proof, has_proof, verify_linked_data, verify_proof
from tests.federation.proofs.samples import AS, MASTODON_CONTEXT, copy, give_proof_key, make_create, sign_linked
from tests.fediverse import FakeFediverse, Person, make_signer

Change = Callable[[dict[str, Any]], Any]


async def test_ep05_what_mastodon_signs_is_vouched_for(server: Instance, bob: Person) -> None:
    signed = sign_linked(make_create(bob), bob.signer)

    read = await verify_linked_data(server, signed)

    assert read is not None
    assert (read["id"], read["type"], read["actor"]) == (signed["id"], "Create", bob.uri)
    assert read["object"]["content"] == signed["object"]["content"]
    assert (read["object"]["to"], read["object"]["tag"]["name"]) == ("as:Public", "#outils")
    assert "signature" not in read


@pytest.mark.parametrize(
    "change",
    [
        lambda signed: signed["object"].update(content="<p>Autre chose</p>"),
        lambda signed: signed["object"].pop("tag"),
        lambda signed: signed.update(to=[f"{signed['actor']}/followers"]),
        lambda signed: signed["object"].update(updated="2026-11-24T10:00:00Z"),
        lambda signed: signed["signature"].update(created="2026-11-24T08:00:00Z"),
        lambda signed: signed["signature"].update(signatureValue="aGFsbG8="),
        lambda signed: signed["signature"].update(signatureValue=signed["signature"]["signatureValue"] + "!!"),
        lambda signed: signed["signature"].update(type="RsaSignature2016"),
        lambda signed: signed["signature"].update(creator="acct:bob@henin.test"),
        lambda signed: signed["signature"].pop("created"),
        lambda signed: signed["signature"].update(surprise="yes"),
        lambda signed: signed.pop("signature"),
    ],
)
async def test_ep05_every_change_is_noticed(server: Instance, bob: Person, change: Change) -> None:
    signed = copy(sign_linked(make_create(bob), bob.signer))

    change(signed)

    assert await verify_linked_data(server, signed) is None


async def test_ep05_a_signature_that_is_over_or_old_or_from_the_future_is_none(server: Instance, bob: Person) -> None:
    now = datetime.now(UTC)
    create = make_create(bob)

    for changes in (
        {"expires": (now - timedelta(hours=1)).isoformat()},
        {"created": (now - timedelta(days=8)).isoformat()},
        {"created": (now + timedelta(hours=2)).isoformat()},
    ):
        assert await verify_linked_data(server, sign_linked(create, bob.signer, **changes)) is None
    assert await verify_linked_data(server, sign_linked(create, bob.signer, expires=(now + timedelta(1)).isoformat()))


async def test_ep05_the_signature_is_the_actors_own(server: Instance, bob: Person, fediverse: FakeFediverse) -> None:
    eve = fediverse.add_person("eve", "evil.test")
    neighbour = fediverse.add_person("nina", "henin.test")
    forged = make_signer(bob.signer.key_id, 1)

    for signer in (eve.signer, neighbour.signer, forged):
        assert await verify_linked_data(server, sign_linked(make_create(bob), signer)) is None


async def test_ep03_the_proof_is_signed_along(server: Instance, bob: Person, fediverse: FakeFediverse) -> None:
    proven = add_proof(make_create(bob), give_proof_key(fediverse, bob), datetime.now(UTC))
    signed = sign_linked(proven, bob.signer)

    read = await verify_linked_data(server, signed)

    assert read is not None and "proof" not in read
    assert await verify_proof(server, signed) == bob.uri
    stripped = {name: value for name, value in signed.items() if name != "proof"}
    assert await verify_linked_data(server, stripped) is None


def _rename(signed: dict[str, Any]) -> None:
    """The same statements in other words: what stands in `content` for plain readers is the summary."""
    signed["@context"] = [*MASTODON_CONTEXT, {"content": "as:summary", "body": "as:content"}]
    signed["object"]["body"] = signed["object"].pop("content")
    signed["object"]["content"] = "<p>Rien de tel</p>"


async def test_ep06_what_is_read_is_what_was_signed_whatever_it_looks_like(server: Instance, bob: Person) -> None:
    signed = copy(sign_linked(make_create(bob), bob.signer))
    signed["@context"] = [*MASTODON_CONTEXT, {"body": "as:content"}]
    signed["object"]["body"] = signed["object"].pop("content")

    read = await verify_linked_data(server, signed)

    assert read is not None and read["object"]["content"] == "<p>Une perceuse à prêter</p>"
    _rename(other := copy(sign_linked(make_create(bob), bob.signer)))
    assert await verify_linked_data(server, other) is None


def _split(signed: dict[str, Any]) -> None:
    """One half of what is said of the note stands elsewhere."""
    note = signed["object"]
    half = {"id": note["id"], "to": note.pop("to"), "cc": note.pop("cc")}
    note["tag"][0]["summary"] = "x"
    signed["cc"] = [signed["cc"][0], half]


def _move_root(signed: dict[str, Any]) -> None:
    signed["object"]["tag"] = [*signed["object"]["tag"], {"id": signed["id"], "cc": signed.pop("cc")}]


@pytest.mark.parametrize(
    "change",
    [
        lambda signed: signed.update({"@graph": [{"id": signed["object"]["id"]}]}),
        lambda signed: signed.update({"@included": [signed.pop("object")]}),
        lambda signed: signed.update({"@reverse": {"object": signed.pop("object")}}),
        lambda signed: signed["@context"].append({"hidden": "@included"}),
        lambda signed: signed["@context"].append({"hidden": "@graph"}),
        lambda signed: signed["@context"].append({"hidden": {"@reverse": "as:object"}}),
        lambda signed: signed["@context"].append({"hidden": "@nest"}),
        lambda signed: signed["@context"].append({"@import": AS}),
        lambda signed: signed["@context"].append({"@propagate": False, "x": "as:x"}),
        lambda signed: signed["@context"].append({"@base": "https://evil.test/"}),
        lambda signed: signed.update(neverHeardOf="unsigned"),
        lambda signed: signed["object"].update({"@index": "unsigned"}),
        lambda signed: signed["object"].update(inReplyTo="relative"),
        lambda signed: signed["object"].update(summary={"@value": "unsigned", "@language": "not one"}),
        lambda signed: signed["object"].update(attributedTo=["_:b0", signed["actor"]]),
        _split,
        _move_root,
    ],
)
async def test_b31_a_signed_document_cannot_be_rearranged(server: Instance, bob: Person, change: Change) -> None:
    signed = copy(sign_linked(make_create(bob), bob.signer))

    change(signed)

    assert await verify_linked_data(server, signed) is None


@pytest.mark.parametrize(
    "context",
    [
        "https://evil.test/context",
        [AS, *(f"https://evil.test/{number}" for number in range(1000))],
        [AS, *([AS] * 30)],
        [AS, {"@import": "https://evil.test/context"}],
        [AS, {"x": {"@id": "as:x", "@context": "https://evil.test/context"}}],
        [AS, {f"word{number}": "as:" + "x" * 10_000 for number in range(10)}],
    ],
)
async def test_b32_nothing_is_fetched_to_understand_a_signed_document(
    server: Instance, bob: Person, fediverse: FakeFediverse, context: Any
) -> None:
    signed = sign_linked(make_create(bob), bob.signer) | {"@context": context}

    assert await verify_linked_data(server, signed) is None
    assert fediverse.fetched == []


def _clique(size: int) -> list[dict[str, Any]]:
    """Nameless things that all know one another, of which every order has to be tried."""
    return [
        {"id": f"_:b{number}", "tag": [{"id": f"_:b{other}"} for other in range(size) if other != number]}
        for number in range(size)
    ]


def _tree() -> dict[str, Any]:
    """The worst that can be said without names: alike things that hold alike things."""
    branch = {"type": "Object", "tag": [{"type": "Object"}] * 8}
    return {"type": "Object", "tag": [branch] * 5}


async def test_b30_a_poisoned_graph_is_refused_at_once(server: Instance, bob: Person) -> None:
    poisoned = sign_linked(make_create(bob), bob.signer) | {"attachment": _clique(10)}

    assert await verify_linked_data(server, poisoned) is None


async def test_b30_what_takes_too_long_is_cut_and_the_next_one_is_served(
    server: Instance, bob: Person, opener: JsonLdProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign_linked(make_create(bob), bob.signer)
    assert await verify_linked_data(server, signed) is not None
    first, usual = opener._process, opener.time_limit
    assert first is not None and usual == 2
    monkeypatch.setattr(opener, "time_limit", 0.3)

    with pytest.raises(TookTooLong):
        await verify_linked_data(server, signed | {"attachment": _tree()})

    assert await first.wait() < 0, "it was killed"
    monkeypatch.setattr(opener, "time_limit", usual)
    assert await verify_linked_data(server, signed) is not None


async def test_b30_large_documents_and_many_blank_nodes_are_not_looked_at(server: Instance, bob: Person) -> None:
    many = make_create(bob)
    many["object"]["tag"] = [{"type": "Hashtag", "name": f"#{number}"} for number in range(51)]
    large = make_create(bob)
    large["object"]["content"] = "x" * 65_000

    assert await verify_linked_data(server, sign_linked(large, bob.signer)) is None
    with pytest.raises(ValueError, match="blank"):
        sign_linked(many, bob.signer)
    assert await verify_linked_data(server, many | {"signature": sign_linked(large, bob.signer)["signature"]}) is None
    many["object"]["tag"] = many["object"]["tag"][:50]
    assert await verify_linked_data(server, sign_linked(many, bob.signer)) is not None


async def test_ep01_a_proof_vouches_for_its_actor_alone(
    server: Instance, bob: Person, fediverse: FakeFediverse
) -> None:
    signer = give_proof_key(fediverse, bob)
    eve = fediverse.add_person("eve", "evil.test")
    theirs = give_proof_key(fediverse, eve, 2)
    neighbour = fediverse.add_person("nina", "henin.test")
    near = give_proof_key(fediverse, neighbour, 3)
    now = datetime.now(UTC)

    assert await verify_proof(server, add_proof(make_create(bob), signer, now)) == bob.uri
    fetched = len(fediverse.fetched)
    assert await verify_proof(server, add_proof(make_create(bob), theirs, now)) is None
    assert len(fediverse.fetched) == fetched
    assert await verify_proof(server, add_proof(make_create(bob), near, now)) is None
    assert await verify_proof(server, make_create(bob)) is None


async def test_sg14_a_proof_by_a_rotated_key_holds_after_a_refetch(
    server: Instance, bob: Person, fediverse: FakeFediverse
) -> None:
    now = datetime.now(UTC)
    assert await verify_proof(server, add_proof(make_create(bob), give_proof_key(fediverse, bob), now)) == bob.uri
    await server.pool.execute("UPDATE public_key SET fetched_at = now() - interval '1 hour'")

    renewed = give_proof_key(fediverse, bob, 4)

    assert await verify_proof(server, add_proof(make_create(bob), renewed, now)) == bob.uri


async def test_ep01_has_proof_says_what_may_be_passed_on(bob: Person, fediverse: FakeFediverse) -> None:
    create = make_create(bob)

    assert has_proof(add_proof(create, give_proof_key(fediverse, bob), datetime.now(UTC)))
    assert has_proof(sign_linked(create, bob.signer))
    assert not has_proof(create)
    assert not has_proof(create | {"proof": {"cryptosuite": "mldsa44-jcs-2024"}, "signature": "x"})
