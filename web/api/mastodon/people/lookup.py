"""What somebody asks for by its address: found here, or fetched from where it lives."""

from federation.discovery.webfinger import read_handle
from federation.errors import FederationError
from federation.instance import Instance
from federation.uris import is_uri
from inbox.posts.lookup import look_up
from models.errors import Invalid, NotFound
from models.people.actors import Actor
from models.posts import Post


async def resolve(instance: Instance, text: str) -> Actor | Post | None:
    """The person or post at this address, fetched where it is not known; None where nothing usable answers."""
    if read_handle(text) is None and not is_uri(text):
        return None
    try:
        return await look_up(instance, text)
    except (FederationError, NotFound, Invalid):
        return None
