"""Why an activity is left alone: seen, understood, and not acted upon."""

from federation.errors import FederationError
from models.posts.message_requests import NewRequest
from models.servers.waiting_posts import Refusal

CAUSES: dict[Refusal, str] = {
    "hour": "Nobody here knows its server, which sent more listings within an hour than are kept of such a one.",
    "domain": "Nobody here knows its server, of which as many listings wait as are kept of such a one.",
    "all": "Nobody here knows its server, and as many listings of such ones wait as are kept.",
    "long": "Nobody here knows its server, and it is longer than what is kept of such a one.",
}
"""Why a listing of an unknown host is not kept."""


class Ignored(FederationError):
    """This activity changes nothing here."""

    status = 202


class NoRoom(Ignored):
    """A listing of an unknown host, beyond what is kept of such: administrators see how many, and why."""

    def __init__(self, host: str, why: Refusal) -> None:
        """`why` says which limit; the sentence stays in the row of what was received."""
        super().__init__(CAUSES[why])
        self.host, self.why = host, why


class SenderGone(FederationError):
    """Whoever sends this was deleted here a moment ago; next time their server is asked whether they are back."""

    status = 202
    retry = True


class KillsWorker(FederationError):
    """Whoever processes this dies of it."""

    status = 202


class TookTooLong(FederationError):
    """This takes more processor time than an activity may."""

    status = 202


class Held(FederationError):
    """What a stranger wrote waits until those whom it is for let it in (B-57)."""

    status = 202

    def __init__(self, request: NewRequest) -> None:
        """`request` is what they read meanwhile."""
        super().__init__()
        self.request = request
