"""Somebody who joins by a page: what the form asks for, and what is said where a name is taken."""

import re
from collections.abc import Sequence

from models.errors import Conflict, Invalid
from models.people import accounts
from models.people.sign_ups import ANSWER_LIMIT, SignUpAnswer
from models.preference_values import SignUpQuestion
from web.actions.sign_up import NAME_LIMIT, NewMember
from web.forms.form import Form
from web.forms.password_field import read_new_password


def read_newcomer(form: Form, language: str) -> NewMember:
    """Read the fields in the order of the page, which is read in `language`."""
    name = form.text("name", limit=NAME_LIMIT, missing="Donnez votre prénom.")
    username = read_username(form)
    email = form.email("email", missing="Donnez votre courriel.")
    password = read_new_password(form, username, name, email, email.partition("@")[0])
    return NewMember(name=name, username=username, email=email, password=password, language=language)


def read_answers(form: Form, questions: Sequence[SignUpQuestion]) -> list[SignUpAnswer]:
    """What was answered to the cooperative's questions, each with the question; nothing where nothing was said."""
    answers = []
    for number, one in enumerate(questions, start=1):
        missing = "Répondez à cette question, même en deux mots." if one.required else ""
        words = form.lines(f"answer_{number}", limit=ANSWER_LIMIT, missing=missing)
        if words:
            answers.append(SignUpAnswer(question=one.text, words=words))
    return answers


def read_username(form: Form) -> str:
    """A user name; capitals and a leading @ are forgiven."""
    username = form.text("username", limit=100, missing="Choisissez un nom de membre.").lower().removeprefix("@")
    try:
        accounts.require_username(username)
    except Invalid:
        if re.fullmatch(accounts.USERNAME, username):
            form.fail("username", "Le nom « %(name)s » est réservé. Choisissez-en un autre.", name=username)
        else:
            form.fail("username", "Sans espace ni accent : des lettres de a à z, des chiffres ou _, 30 au plus.")
    return username


def fail_taken(form: Form, conflict: Conflict) -> None:
    """Say at the right field what was taken meanwhile or before."""
    if conflict.code == "names_at_rest":
        form.refuse("username", conflict)
    elif conflict.field == "invitation":
        form.fail("", "La dernière place de cette invitation vient d’être prise. Vous pouvez continuer sans elle.")
    elif conflict.field == "email":
        form.fail("email", "Cette adresse a déjà un compte ici. Connectez-vous, ou demandez un lien à votre coop.")
    else:
        form.fail("username", "Ce nom est déjà pris. Essayez avec un chiffre ou votre commune.")
