"""A form's field for a phone number."""

import re

from web.forms.form import Form
from web.rendering.i18n import N_

LIMIT = 30

PHONE_MISSING = N_("Donnez votre numéro de téléphone.")

PHONE = re.compile(r"\+?[\d .()-]{6,}")

LEAST_DIGITS, MOST_DIGITS = 9, 15
"""Without its country a French number has ten, with it eleven; none has more than fifteen (ITU-T E.164)."""


def read_phone(form: Form, *, missing: str = "") -> str:
    """The number as it was typed, or nothing; what cannot be one is noted."""
    phone = form.text("phone", limit=LIMIT, missing=missing)
    digits = sum(sign.isdigit() for sign in phone)
    if phone and form.ok and not (PHONE.fullmatch(phone) and LEAST_DIGITS <= digits <= MOST_DIGITS):
        form.fail("phone", "Écrivez un numéro, comme 06 12 34 56 78.")
    return phone
