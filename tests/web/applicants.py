"""People who ask to join: the way through the pages, and a short one."""

import html
import re
from dataclasses import replace

from federation.instance import Instance
from models import preferences
from models.people.accounts import Account, get
from models.people.sign_ups import NewSignUp
from models.preference_values import SignUpQuestion
from models.preferences import Registration
from models.store.database import connection, fetch_value, transaction
from outbox.people.accounts import ask_to_join
from tests.factories import make_local_actor
from tests.web.form_client import Doorbell, Visitor, add_member

CAROLE = {"name": "Carole", "username": "carole", "email": "carole@example.org", "password": "trois vélos et demi"}

QUESTIONS = (SignUpQuestion(text="Qu’aimeriez-vous prêter ?", required=True), SignUpQuestion(text="Qui vous envoie ?"))


async def choose(
    instance: Instance, registration: Registration, questions: tuple[SignUpQuestion, ...] = (), closed_words: str = ""
) -> None:
    """How one joins."""
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        changed = replace(chosen, registration=registration, questions=questions, closed_words=closed_words)
        await preferences.save(conn, changed)


async def ask(door: Doorbell, **changes: str) -> Visitor:
    """Somebody fills in the form."""
    visitor = await door.ring()
    await visitor.open("/inscription")
    return await visitor.send("/inscription", CAROLE | changes)


async def enter_as(door: Doorbell, username: str) -> Visitor:
    """A member."""
    visitor = await door.ring()
    return await visitor.log_in(username)


async def add_applicant(instance: Instance, username: str = "carole") -> Account:
    """Somebody who waits, without the pages and without a password."""
    async with transaction(instance.pool) as conn:
        new = NewSignUp(
            username=username,
            email=f"{username}@example.org",
            password_hash="x",
            name=username.capitalize(),
            language="fr",
            commune_code=None,
        )
        asked = await ask_to_join(conn, instance.site, new, None)
        assert asked.actor_id is not None
        return await get(conn, asked.actor_id)


async def find_request_page(instance: Instance, username: str = "carole") -> str:
    """Where the team reads this request."""
    async with connection(instance.pool) as conn:
        return f"/coop/demandes/{await fetch_value(conn, 'SELECT id FROM sign_up WHERE username = $1', username)}"


def words_of(page: str) -> str:
    """What is read between the tags, with plain spaces."""
    text = html.unescape(re.sub(r"<[^>]*>", " ", page))
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


async def found_team(instance: Instance) -> None:
    """The actor in whose name the team is told, and Awa, who welcomes people."""
    await add_member(instance, "awa", roles=["welcome"])
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
