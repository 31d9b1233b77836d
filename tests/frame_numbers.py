"""Bikes with frame numbers, for tests of whether one is stolen."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from models.ids import make_id
from models.people.actors import Actor
from models.repairs.frame_numbers import inquiries, questions, sightings
from models.repairs.frame_numbers.inquiries import FriendAnswer
from models.store.database import Connection, execute
from tests.sample_village import Village

NUMBER = "WTU128K4471"


async def add_bike(conn: Connection, owner: Actor, number: str = NUMBER, *, stolen: bool = True) -> int:
    """A bike of this member, stolen unless said otherwise."""
    bike_id = make_id()
    await execute(
        conn,
        "INSERT INTO bike (id, owner_id, name, frame_number, stolen_at) VALUES ($1, $2, 'Le vert', $3, $4)",
        bike_id,
        owner.id,
        number,
        datetime.now(UTC) if stolen else None,
    )
    return bike_id


def question(actor: str = "https://henin.test/users/instance", **changes: Any) -> dict[str, Any]:
    """What the server of Hénin asks."""
    asked = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"urn:uuid:{uuid4()}",
        "type": "StolenBikeInquiry",
        "actor": actor,
        "published": datetime.now(UTC).isoformat(),
        "frameNumber": NUMBER,
    }
    return {name: value for name, value in (asked | changes).items() if value is not None}


async def add_sample_questions(conn: Connection, village: Village) -> None:
    """Maryse asked twice, once it was a yes; others asked about her own bike, one of whom gives her name."""
    bike_id = await add_bike(conn, village.alice)
    here, there = village.site.host, village.henin.host
    for ending, stolen in (("B07", False), ("471", True)):
        asked = await inquiries.begin(conn, village.alice.id, ending, may_write=stolen)
        answers = [
            FriendAnswer(host=here, name="Lomme", stolen=False),
            FriendAnswer(host=there, name="Hénin-Carvin", stolen=stolen),
            FriendAnswer(host="lens.test", name="Lens-Liévin", stolen=None),
        ]
        await inquiries.save_answers(conn, asked, answers)
    await questions.save(conn, there, "urn:uuid:1", "471", stolen=True)
    await questions.save(conn, there, "urn:uuid:2", "X12", stolen=False)
    await sightings.add(conn, bike_id, there, f"bob@{there}")
    await sightings.add(conn, bike_id, here, "")
