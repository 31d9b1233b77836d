"""Our actors as others see them: members, streams, the cooperative, the server itself (AC2 to AC4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from federation.json.jsonld_terms import CAPABILITY, PROPOSALS
from federation.media.built_in_pictures import find_header_url, find_icon_url, make_document
from federation.signatures.public_keys import load_stored, write_multikey
from federation.uris import proposals_uri, shared_inbox_uri, tag_url, territories_uri
from federation.vocabulary.actors import ABSENCE, ActorDocument, ProfileField
from federation.vocabulary.keys import Multikey, PublicKeyPem
from federation.vocabulary.parts import Hashtag
from models.people.actors import Actor
from models.people.keys import StoredPublicKey
from models.people.opening_hours import read_hours
from models.posts.media.media import Media
from models.settings import Site
from outbox.builders.objects.attachments import build_picture, build_place
from outbox.builders.objects.summaries import build_summary, list_summary_tags
from outbox.builders.texts.wording import write_return

IMPLEMENTS = (
    PROPOSALS,
    CAPABILITY,
    "https://w3id.org/fep/1b12",
    "https://datatracker.ietf.org/doc/html/rfc9421",
)
"""What this server can do, told by its Application (FEP-844e)."""


def build_actor(
    site: Site,
    actor: Actor,
    keys: Iterable[StoredPublicKey],
    *,
    icon: Media | None = None,
    image: Media | None = None,
) -> ActorDocument:
    """An actor of ours of any type; `keys` are its public keys.

    One that was suspended keeps its address and its keys and shows nothing else of itself (AC5).
    """
    rsa, multikeys = _build_keys(actor, keys)
    bare = ActorDocument(
        id=actor.uri,
        type="Service" if actor.automatic and actor.type == "Person" else actor.type,
        inbox=actor.inbox,
        username=actor.username,
        webfinger=actor.handle,
        url=actor.url,
        outbox=actor.outbox,
        followers=actor.followers_uri,
        following=actor.following_uri,
        featured=actor.featured_uri,
        shared_inbox=shared_inbox_uri(site),
        published=actor.published_at or actor.created_at,
        public_keys=rsa,
        multikeys=multikeys,
        locked=actor.locked,
        discoverable=False,
        indexable=False,
        suspended=actor.suspended_at is not None,
        also_known_as=tuple(actor.also_known_as),
        moved_to=actor.moved_to,
        implements=IMPLEMENTS if actor.type == "Application" else (),
        territory=actor.territory_uri,
        category=actor.category,
    )
    return bare if bare.suspended else _show(site, actor, bare, icon=icon, image=image)


def _show(site: Site, actor: Actor, bare: ActorDocument, *, icon: Media | None, image: Media | None) -> ActorDocument:
    """With what the actor shows of itself."""
    place = build_place(actor)
    coop = actor.username == "coop"
    listed = coop and actor.discoverable
    return replace(
        bare,
        name=actor.name,
        summary=build_summary(site, actor),
        icon=build_picture(site, icon) or make_document(find_icon_url(site, actor)),
        image=build_picture(site, image) or make_document(find_header_url(site, actor)),
        discoverable=actor.discoverable,
        indexable=actor.indexable and actor.discoverable,
        fields=_build_fields(actor),
        hashtags=tuple(Hashtag(name=name, href=tag_url(site, name)) for name in list_summary_tags(actor)),
        away_until=actor.away_until,
        hours=read_hours(actor.hours),
        place=place,
        service_area=place if actor.type == "Organization" and coop else None,
        territories=territories_uri(site) if listed else None,
        proposals=proposals_uri(site, actor.username) if listed else None,
    )


def _build_fields(actor: Actor) -> tuple[ProfileField, ...]:
    """What the actor says of itself, and before it, for those who know no other word for it, that it is away."""
    own = tuple(ProfileField(name=line["name"], value=line["value"]) for line in actor.fields)
    if actor.away_until is None:
        return own
    return (ProfileField(name=ABSENCE, value=write_return(actor.away_until)), *own)


def _build_keys(actor: Actor, keys: Iterable[StoredPublicKey]) -> tuple[tuple[PublicKeyPem, ...], tuple[Multikey, ...]]:
    """RSA for HTTP signatures, Ed25519 for proofs."""
    rsa: list[PublicKeyPem] = []
    multikeys: list[Multikey] = []
    for key in keys:
        if key.algorithm == "rsa":
            rsa.append(PublicKeyPem(id=key.uri, owner=actor.uri, pem=key.pem))
        else:
            multibase = write_multikey(cast("Any", load_stored(key.pem)))
            multikeys.append(Multikey(id=key.uri, controller=actor.uri, multibase=multibase))
    return tuple(rsa), tuple(multikeys)
