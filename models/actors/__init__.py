"""People, groups, cooperatives and servers' own actors, here and elsewhere."""

from models.actors.reading import (
    count,
    find_by_handle,
    find_by_uri,
    find_local,
    find_published,
    get,
    get_local,
    is_known,
    is_published,
    list_by_ids,
    list_by_uris,
    list_cooperatives,
    list_friend_cooperatives,
    search,
)
from models.actors.saving import create_local, delete, save_icon, save_profile, save_remote
from models.actors.values import BUILT_IN, Actor, ActorType, Counts, LocalActor, Profile, RemoteActor

__all__ = [
    "BUILT_IN",
    "Actor",
    "ActorType",
    "Counts",
    "LocalActor",
    "Profile",
    "RemoteActor",
    "count",
    "create_local",
    "delete",
    "find_by_handle",
    "find_by_uri",
    "find_local",
    "find_published",
    "get",
    "get_local",
    "is_known",
    "is_published",
    "list_by_ids",
    "list_by_uris",
    "list_cooperatives",
    "list_friend_cooperatives",
    "save_icon",
    "save_profile",
    "save_remote",
    "search",
]
