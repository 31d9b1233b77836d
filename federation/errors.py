"""The errors of talking with other servers; each docstring is the sentence that a person may read."""

from enum import StrEnum

from models.errors import DeclicError


class Cause(StrEnum):
    """Why a request to another server failed, in a form that pages translate; `describe` says it in English."""

    BAD_ADDRESS = "bad_address"
    PRIVATE_ADDRESS = "private_address"
    NAME_NOT_FOUND = "name_not_found"
    NAME_UNANSWERED = "name_unanswered"
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_WRONG_NAME = "certificate_wrong_name"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"
    TLS = "tls"
    CLOCK = "clock"
    SIGNATURE_REFUSED = "signature_refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    REFUSED = "refused"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_ID = "wrong_id"
    NOT_AN_ACTOR = "not_an_actor"
    RECENTLY_FAILED = "recently_failed"
    TOO_MANY_FETCHES = "too_many_fetches"
    SET_ASIDE = "set_aside"
    WITHHELD = "withheld"


_SENTENCES = {
    Cause.BAD_ADDRESS: "{host} is not an address that servers may use.",
    Cause.PRIVATE_ADDRESS: "{host} has no address on the public internet, and this server calls no other.",
    Cause.NAME_NOT_FOUND: "The name {host} does not exist.",
    Cause.NAME_UNANSWERED: "The name {host} could not be looked up; the name service does not answer.",
    Cause.CONNECTION_REFUSED: "{host} refuses connections; its server is probably stopped.",
    Cause.UNREACHABLE: "{host} cannot be reached over the network.",
    Cause.TIMED_OUT: "{host} did not answer in time.",
    Cause.CONNECTION_LOST: "{host} broke off the connection.",
    Cause.CERTIFICATE_EXPIRED: "The certificate of {host} has expired.",
    Cause.CERTIFICATE_NOT_YET_VALID: "The certificate of {host} is not valid yet; one of the two clocks may be wrong.",
    Cause.CERTIFICATE_WRONG_NAME: "The certificate of {host} is for another name.",
    Cause.CERTIFICATE_UNTRUSTED: "The certificate of {host} comes from nobody whom this server trusts.",
    Cause.TLS: "No secure connection with {host} could be made.",
    Cause.CLOCK: "{host} says another time than this server; one of the two clocks is wrong.",
    Cause.SIGNATURE_REFUSED: "{host} does not accept our signature.",
    Cause.FORBIDDEN: "{host} forbids this.",
    Cause.NOT_FOUND: "{host} does not know this address.",
    Cause.GONE: "{host} says that this was deleted.",
    Cause.REFUSED: "{host} refused the request.",
    Cause.TOO_MANY_REQUESTS: "{host} asks us to wait.",
    Cause.SERVER_ERROR: "{host} has a problem of its own.",
    Cause.REDIRECT: "{host} sends us elsewhere, where we do not go.",
    Cause.TOO_LARGE: "The answer of {host} is too large.",
    Cause.WRONG_TYPE: "{host} answered with something else than what was asked for.",
    Cause.NOT_AN_OBJECT: "The answer of {host} cannot be read.",
    Cause.WRONG_ID: "{host} answered with an object that has another address.",
    Cause.NOT_AN_ACTOR: "What {host} shows there is nobody whom one could follow.",
    Cause.RECENTLY_FAILED: "{host} failed a moment ago; it will be asked again later.",
    Cause.TOO_MANY_FETCHES: "{host} was asked too often in the last minute; it will be asked again later.",
    Cause.SET_ASIDE: "This cooperative has no dealings with {host}.",
    Cause.WITHHELD: "This cooperative sends nothing private to {host}.",
}


def describe(cause: Cause, host: str) -> str:
    """The cause as one sentence for the administrators."""
    return _SENTENCES[cause].format(host=host)


class FederationError(DeclicError):
    """Another server could not be understood or reached."""

    status = 502


class FetchFailed(FederationError):
    """Another server could not be asked.

    `answer` is its HTTP status where there was one, `retry_after` the seconds that it asks for, `retry` whether
    trying again may help; `clock` by how many seconds its clock is ahead of ours, where it said so; `status` stays
    what we tell whoever asked us.
    """

    def __init__(
        self,
        cause: Cause,
        host: str,
        *,
        answer: int | None = None,
        retry_after: int | None = None,
        retry: bool = False,
        clock: int | None = None,
    ) -> None:
        super().__init__(describe(cause, host))
        self.cause = cause
        self.host = host
        self.answer = answer
        self.retry_after = retry_after
        self.retry = retry
        self.clock = clock


class Step(StrEnum):
    """How far the search for somebody's address came, for pages to say what to do about it."""

    ADDRESS = "address"
    NAME = "name"
    CONNECTION = "connection"
    WEBFINGER = "webfinger"
    ACTOR = "actor"
    SIGNATURE = "signature"


class ResolveFailed(FederationError):
    """Nobody was found at this address; `step` says where the search ended and `cause` why."""

    status = 422

    def __init__(self, step: Step, host: str, cause: Cause) -> None:
        super().__init__(describe(cause, host))
        self.step = step
        self.host = host
        self.cause = cause


class Malformed(FederationError):
    """What was sent is not an activity."""

    status = 400


class Unsupported(FederationError):
    """This kind of activity is not one that this server knows; it is accepted and ignored."""

    status = 202


class SignatureInvalid(FederationError):
    """The signature is missing, does not hold, or is by somebody else."""

    status = 401


class KeyGone(SignatureInvalid):
    """The key's server says that its owner was deleted; `uri` is the key id (AX12)."""

    def __init__(self, uri: str) -> None:
        super().__init__()
        self.uri = uri


class KeyUnavailable(FederationError):
    """The key cannot be fetched for now; please send this again later."""

    status = 503
    retry = True

    def __init__(self, message: str | None = None, *, retry_after: int = 300) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotAllowed(FederationError):
    """An actor may only speak for itself and for what is its own (FEP-fe34)."""

    status = 401
