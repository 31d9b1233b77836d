"""Why a film or a sound that was sent is not used."""

from federation.sandbox.pictures import RefusedPicture


class RefusedFilm(RefusedPicture):
    """This film or sound cannot be used."""

    code = "film_unusable"


class NotAFilm(RefusedFilm):
    """The file is neither a picture nor a film nor a sound that can be opened here."""

    code = "not_a_film"


class BrokenFilm(RefusedFilm):
    """The file begins like a film or a sound, but cannot be read to its end."""

    code = "broken_film"


class UnplayableFilm(RefusedFilm):
    """What is in the file is nothing that browsers play."""

    code = "film_format_unsupported"


class TooLargeFilm(RefusedFilm):
    """The film has more pixels than are opened here."""

    code = "film_too_large"


class TooFastFilm(RefusedFilm):
    """The film has more pictures a second than are opened here."""

    code = "film_too_fast"


class TooLongGif(RefusedFilm):
    """The GIF has more pictures than are made into a film here."""

    code = "gif_too_long"


class TooHeavyFilm(RefusedFilm):
    """The file is too heavy."""

    code = "film_too_heavy"


REFUSALS: dict[str, type[RefusedFilm]] = {
    "not_a_film": NotAFilm,
    "broken": BrokenFilm,
    "unplayable": UnplayableFilm,
    "too_many_pixels": TooLargeFilm,
    "too_fast": TooFastFilm,
    "too_long": TooLongGif,
}
"""What the child says, and the error that it becomes."""
