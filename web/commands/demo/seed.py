"""Furnish the houses of the demo by the same verbs that pages and commands use; what is there already stays."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from federation.directory import crawl
from federation.discovery.remote import resolve_handle
from federation.instance import Instance
from federation.media.uploads import save_upload
from federation.own_keys.key_pairs import make_key_pairs
from models.access import tokens
from models.coop import opening
from models.listings import listings
from models.listings.listings import ListingDraft
from models.moments import PARIS
from models.people import accounts, actors
from models.people.actors import Actor
from models.people.opening_hours import make_hours, write_hours
from models.places import places
from models.places.places import place_fields
from models.relations import follows
from models.store.background import jobs
from models.store.database import connection, transaction
from outbox.listings import listings as outbox_listings
from outbox.people.accounts import register, settle
from outbox.people.cooperative_settings import save_listed, save_preferences
from outbox.relations import follows as outbox_follows
from outbox.servers.peers import vouch
from web.commands.demo.cooperatives import (
    COOPERATIVES,
    PASSWORD,
    PHOTOS,
    STREAMS,
    DemoCooperative,
    DemoMember,
)
from web.commands.demo.demo_listing import DemoListing
from web.commands.demo.play_communities import play_community
from web.commands.demo.play_dialogues import play_dialogues
from web.commands.demo.repair_cafe import hold_repair_cafe
from web.commands.demo.repairs.appointments import take_appointments
from web.commands.demo.repairs.play_repairs import play_repairs
from web.commands.demo.repairs.repair_shops import open_repair_shops
from web.middlewares.work_signals import notify_work
from web.security.passwords import hash_password

SCOPES = ("read", "write", "follow", "push")

WAIT_SECONDS = 20.0


async def seed_cooperatives(instances: Sequence[Instance]) -> None:
    """Members, follows and listings of both houses; nothing where the first member is known already."""
    first, second = instances
    async with connection(first.pool) as conn:
        if await actors.find_local(conn, COOPERATIVES[0].parts[-1].username) is not None:
            return
    for house, instance in zip(COOPERATIVES, instances, strict=True):
        await _settle(instance, house)
    await asyncio.gather(_follow_each_other(first, *COOPERATIVES), _follow_each_other(second, *reversed(COOPERATIVES)))
    published = [await _publish(instance, house) for house, instance in zip(COOPERATIVES, instances, strict=True)]
    await asyncio.gather(_wait_for(first, published[1].values()), _wait_for(second, published[0].values()))
    houses = {house.folder: instance for house, instance in zip(COOPERATIVES, instances, strict=True)}
    await play_dialogues(houses, published[0] | published[1])
    await play_community(instances)
    await hold_repair_cafe(first, second)
    await open_repair_shops(first, second)
    await play_repairs(first, second, published[0])
    await take_appointments(first)


async def list_keys(
    instance: Instance, house: DemoCooperative, known: dict[tuple[str, str], str]
) -> list[dict[str, Any]]:
    """How each member logs in: the token of last time where it is known, else a new one."""
    found = []
    async with transaction(instance.pool) as conn:
        for part in house.parts:
            token = known.get((house.url, part.username))
            if token is None or await tokens.find_by_bearer(conn, token) is None:
                actor = await actors.get_local(conn, part.username)
                token = await tokens.create(conn, actor_id=actor.id, scopes=SCOPES, application_name="declic demo")
            role = "admin" if "admin" in part.roles else "member"
            found.append({"username": part.username, "password": PASSWORD, "role": role, "token": token})
    return found


async def _settle(instance: Instance, house: DemoCooperative) -> None:
    async with transaction(instance.pool) as conn:
        await save_preferences(conn, instance.site, house.preferences)
        await opening.open_site(conn, by=None)
        await save_listed(conn, instance.site, listed=True)
        for other in COOPERATIVES:
            if other is not house:
                await vouch(conn, other.host)
    for part in house.parts:
        await _join(instance, part)


async def _join(instance: Instance, part: DemoMember) -> None:
    pairs = await make_key_pairs(instance.settings)
    password_hash = await hash_password(PASSWORD)
    async with transaction(instance.pool) as conn:
        commune = await places.find_commune_named(conn, part.place)
        actor = await register(
            conn,
            instance.site,
            key_pairs=pairs,
            username=part.username,
            email=f"{part.username}@example.org",
            password_hash=password_hash,
            roles=part.roles,
            language="fr",
            name=part.name,
            place=part.street != "",
        )
        if commune is not None:
            await accounts.set_commune(conn, actor.id, commune.code)
        if part.street and commune is not None:
            await settle(conn, actor, commune)
            hours = write_hours(make_hours(part.week, ()))
            await actors.save_place(conn, actor.id, part.street, hours)


async def _follow_each_other(instance: Instance, house: DemoCooperative, other: DemoCooperative) -> None:
    """The coop follows the other and its streams, members follow what they like; all over the network."""
    wanted = [("coop", stream) for stream in (*STREAMS, "coop")]
    wanted += [(part.username, name) for part in house.parts for name in part.follows]
    asked = []
    for follower_name, followed_name in wanted:
        followed = await resolve_handle(instance, f"@{followed_name}@{other.host}")
        async with transaction(instance.pool) as conn:
            follower = await actors.get_local(conn, follower_name)
            await outbox_follows.follow(conn, instance.site, follower, followed)
        asked.append((follower, followed))
    await notify_work(instance.pool)
    async with transaction(instance.pool) as conn:
        await jobs.enqueue(conn, crawl.JOB, key=crawl.JOB)
    for follower, followed in asked:
        await _wait_until_accepted(instance, follower, followed)


async def _wait_until_accepted(instance: Instance, follower: Actor, followed: Actor) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(instance.pool) as conn:
                found = await follows.find(conn, follower_id=follower.id, followed_id=followed.id)
            if found is not None and found.state == "accepted":
                return
            await asyncio.sleep(0.05)


async def _publish(instance: Instance, house: DemoCooperative) -> dict[str, str]:
    """The ids of its small ads by their titles."""
    uris = {}
    for ad in reversed(house.ads):  # the first in the list ends up on top
        async with connection(instance.pool) as conn:
            author = await actors.get_local(conn, ad.author)
        draft = await _make_draft(instance, author, ad)
        async with transaction(instance.pool) as conn:
            listing = await outbox_listings.publish(conn, instance.site, author, draft)
        uris[ad.title] = listing.uri
    await notify_work(instance.pool)
    return uris


async def _make_draft(instance: Instance, author: Actor, ad: DemoListing) -> ListingDraft:
    media_ids = []
    for name, words in ad.photos:
        data = await asyncio.to_thread((PHOTOS / f"{name}.jpg").read_bytes)
        saved = await save_upload(instance, owner_id=author.id, data=data, name=f"{name}.jpg", description=words)
        media_ids.append(saved.id)
    draft = ListingDraft(
        kind=ad.kind,
        mode=ad.mode,
        title=ad.title,
        text=ad.text,
        category=ad.category,
        media_ids=tuple(media_ids),
        expires_at=datetime.now(PARIS) + timedelta(days=ad.days),
        **ad.more,
    )
    async with connection(instance.pool) as conn:
        account = await accounts.get(conn, author.id)
        commune = await places.find_commune(conn, account.default_commune_code or "")
    if commune is None:
        return draft
    return replace(draft, **place_fields(commune.place))


async def _wait_for(instance: Instance, uris: Iterable[str]) -> None:
    """Until what the other house published stands here."""
    async with asyncio.timeout(WAIT_SECONDS):
        for uri in uris:
            while True:
                async with connection(instance.pool) as conn:
                    if await listings.find_by_listing_uri(conn, uri) is not None:
                        break
                await asyncio.sleep(0.05)
