"""Why an activity is left alone: seen, understood, and not acted upon."""

from federation.errors import FederationError


class Ignored(FederationError):
    """This activity changes nothing here."""

    status = 202
