"""The errors that records raise; each docstring is the sentence that a person may read."""


class DeclicError(Exception):
    """Something went wrong."""

    status = 500
    retry = False

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        """`field` names the form field or JSON key at fault, where there is one."""
        super().__init__(message or type(self).__doc__ or "")
        self.field = field


class NotFound(DeclicError):
    """This does not exist here, or is not visible to you."""

    status = 404


class Gone(DeclicError):
    """This existed and was removed."""

    status = 410


class Conflict(DeclicError):
    """This was changed or taken meanwhile."""

    status = 409


class Unfinished(DeclicError):
    """A part of it failed; the rest was done."""


class Forbidden(DeclicError):
    """You may not do this."""

    status = 403


class Unauthenticated(DeclicError):
    """You need to log in first."""

    status = 401


class Invalid(DeclicError):
    """What was sent is not valid."""

    status = 422


class OAuthError(DeclicError):
    """This application may not do that."""

    status = 400

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        """`code` is one of RFC 6749 §5.2 and the like, for the application; the message is for whoever writes it."""
        super().__init__(message)
        self.code, self.status = code, status


class Unavailable(DeclicError):
    """The database does not answer; please try again in a moment."""

    status = 503
    retry = True


class NoSpace(Unavailable):
    """The disk of this server is full: nothing can be kept until whoever hosts it makes room."""


class Entangled(DeclicError):
    """Somebody else changed the same thing at this very moment; please try again."""

    status = 503
    retry = True


def tell_os_error(error: BaseException) -> str:
    """What the operating system says, without its number: "Connection refused"."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
