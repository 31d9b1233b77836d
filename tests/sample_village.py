"""A believable village for tests and for the pictures of the README: Lomme, its neighbours, their small ads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from federation.media.uploads import keep_picture
from federation.media_store import FolderStore
from federation.sandbox.pictures import Picture
from models.exchanges.agreements import Agreement
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.meetings.meetings import FullMeeting
from models.news import notifications
from models.people.actors import Actor
from models.posts import NewPost, Post, notes
from models.posts.media import media, uploads
from models.posts.media.media import RemoteDocument, StoredPicture
from models.relations import follows
from models.searches import NetworkFilter
from models.searches.alerts import alerts
from models.searches.alerts.alerts import AlertDraft, SearchAlert
from models.settings import Site
from models.store.database import Connection, execute
from tests.factories import make_local_actor, make_member, make_remote_actor
from tests.sample_territory import set_territory

SAMPLES = Path(__file__).parent / "samples"

SITE = Site(url="http://lomme.test", host="lomme.test")
"""Where it stands for most tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """Who and what there is; a repair café, and appointments of a place with one that is over, where furnished."""

    site: Site
    coop: Actor
    alice: Actor
    hocine: Actor
    admin: Actor
    bob: Actor
    henin: Actor
    offers_there: Actor
    drill: Listing
    tent: Listing
    call: Listing
    wanted: Listing
    sewing: Listing
    withdrawn: Listing
    question: Post
    message: Post
    distant_note: Post
    alert: SearchAlert
    cafe: FullMeeting | None = None
    book: Listing | None = None
    bike: int = 0
    leaving: int = 0
    visit: Agreement | None = None


async def build(conn: Connection, site: Site, store: FolderStore | None = None) -> Village:
    """Everything, in the caller's transaction; with a `store`, listings have photos."""
    await set_territory(conn)
    coop = await _local(conn, site, "coop", "La Remise", type="Organization")
    await _local(conn, site, "offres", "Offres de Lomme", type="Group")
    alice = await _member(conn, site, "alice", "Maryse")
    hocine = await _member(conn, site, "hocine", "Hocine")
    admin = await _member(conn, site, "nadia", "Nadia", roles=["admin"])
    henin = await make_remote_actor(
        conn, "coop", "henin.test", type="Organization", name="Coop des deux terrils", place_name="Hénin-Carvin"
    )
    offers_there = await make_remote_actor(
        conn, "offres", "henin.test", type="Group", name="Offres d’Hénin-Carvin", territory_uri=henin.uri
    )
    bob = await make_remote_actor(
        conn, "bob", "henin.test", name="Léonie", summary="<p>Couture et retouches.</p>", territory_uri=henin.uri
    )
    for follower in (alice, coop):
        for followed in (offers_there, henin):
            await follows.save(
                conn,
                uri=f"{follower.uri}#to-{followed.id}",
                follower_id=follower.id,
                followed_id=followed.id,
                state="accepted",
            )
    await follows.save(conn, uri=f"{bob.uri}#to-hocine", follower_id=bob.id, followed_id=hocine.id, state="pending")
    await follows.save(conn, uri=f"{hocine.uri}#to-bob", follower_id=hocine.id, followed_id=bob.id, state="pending")
    await execute(conn, "INSERT INTO server (host, last_in_at) VALUES ('henin.test', now()) ON CONFLICT DO NOTHING")
    tent = await publish(
        conn,
        site,
        alice,
        "Tente 4 places, facile à monter",
        "<p>Deux chambres, une entrée où l’on tient debout. On la monte à deux en un quart d’heure, "
        "même en se disputant.</p>"
        "<p>Je la donne sèche, rendez-la sèche. Piquets et maillet sont dans le sac.</p>",
        photos=("tente", "tente-2", "tente-3") if store else (),
        store=store,
        category="camping",
        mode="loan",
        max_duration="P1W",
        begins_at=datetime(2027, 5, 1, 8, tzinfo=UTC),
        ends_at=datetime(2027, 6, 30, 8, tzinfo=UTC),
        condition="good",
    )
    call = await publish(
        conn,
        site,
        hocine,
        "Roue arrière voilée, je suis à pied",
        "<p>Un nid-de-poule, et voilà.</p>",
        photos=("roue",) if store else (),
        store=store,
        kind="repair_call",
        mode="repair",
        category="velo-reparation",
        repair={
            "bike_type": "city",
            "interventions": ["wheel", "brakes"],
            "wheel_size": None,
            "rideable": False,
            "urgency": "Today",
        },
    )
    await publish(
        conn,
        site,
        hocine,
        "Plants de tomates cornues",
        "<p>Une dizaine de pots.</p>",
        photos=("plants",) if store else (),
        store=store,
        mode="gift",
        category="plantes",
    )
    wanted = await publish(
        conn,
        site,
        alice,
        "Cherche diable et sangles",
        "<p>Pour un déménagement.</p>",
        kind="request",
        category="outillage",
    )
    drill = await publish(
        conn,
        site,
        hocine,
        "Perceuse à percussion, mèches comprises",
        "<p>700 watts, elle traverse la brique.</p>",
        photos=("perceuse",) if store else (),
        store=store,
        category="outil-electrique",
        max_duration="P2D",
    )
    await publish(
        conn,
        site,
        alice,
        "Vélo de ville avec panier",
        "<p>Le temps d’une réparation.</p>",
        photos=("velo",) if store else (),
        store=store,
        category="velo",
        place_name="Lambersart",
        postcode="59130",
        latitude=50.6503,
        longitude=3.0247,
    )
    sewing = await publish(
        conn,
        site,
        bob,
        "Machine à coudre et boîte à fils",
        "<p>Deux semaines, pas plus : elle est très demandée.</p>",
        category="couture",
        territory_uri=henin.uri,
        place_name="Hénin-Beaumont",
        postcode="62110",
        latitude=50.4217,
        longitude=2.9492,
        max_duration="P2W",
    )
    if store:
        await media.save_remote(
            conn,
            sewing.id,
            [
                RemoteDocument(
                    url="https://henin.test/m/1.jpg", mime_type="image/jpeg", description="La machine, capot ouvert"
                )
            ],
        )
        await _cache_remote(conn, store, sewing.id, "machine-a-coudre")
    question = await _answer(conn, site, bob, tent, "<p>Elle rentre dans une remorque de vélo ?</p>", number=1)
    await _answer(conn, site, alice, tent, "<p>Oui, le sac fait 60 cm sur 25.</p>", number=2, to=question)
    message = await _answer(
        conn, site, bob, tent, "<p>Je peux passer samedi ?</p>", number=3, audience="direct", reader=alice
    )
    await notifications.notify(conn, recipient_id=alice.id, type="mention", actor_id=bob.id, post_id=message.id)
    await notifications.notify(conn, recipient_id=hocine.id, type="follow_request", actor_id=bob.id)
    distant = await notes.create_note(
        conn,
        NewPost(
            uri=f"{bob.uri}/notes/cafe",
            kind="note",
            local=False,
            author_id=bob.id,
            url=f"{bob.url}/cafe",
            audience="network",
            content='<p>The repair café was full. <a href="https://henin.test/tags/couture">#couture</a></p>',
            language="en",
            published_at=datetime.now(UTC) - timedelta(hours=3),
        ),
    )
    withdrawn = await publish(conn, site, alice, "Déjà partie", "<p>Partie.</p>")
    await execute(conn, "UPDATE post SET deleted_at = now(), content = '' WHERE id = $1", withdrawn.id)
    return Village(
        site=site,
        coop=coop,
        alice=alice,
        hocine=hocine,
        admin=admin,
        bob=bob,
        henin=henin,
        offers_there=offers_there,
        drill=drill,
        tent=tent,
        call=call,
        wanted=wanted,
        sewing=sewing,
        withdrawn=withdrawn,
        question=question,
        message=message,
        distant_note=distant,
        alert=await _watch(conn, hocine),
    )


async def _watch(conn: Connection, member: Actor) -> SearchAlert:
    """This member wants to be told of tents nearby."""
    draft = AlertDraft(
        parameters="q=tente&lieu=Lomme+%2859160%29&km=10&genre=offer&mode=loan&mode=gift",
        filter=NetworkFilter(
            text="tente", latitude=50.645, longitude=2.987, radius=10, kinds=("offer",), modes=("loan", "gift")
        ),
        area="Lomme",
    )
    return (await alerts.create(conn, member.id, draft))[0]


def _addresses(site: Site, username: str) -> dict[str, Any]:
    base = f"{site.url}/users/{username}"
    return {
        "host": site.host,
        "uri": base,
        "url": f"{site.url}/@{username}",
        "inbox": f"{base}/inbox",
        "shared_inbox": f"{site.url}/inbox",
        "outbox": f"{base}/outbox",
        "followers_uri": f"{base}/followers",
        "following_uri": f"{base}/following",
        "featured_uri": f"{base}/featured",
    }


async def _local(conn: Connection, site: Site, username: str, name: str, **changes: Any) -> Actor:
    return await make_local_actor(conn, username, name=name, **_addresses(site, username), **changes)


async def _member(conn: Connection, site: Site, username: str, name: str, roles: Collection[str] = ()) -> Actor:
    home = f"{site.url}/users/coop"
    actor = await make_member(conn, username, roles=roles, name=name, territory_uri=home, **_addresses(site, username))
    await execute(conn, "UPDATE account SET default_commune_code = '59355' WHERE actor_id = $1", actor.id)
    return actor


async def publish(
    conn: Connection,
    site: Site,
    author: Actor,
    title: str,
    description: str,
    *,
    photos: tuple[str, ...] = (),
    store: FolderStore | None = None,
    **details: Any,
) -> Listing:
    """A listing as it stands after it was published or received, with these sample photos."""
    uuid = str(uuid5(NAMESPACE_URL, f"{author.uri} {title}"))
    values: dict[str, Any] = {
        "kind": "offer",
        "mode": "loan",
        "title": title,
        "description": description,
        "place_name": "Lomme",
        "postcode": "59160",
        "commune_code": None if "place_name" in details else "59355",
        "latitude": 50.6453,
        "longitude": 2.9871,
        "radius": 2000,
        "territory_uri": f"{site.url}/users/coop",
        "expires_at": datetime.now(UTC) + timedelta(days=30),
    }
    listing = await listings.create_listing(
        conn,
        NewPost(
            uri=f"{author.uri}/items/{uuid}",
            kind="listing",
            local=author.local,
            author_id=author.id,
            url=f"{site.url}/annonces/{uuid}" if author.local else f"https://{author.host}/annonces/{uuid}",
            audience="network",
            content=description,
            source=description.replace("<p>", "").replace("</p>", ""),
            language="fr",
            published_at=datetime.now(UTC),
        ),
        ListingDetails(**(values | details)),
    )
    if photos and store:
        kept = [
            await uploads.create_upload(conn, author.id, await _keep(store, name), f"Photo : {name}") for name in photos
        ]
        await uploads.attach(conn, listing.id, author.id, [one.id for one in kept])
    return listing


async def _keep(store: FolderStore, name: str) -> StoredPicture:
    data = (SAMPLES / f"{name}.jpg").read_bytes()
    picture = Picture(full=data, thumbnail=data, width=800, height=600, blurhash="LIIE|gRj00WB-;j[t7j[4nWBj[Rj")
    return await keep_picture(store, picture)


async def _cache_remote(conn: Connection, store: FolderStore, post_id: int, name: str) -> None:
    stored = await _keep(store, name)
    await execute(
        conn,
        """
        UPDATE media SET file_key = $2, thumbnail_key = $3, byte_size = $4, width = 800, height = 600,
            fetched_at = now(), read_at = now()
        WHERE post_id = $1
        """,
        post_id,
        stored.file_key,
        stored.thumbnail_key,
        stored.byte_size,
    )


async def _answer(
    conn: Connection,
    site: Site,
    author: Actor,
    listing: Listing,
    content: str,
    *,
    number: int,
    to: Post | None = None,
    audience: Any = "network",
    reader: Actor | None = None,
) -> Post:
    uuid = str(uuid5(NAMESPACE_URL, f"{author.uri} answer {number}"))
    return await notes.create_note(
        conn,
        NewPost(
            uri=f"{author.uri}/notes/{uuid}",
            kind="note",
            local=author.local,
            author_id=author.id,
            url=f"{author.url}/{uuid}",
            audience=audience,
            content=content,
            language="fr",
            in_reply_to_uri=(to or listing.post).uri,
            published_at=datetime.now(UTC),
            mention_ids=(reader.id,) if reader else (),
        ),
    )
