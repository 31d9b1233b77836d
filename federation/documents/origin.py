"""Who may speak for which id (FEP-fe34): one origin for an activity, its actor and what it makes or changes."""

from federation.errors import NotAllowed
from federation.uris import host_of, same_origin
from federation.vocabulary.activities.activities import Activity
from models.errors import Invalid

__all__ = ["require_attributed", "require_owner", "require_same_origin", "same_origin"]


def require_same_origin(first: str, second: str) -> None:
    """Raise NotAllowed unless both addresses are of one origin: scheme, host and port."""
    if not same_origin(first, second):
        raise NotAllowed(f"{_host(first)} may not speak for {_host(second)}.")


def require_owner(activity: Activity, signer_actor_uri: str) -> None:
    """Whether whoever signed may say this: the activity's actor is the signer, and its id is of their origin.

    An activity without an id is nobody else's. Raises NotAllowed (SG18, B-15).
    """
    if activity.actor != signer_actor_uri:
        raise NotAllowed("The activity is by somebody else than whoever signed it.")
    if activity.id:
        require_same_origin(activity.actor, activity.id)


def require_attributed(actor: str, object_id: str, attributed_to: str | None) -> None:
    """Whether `actor` may make or change this object: it says so itself, and its id is of their origin (AX5, B-22).

    Raises NotAllowed.
    """
    if attributed_to != actor:
        raise NotAllowed("The object is attributed to somebody else.")
    require_same_origin(actor, object_id)


def _host(uri: str) -> str:
    try:
        return host_of(uri)
    except Invalid:
        return uri[:100]
