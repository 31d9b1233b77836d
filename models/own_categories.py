"""Categories of the cooperative's own, as its settings hold them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcategory:
    """A category of the cooperative's own under a shared one, whose slug its own begins with ("camping.tentes").

    `words` are what else its listings are found as; nothing new goes into one that is `closed`.
    """

    slug: str
    label: str
    words: str = ""
    closed: bool = False

    @property
    def category(self) -> str:
        """The slug of the shared one."""
        return self.slug.partition(".")[0]
