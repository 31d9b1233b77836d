"""The addresses of a member's own place."""

from aiohttp import web

from models.lazy import when_called

with when_called(globals()):
    from web.pages.listings import own_listings, returned_posts

OWN_PLACE: list[web.RouteDef] = [
    web.get("/chez-moi", own_listings.show_my_place),
    web.get("/chez-moi/revenues", returned_posts.show_returned),
]
