"""Move: one of ours lives at another address now (AX18)."""

from federation.uris import activity_uri
from federation.vocabulary.activities.activities import Move
from models.people.actors import Actor
from models.settings import Site


def build_move(site: Site, actor: Actor, target_uri: str, *, to: tuple[str, ...] = (), followers: bool = True) -> Move:
    """Told to the followers, who follow the new address by themselves; of a community to its members too, and of a
    hidden one to them alone.
    """
    return Move(
        id=activity_uri(site, actor.username),
        actor=actor.uri,
        object=actor.uri,
        target=target_uri,
        to=(*((actor.followers_uri,) if actor.followers_uri and followers else ()), *to),
    )
