"""Where the pages of people and things are on this site, for pages, mails and calendars alike."""

from models.communities.communities import Community
from models.listings.listings import Listing
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site


def listing_path(site: Site, listing: Listing) -> str:
    """The page of a listing or a meeting here: its own address, or for a copy one made of its id."""
    if listing.post.local:
        return listing.post.url.removeprefix(site.url)
    return f"/rencontres/d/{listing.id}" if listing.details.meeting else f"/annonces/d/{listing.id}"


def meeting_path(site: Site, listing: Listing, occurrence_id: int, *, several: bool) -> str:
    """The page of a meeting here, which shows one time of the `several` that it has."""
    return f"{listing_path(site, listing)}?fois={occurrence_id}" if several else listing_path(site, listing)


def profile_path(actor: Actor) -> str:
    """The page of an actor here; those from elsewhere carry their host."""
    return f"/@{actor.username}" if actor.local else f"/@{actor.handle}"


def community_path(one: Community | Actor) -> str:
    """The page of a community here; those from elsewhere carry their host."""
    return f"/communautes/{one.username}" if one.local else f"/communautes/{one.username}@{one.host}"


def note_path(site: Site, post: Post) -> str:
    """The page of a note here: its own address, or for a copy one made of its id."""
    return post.url.removeprefix(site.url) if post.local else f"/notes/{post.id}"


def exchange_path(exchange_id: int) -> str:
    """The page of a thread between two people about a listing."""
    return f"/echanges/{exchange_id}"
