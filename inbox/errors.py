"""Why an activity is left alone: seen, understood, and not acted upon."""

from federation.errors import FederationError
from models.message_requests import NewRequest


class Ignored(FederationError):
    """This activity changes nothing here."""

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
