"""The words of new listings, so that who misspells one finds it."""

from federation.instance import Instance
from models.searches.language.known_words import take_new_words
from models.store.database import transaction


async def take_words(instance: Instance) -> None:
    """Take the words of what came since the last time, some listings at a time."""
    more = True
    while more:
        async with transaction(instance.pool) as conn:
            more = await take_new_words(conn)
