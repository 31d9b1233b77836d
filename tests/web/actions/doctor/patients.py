"""Whom the doctor's checks look at in tests, and what they say in French."""

from typing import Any

import msgspec

from models.settings import Settings
from models.store.database import Pool
from tests.web.small_app import make_instance
from web.actions.doctor.findings import Patient


def say(sentence: str, /, **values: Any) -> str:
    """The sentence itself."""
    return sentence % values if values else sentence


def make_patient(pool: Pool | None = None, **settings: Any) -> Patient:
    """An instance at https://lomme.example, with its database or without."""
    given = {"url": "https://lomme.example"} | settings
    chosen = msgspec.structs.replace(Settings(), **given)
    return Patient(settings=chosen, say=say, instance=make_instance(pool, **given) if pool is not None else None)
