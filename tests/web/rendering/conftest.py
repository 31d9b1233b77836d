"""Pages in a browser, as tests of web/pages have them."""

from tests.web.pages.conftest import (  # noqa: F401
    alice,
    door,
    fediverse,
    first_day,
    instance,
    lomme,
    open_browser,
    templates,
    visitor,
)
