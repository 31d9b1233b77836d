"""The one rule for a new password: long enough, and not the first that others would try."""

from web.forms.form import Form
from web.security.passwords import MAXIMUM, MINIMUM, find_fault


def read_new_password(form: Form, *own_words: str) -> str:
    """The password typed; `own_words` are names that would be guessed for this person."""
    password = form.secret("password")
    match find_fault(password, *own_words):
        case "short":
            form.fail("password", "%(count)s caractères au moins : quelques mots font l’affaire.", count=MINIMUM)
        case "long":
            form.fail("password", "%(count)s caractères au plus.", count=MAXIMUM)
        case "common":
            form.fail("password", "Ce mot de passe est trop facile à deviner. Choisissez quelques mots sans lien.")
    return password
