"""What takes part in a set, whatever its kind."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from models.people.actors import Actor
from models.settings import Site

Said = TypeVar("Said", covariant=True)


@dataclass(frozen=True, slots=True)
class Sent(Generic[Said]):
    """An activity and who sent it to this instance, who is known here and neither deleted nor suspended."""

    activity: Said
    sender: Actor
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The ids of what an activity changes, and of what it looks at: two that meet in one are not of one step."""

    changed: frozenset[str]
    seen: frozenset[str] = frozenset()
