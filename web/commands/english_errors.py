"""What went wrong, in the language of commands."""

from models.errors import DeclicError, Refusal
from web.rendering.error_messages.lookup import format_error
from web.rendering.i18n import find_catalogue


def translate_error(error: DeclicError) -> str:
    """The error's sentence in English; what is no refusal of a person or an app is English already."""
    return format_error(error, find_catalogue("en").ugettext, "en") if isinstance(error, Refusal) else str(error)


def to_english(sentence: str, /, **values: object) -> str:
    """A French sentence that pages use, in English, its `%(name)s` filled in."""
    translated = find_catalogue("en").ugettext(sentence)
    return translated % values if values else translated
