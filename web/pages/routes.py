"""The addresses of pages for people."""

from aiohttp import web

from web.pages import browse, feeds, help, home, listings, network, notes, profiles, static

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ID = r"\d{1,19}"

ROUTES: list[web.RouteDef] = [
    web.get("/", home.show_home),
    web.get("/annonces", browse.list_listings),
    web.get(f"/annonces/{{uuid:{UUID}}}", listings.show_local),
    web.get(f"/annonces/d/{{id:{ID}}}", listings.show_by_id),
    web.get("/lieux", browse.list_places),
    web.get("/reseau", network.show_network),
    web.get("/fil", feeds.show_feed),
    web.get("/tags/{name}", feeds.show_tag),
    web.get("/moi", profiles.show_me),
    web.get(f"/@{{username:[a-z0-9_]+}}/{{uuid:{UUID}}}", notes.show_local),
    web.get("/@{handle:[^/]+}", profiles.show_profile),
    web.get(f"/notes/{{id:{ID}}}", notes.show_by_id),
    web.get("/aide", help.show_help),
    web.get("/mentions-legales", help.show_legal),
    web.get("/accessibilite", help.show_accessibility),
    web.get("/langue/{language:[a-z]{2,3}}", help.choose_language),
    web.get("/static/{name:.+}", static.show_static),
    web.get("/favicon.ico", static.show_icon),
]
