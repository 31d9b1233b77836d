"""The words of new listings, so that who misspells one finds it, and what all are called by a new list of words."""

from federation.instance import Instance
from models.searches.language.known_words import take_new_words
from models.searches.language.named_things import read_listings
from models.store.database import transaction


async def take_words(instance: Instance) -> None:
    """Take the words of what came since the last time, and read anew what was read by another list, by steps."""
    for take in (take_new_words, read_listings):
        more = True
        while more:
            async with transaction(instance.pool) as conn:
                more = await take(conn)
