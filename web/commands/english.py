"""What went wrong, in the language of commands: sentences that pages share are French, and stand in the catalogue."""

from federation.pictures import RefusedPicture
from models.errors import DeclicError
from web.i18n import load_catalogue


def in_english(error: DeclicError) -> str:
    """The error's sentence in English; one that is English already is found nowhere and stays."""
    catalogue = load_catalogue("en")
    if isinstance(error, RefusedPicture):
        return catalogue.ugettext(error.sentence) % {"name": error.name}
    return catalogue.ugettext(str(error))


def say_in_english(sentence: str, /, **values: object) -> str:
    """A French sentence that pages use, in English, its `%(name)s` filled in."""
    translated = load_catalogue("en").ugettext(sentence)
    return translated % values if values else translated
