"""Where a page of a search ends: what the next one goes on from, so that pages neither repeat nor skip."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime

from models.ids import HIGHEST_ID, make_id

_FORM = struct.Struct(">Bqqdd")
"""How a search was read, the moment, the last row: 33 bytes, whatever is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last row of a page. `begun` is the highest id there was when the first page was read: what came since stands
    above, and ages count from then. `value` is what the order goes by; `way` is which candidates were looked at.
    """

    begun: int
    way: int = 0
    id: int | None = None
    missing: float = 0
    value: float = 0

    @classmethod
    def begin(cls) -> "Cursor":
        """Before the first row, now."""
        return cls(begun=make_id(datetime.now(UTC)))

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """The cursor that this was written from; None for anything else, which begins at the beginning."""
        try:
            data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            way, begun, id, missing, value = _FORM.unpack(data)
        except (Error, ValueError, struct.error):
            return None
        if not (
            way <= 3 and 0 < begun <= HIGHEST_ID and 0 < id <= HIGHEST_ID and abs(missing) < 1e6 and abs(value) < 1e15
        ):
            return None
        return cls(begun=begun, way=way, id=id, missing=missing, value=value)

    def __str__(self) -> str:
        data = _FORM.pack(self.way, self.begun, self.id or 0, self.missing, self.value)
        return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
