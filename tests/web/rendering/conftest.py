"""Pages in a browser, as tests of web/pages have them."""

from tests.web.pages.conftest import (  # noqa: F401
    alice,
    database_url,
    door,
    fediverse,
    instance,
    lent_database,
    lomme,
    open_browser,
    pool,
    templates,
    visitor,
)
