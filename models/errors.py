"""The errors that records and verbs raise: a code where a person or an app is refused, never a sentence.

`web/rendering/error_messages/` says each code in the reader's language, with the values that were given with it. An
English sentence is only for whoever runs a server: what we answer to other servers (`federation/errors`,
`inbox/errors`), what a command says about itself, and what a developer reads in OAuth's `error_description` (plain
ASCII by RFC 6749 §5.2).
"""

from typing import Self


class DeclicError(Exception):
    """Something went wrong."""

    status = 500
    retry = False

    def __init__(self, message: str | None = None) -> None:
        """`message` is for logs, other servers and whoever runs this one; without it the docstring is."""
        super().__init__(message or type(self).__doc__ or "")


class Refusal(DeclicError):
    """What was asked for is refused."""

    code = "internal_error"

    def __init__(self, code: str | None = None, *, field: str | None = None, **values: object) -> None:
        """`field` names the form field or JSON key at fault, `values` what stands in the sentence (limits, names).

        As text it is for logs: the code with its values, or the docstring where there is no more to say.
        """
        self.code = code or type(self).code
        told = " ".join([self.code, *(f"{name}={value}" for name, value in values.items())])
        super().__init__(told if code or values else None)
        self.field = field
        self.values = values

    def about(self, field: str | None) -> Self:
        """The same refusal, the field under another name."""
        self.field = field
        return self


class NotFound(Refusal):
    """This does not exist here, or is not visible to you."""

    status = 404
    code = "not_found"


class Gone(Refusal):
    """This existed and was removed."""

    status = 410
    code = "gone"


class Conflict(Refusal):
    """This was changed or taken meanwhile."""

    status = 409
    code = "conflict"


class Unfinished(DeclicError):
    """A part of it failed; the rest was done."""


class Forbidden(Refusal):
    """You may not do this."""

    status = 403
    code = "forbidden"


class AccountSuspended(Forbidden):
    """The account of whoever asks is suspended: pages, apps and whatever acts in its name say the same sentence."""

    code = "account_is_suspended"


class Unauthenticated(Refusal):
    """You need to log in first."""

    status = 401
    code = "unauthenticated"


class Invalid(Refusal):
    """What was sent is not valid."""

    status = 422
    code = "invalid"


class OAuthError(DeclicError):
    """This application may not do that."""

    status = 400

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        """`code` is one of RFC 6749 §5.2 and the like, for the application; the message is for whoever writes it."""
        super().__init__(message)
        self.code, self.status = code, status


class Unavailable(Refusal):
    """The database does not answer; please try again in a moment."""

    status = 503
    code = "unavailable"
    retry = True


class NoSpace(Unavailable):
    """The disk of this server is full: nothing can be kept until whoever hosts it makes room."""

    code = "no_space"


class Entangled(Refusal):
    """Somebody else changed the same thing at this very moment; please try again."""

    status = 503
    code = "concurrent_change"
    retry = True


def describe_os_error(error: BaseException) -> str:
    """What the operating system says, without its number: "Connection refused"."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
