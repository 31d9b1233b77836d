"""Why an activity is left alone: seen, understood, and not acted upon."""

from federation.errors import FederationError
from models.posts.message_requests import NewRequest
from models.servers.waiting_posts import Refusal
from models.traffic.inbound.ignored_reasons import IgnoredReason

CAUSES: dict[Refusal, IgnoredReason] = {
    "hour": "unknown_server_hour",
    "domain": "unknown_server_domain",
    "all": "unknown_server_all",
    "long": "unknown_server_long",
}
"""Why a listing of an unknown host is not kept."""


class Ignored(FederationError):
    """This activity changes nothing here."""

    status = 202

    def __init__(self, reason: IgnoredReason, cause: str = "") -> None:
        """`cause` goes with those in WITH_CAUSE alone. Both stay in the row of what was received."""
        super().__init__(f"{reason}: {cause}" if cause else reason)


class NoRoom(Ignored):
    """A listing of an unknown host, beyond what is kept of such: administrators see how many, and why."""

    def __init__(self, host: str, why: Refusal) -> None:
        """`why` says which limit."""
        super().__init__(CAUSES[why])
        self.host, self.why = host, why


class SenderGone(FederationError):
    """Whoever sends this was deleted here a moment ago; next time their server is asked whether they are back."""

    status = 202
    retry = True


class PostAwaited(FederationError):
    """This is about a post that was lost here and that others were asked for; it takes effect once it is back."""

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
