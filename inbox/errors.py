"""Why an activity is left alone: seen, understood, and not acted upon."""

from federation.errors import FederationError


class Ignored(FederationError):
    """This activity changes nothing here."""

    status = 202


class TookTooLong(FederationError):
    """This takes more processor time than an activity may."""

    status = 202


class Held(FederationError):
    """A letter of a stranger: somebody of the cooperative says what becomes of it (B-57)."""

    status = 202
