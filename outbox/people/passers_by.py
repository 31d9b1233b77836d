"""Somebody without any account calls for help with her bike: she is made a person of ours for this call, and forgotten.

Her call is published, answered and closed by the same verbs as a member's (models/repairs/passers_by tells why).
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from federation import uris
from federation.instance import Instance
from federation.own_keys.key_pairs import KeyPairs, save_local_keys
from models import preferences
from models.errors import Conflict, Forbidden, NotFound
from models.listings import listings as stored
from models.listings.listings import STANDING, Listing, ListingDraft
from models.people import accounts, actors
from models.people.actors import Actor
from models.places import places
from models.repairs import passers_by
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, connection, transaction
from outbox.listings import listings
from outbox.people.accounts import delete, profile_of
from outbox.people.local_actors import describe_local
from outbox.people.profiles import announce_update
from outbox.traffic.send import Recipients

NOWHERE = "passage.invalid"
"""The domain of the address that her account has, which no mail can reach (RFC 2606)."""


async def begin(conn: Connection, site: Site, writer: str, *, name: str, language: str) -> Actor:
    """A person of ours for one call, whom nobody sees yet; the one that the form of this page has already begun.

    Raises Forbidden where the cooperative wants no calls of people without an account.
    """
    if (await preferences.load(conn)).passers_by == "closed":
        raise Forbidden
    known = await passers_by.find_by_writer(conn, writer)
    if known is not None:
        return await actors.get(conn, known)
    username = f"passage_{secrets.token_hex(6)}"
    await accounts.reserve_username(conn, username, despite_loss=True)  # drawn: nobody had it
    described = describe_local(site, username, type="Person", name=name, territory_uri=uris.actor_uri(site, "coop"))
    actor = await actors.create_local(conn, described)
    email = f"{username}@{NOWHERE}"
    await accounts.create(conn, actor_id=actor.id, email=email, password_hash=None, roles=(), language=language)
    await passers_by.begin(conn, actor.id, writer)
    return await actors.get(conn, actor.id)


async def publish(
    conn: Connection, site: Site, actor_id: int, draft: ListingDraft, *, name: str, key_pairs: KeyPairs
) -> Listing:
    """Publish her call, or hold it for a look where the cooperative wants that; again it is the one that she has.

    Raises NotFound where she is forgotten meanwhile, Invalid as `listings.publish` does.
    """
    passer = await passers_by.lock(conn, actor_id)
    if passer is None:
        raise NotFound
    if passer.listing_id is not None:
        published = await stored.find_by_post(conn, passer.listing_id)
        if published is None:
            raise NotFound
        return published
    actor = await _settle(conn, actor_id, draft.commune_code, name)
    await save_local_keys(conn, site, actor, key_pairs)
    listing = await listings.publish(conn, site, actor, draft)
    await passers_by.save_published(conn, actor_id, listing.id)
    return listing


async def change(conn: Connection, site: Site, actor_id: int, draft: ListingDraft) -> Listing:
    """Her call as she wants it now; where it is looked at first, it stands as it was until then.

    Raises NotFound where she has none, Conflict once it ended, Invalid as `listings.edit` does.
    """
    await passers_by.lock(conn, actor_id)
    held = await get_call(conn, actor_id)
    if held.post.deleted_at is not None or held.details.status not in STANDING:
        raise Conflict("call_ended")
    author = await actors.get(conn, actor_id)
    changed = await listings.edit(conn, site, author, held.uri, draft)
    await move(conn, site, held, changed)
    return changed


async def move(conn: Connection, site: Site, before: Listing, after: Listing) -> None:
    """Somebody who passes by calls from elsewhere now: she is named by that place, and whoever holds her call is told.

    What any other author changed in a listing changes nothing about her.
    """
    places_named = before.details.place_name, after.details.place_name
    if places_named[0] == places_named[1] or await passers_by.find(conn, after.post.author_id) is None:
        return
    old, new = map(_shorten, places_named)
    author = await actors.get(conn, after.post.author_id)
    name = author.name.removesuffix(old) + new if old and author.name.endswith(f" {old}") else author.name
    author = await _settle(conn, author.id, after.details.commune_code, name)
    holders = Recipients(followed_ids=(author.id,), holders_of=after.uri, but_markets=True)
    await announce_update(conn, site, author, to=holders)


def _shorten(place_name: str | None) -> str:
    """A commune as names of people have it: "Lomme" of "Lomme (Lille)"."""
    return (place_name or "").partition(" (")[0]


async def _settle(conn: Connection, actor_id: int, commune_code: str | None, name: str) -> Actor:
    """She is named by what she said and by the commune that she calls from, which is all that others know of her."""
    commune = await places.find_commune(conn, commune_code) if commune_code else None
    actor = await actors.get(conn, actor_id)
    return await actors.save_profile(conn, actor_id, replace(profile_of(actor, commune), name=name))


async def tell_released(conn: Connection, actor_id: int) -> None:
    """The team looked at her call and lets it stand: written to her where she left an address; her page says so too."""
    passer = await passers_by.find(conn, actor_id)
    if passer is not None and passer.reached_by_mail:
        await jobs.enqueue(conn, passers_by.RELEASED, {"actor_id": actor_id}, key=f"{passers_by.RELEASED}:{actor_id}")


async def get_call(conn: Connection, actor_id: int) -> Listing:
    """Her call. Raises NotFound where there is none."""
    passer = await passers_by.find(conn, actor_id)
    listing = await stored.find_by_post(conn, passer.listing_id) if passer and passer.listing_id else None
    if listing is None:
        raise NotFound
    return listing


async def erase(conn: Connection, site: Site, actor_id: int) -> None:
    """Forget her and her call, here and wherever it is known (a Delete of the actor); again changes nothing."""
    passer = await passers_by.lock(conn, actor_id)
    if passer is None:
        return
    if passer.listing_id is None:
        await passers_by.erase(conn, actor_id)
    else:
        await delete(conn, site, await actors.get(conn, actor_id))


async def forget_over(instance: Instance, *, at: datetime | None = None) -> int:
    """Forget those whose call ended thirty days ago, each in a transaction of its own; how many. A chore."""
    async with connection(instance.pool) as conn:
        over = await passers_by.list_over(conn, at=at or datetime.now(UTC))
    for actor_id in over:
        try:
            async with transaction(instance.pool) as conn:
                await erase(conn, instance.site, actor_id)
        except (Conflict, NotFound):  # she did it herself meanwhile
            continue
    return len(over)
