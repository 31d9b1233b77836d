"""The answers that were kept ready before they were settings come along."""

from pathlib import Path

from models import preferences
from models.preference_values import CannedAnswer
from models.store import migrate
from models.store.database import Connection, execute

UPGRADE = (Path(migrate.__file__).parent / "migrations" / "0461_canned_answers.sql").read_text()


async def test_answers_of_before_are_settings_in_their_order(conn: Connection) -> None:
    await execute(conn, UPGRADE)
    assert (await preferences.load(conn)).canned_answers == ()
    await execute(
        conn,
        """
        INSERT INTO canned_answer (id, kind, title, words) VALUES
            (2, 'no', 'Plus près', '[prénom], voyez Hénin.'), (1, 'yes', 'Bienvenue', 'Bienvenue [prénom] !')
        """,
    )

    await execute(conn, UPGRADE)

    assert (await preferences.load(conn)).canned_answers == (
        CannedAnswer(kind="yes", title="Bienvenue", words="Bienvenue [prénom] !"),
        CannedAnswer(kind="no", title="Plus près", words="[prénom], voyez Hénin."),
    )
