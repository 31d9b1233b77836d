"""Whom the doctor's checks look at in tests, and what they say in French."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from models.settings import Settings
from models.store import database_health
from models.store.database import Connection, Pool
from tests.web.small_app import make_instance
from web.actions.doctor.findings import Patient
from web.actions.doctor.name_records import NameService, Unanswered


def say(sentence: str, /, **values: Any) -> str:
    """The sentence itself."""
    return sentence % values if values else sentence


def names_of(records: Mapping[tuple[str, str], list[str]] | None) -> NameService:
    """A name service that knows these, by name and kind; None is one that does not answer."""

    async def ask(name: str, kind: str) -> list[str]:
        if records is None:
            raise Unanswered(name)
        return records.get((name, kind), [])

    return ask


def make_patient(pool: Pool | None = None, *, names: NameService | None = None, **settings: Any) -> Patient:
    """An instance at https://lomme.example, with its database or without."""
    given = {"url": "https://lomme.example"} | settings
    chosen = msgspec.structs.replace(Settings(), **given)
    instance = make_instance(pool, **given) if pool is not None else None
    patient = Patient(settings=chosen, say=say, instance=instance)
    return patient if names is None else replace(patient, names=names, own_names=names)


def change_database_health(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """The database as it is, but for what is `changed`."""
    look = database_health.look

    async def look_elsewhere(conn: Connection) -> database_health.DatabaseHealth:
        return replace(await look(conn), **changed)

    monkeypatch.setattr(database_health, "look", look_elsewhere)
