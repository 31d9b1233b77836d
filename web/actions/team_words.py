"""What the cooperative writes to somebody whose roles or places change, in each language of ours."""

from collections.abc import Collection, Mapping, Sequence

from models.people.accounts import Account, Role
from models.settings import Site
from web.rendering.role_words import ROLE_NAMES

ROLE_WORDS: Mapping[str, Mapping[Role, str]] = {
    "fr": {role: f"« {name} »" for role, name in ROLE_NAMES.items()},
    "en": {"welcome": "“Welcome”", "moderator": "“Moderation”", "keeper": "“Place”", "admin": "“Administration”"},
}

GIVEN = {
    "fr": "Vous avez maintenant pour la coop le rôle {roles}. Ce que vous pouvez faire est ici : {page}",
    "en": "For the cooperative you now hold the role {roles}. What you can do is here: {page}",
}

TAKEN = {"fr": "Vous n’avez plus le rôle {roles}.", "en": "You no longer hold the role {roles}."}

AND = {"fr": "et", "en": "and"}

PLACE_GIVEN = {
    "fr": "Vous vous occupez maintenant de « {name} » : ses horaires, fermetures et annonces sont ici : {page}",
    "en": "You now look after “{name}”: its hours, closures and listings are here: {page}",
}

PLACE_TAKEN = {
    "fr": "Vous ne vous occupez plus de « {name} ». Merci de l’avoir fait.",
    "en": "You no longer look after “{name}”. Thank you for having done so.",
}

AUTHORITY_GIVEN = {
    "fr": "Ce compte est maintenant celui de la collectivité, et son profil le dit. Il suit et publie comme avant, ne "
    "fait entrer personne, et les chiffres de la coop lui sont ouverts : {page}",
    "en": "This account is now that of the local authority, and its profile says so. It follows and publishes as "
    "before, lets nobody in, and the cooperative’s figures are open to it: {page}",
}

AUTHORITY_TAKEN = {
    "fr": "Ce compte n’est plus celui de la collectivité : il suit et publie comme avant, et ne lit plus que les "
    "chiffres que la coop publie.",
    "en": "This account is no longer that of the local authority: it follows and publishes as before, and reads only "
    "the figures that the cooperative publishes.",
}


def write_roles(site: Site, before: Collection[Role], after: Collection[Role]) -> dict[str, str]:
    """Which roles she holds now, and which no more."""
    given = [role for role in after if role not in before]
    taken = [role for role in before if role not in after]
    words = {}
    for language in AND:
        parts = [(TAKEN, taken), (GIVEN, given)]
        page = f"{site.url}/coop/permanence"
        said = [text[language].format(roles=_join(language, roles), page=page) for text, roles in parts if roles]
        words[language] = " ".join(said)
    return words


def write_place(site: Site, place: Account, words: Mapping[str, str]) -> dict[str, str]:
    """That she looks after this place now, or no more."""
    name, page = place.name or place.username, f"{site.url}/coop/lieux/{place.username}"
    return {language: text.format(name=name, page=page) for language, text in words.items()}


def write_authority(site: Site, words: Mapping[str, str]) -> dict[str, str]:
    """That this account speaks for the local authority now, or no more."""
    return {language: text.format(page=f"{site.url}/coop/chiffres") for language, text in words.items()}


def _join(language: str, roles: Sequence[Role]) -> str:
    names = [ROLE_WORDS[language][role] for role in roles]
    return f" {AND[language]} ".join(filter(None, (", ".join(names[:-1]), names[-1])))
