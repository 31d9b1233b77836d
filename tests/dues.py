"""Yearly dues as tests need them: asked for, and a village in which they stand in each way."""

from datetime import timedelta

from models import preferences
from models.people.dues import dues
from models.store.database import Connection
from tests.sample_village import Village
from tests.today import today


async def furnish_dues(conn: Connection, village: Village) -> None:
    """The village asks for dues; Maryse's ended lately, those of who administers end soon, Hocine never paid."""
    await preferences.write(
        conn,
        {
            "dues": True,
            "dues_words": "Chacun donne selon ses moyens : 20 € couvrent les frais d’une année.",
            "dues_free": "les étudiantes et étudiants",
            "dues_address": "https://www.helloasso.example/la-remise/adhesion",
            "dues_lapse": "borrowing",
            "dues_amounts": True,
        },
    )
    await dues.save(conn, village.alice.id, until=today() - timedelta(days=9), cents=1250, by=village.admin.id)
    await dues.save(conn, village.admin.id, until=today() + timedelta(days=20))
