"""A bike is stolen in Hénin; somebody in Lomme types its number and reads yes, and the owner learns of it."""

from federation.discovery.remote import resolve_handle
from models.repairs.frame_numbers import inquiries, questions, sightings
from models.servers import trust_levels
from models.servers.trust_levels import Decision
from models.store.database import connection, transaction
from outbox.repairs.frame_numbers.asking import ask
from tests.frame_numbers import NUMBER, add_bike
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives


async def befriend(server: RunningServer, other: RunningServer) -> None:
    """The cooperative of one calls the other's a friend."""
    await resolve_handle(server.instance, f"@coop@{other.host}")
    async with transaction(server.instance.pool) as conn:
        await trust_levels.save_levels(conn, [Decision(host=other.host, level="friend")])
    server.instance.policy.forget()


async def ask_henin(cooperatives: Cooperatives, alice: Member, number: str, *, may_write: bool) -> bool | None:
    """What Hénin answers."""
    lomme = cooperatives.lomme.instance
    asked = await ask(lomme, alice.actor, number, may_write=may_write)
    async with connection(lomme.pool) as conn:
        answers = (await inquiries.map_answers(conn, [asked]))[asked]
    return {one.host: one.stolen for one in answers}[cooperatives.henin.host]


async def test_a_friend_answers_over_the_network_and_only_a_friend(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = await cooperatives.add_members()
    async with transaction(henin.instance.pool) as conn:
        await add_bike(conn, bob.actor)
    await befriend(lomme, henin)
    unknown = await ask_henin(cooperatives, alice, NUMBER, may_write=False)
    await befriend(henin, lomme)

    yes = await ask_henin(cooperatives, alice, "wtu 128 k4471", may_write=False)
    again = await ask_henin(cooperatives, alice, NUMBER, may_write=True)
    no = await ask_henin(cooperatives, alice, "ANOTHER99", may_write=False)

    assert (unknown, yes, again, no) == (None, True, True, False)
    async with connection(henin.instance.pool) as conn:
        told = await sightings.list_own(conn, bob.actor.id)
        lines = await questions.list_all(conn)
    assert [(one.host, one.contact) for one in told] == [(lomme.host, alice.actor.handle)]
    assert [(one.host, one.ending, one.stolen) for one in lines] == [
        (lomme.host, "R99", False),
        (lomme.host, "471", True),  # with the address of who asks, after the yes
        (lomme.host, "471", True),
    ]
