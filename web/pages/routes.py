"""The addresses of pages for people."""

from aiohttp import web

from web.pages import (
    account,
    browse,
    feeds,
    help,
    home,
    listings,
    login,
    members,
    network,
    notes,
    one_time_links,
    profiles,
    registration,
    static,
)

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ID = r"\d{1,19}"
TOKEN = r"[A-Za-z0-9_-]{20,80}"

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
    web.get("/connexion", login.show_login),
    web.post("/connexion", login.post_login),
    web.post("/connexion/lien", login.post_link),
    web.post("/deconnexion", login.post_logout),
    web.get("/mot-de-passe-oublie", login.show_forgotten),
    web.post("/mot-de-passe-oublie", login.post_forgotten),
    web.get(f"/lien/{{token:{TOKEN}}}", one_time_links.show_link),
    web.post(f"/lien/{{token:{TOKEN}}}", one_time_links.post_link),
    web.get("/inscription", registration.show_registration),
    web.post("/inscription", registration.post_registration),
    web.get("/compte", account.show_account),
    web.post("/compte/langue", account.post_language),
    web.get("/compte/mot-de-passe", account.show_password),
    web.post("/compte/mot-de-passe", account.post_password),
    web.get("/compte/appareils", account.list_devices),
    web.post("/compte/appareils/fermer", account.post_end_device),
    web.get("/coop/membres", members.list_members),
    web.get("/coop/membres/nouveau", members.show_new_member),
    web.post("/coop/membres/nouveau", members.post_new_member),
    web.get("/coop/membres/{username:[a-z0-9_]+}", members.show_member),
    web.post("/coop/membres/{username:[a-z0-9_]+}/lien", members.post_link),
    web.post("/coop/membres/{username:[a-z0-9_]+}/role", members.post_role),
    web.get("/aide", help.show_help),
    web.get("/mentions-legales", help.show_legal),
    web.get("/accessibilite", help.show_accessibility),
    web.get("/langue/{language:[a-z]{2,3}}", help.choose_language),
    web.get("/static/{name:.+}", static.show_static),
    web.get("/favicon.ico", static.show_icon),
]
