"""The addresses of what helps a bike that broke down: first help, calls, workshops and their appointments."""

from aiohttp import web

from web.pages.access.preserve_form import preserve_form
from web.pages.patterns import COMMUNITY, ID, NAME, SIGNED
from web.pages.repairs.bookings import book_page, visits
from web.pages.repairs.calls import breakdown, call_form, changing, going_on, own_call, private_link, watching
from web.pages.repairs.diagnostic import service_worker, walk_page
from web.pages.repairs.frame_numbers import asking
from web.pages.repairs.shops import appearing, editing, people, price_list, shop_list, shop_page, shop_points

OFFICE = f"/ateliers/{{place:{NAME}}}/gerer"

BOOK = f"{OFFICE}/rendez-vous"

REPAIRS: list[web.RouteDef] = [
    web.get("/depannage", breakdown.show_breakdown),
    web.post("/depannage/prevenir", watching.post_watch),
    web.get("/depannage/appeler", call_form.show_call),
    web.post("/depannage/appeler", preserve_form(call_form.post_call)),
    web.get(f"/depannage/appels/{{id:{ID}}}", own_call.show_own_call),
    web.get("/depannage/mon-appel", private_link.show_own),
    web.post("/depannage/mon-appel", private_link.post_new_link),
    web.get("/depannage/mon-appel/changer", changing.show_change),
    web.post("/depannage/mon-appel/changer", changing.post_change),
    web.post("/depannage/mon-appel/effacer", private_link.post_erase),
    web.get(f"/appel/fin/{{token:{SIGNED}}}", private_link.show_stop),
    web.post(f"/appel/fin/{{token:{SIGNED}}}", private_link.post_stop),
    web.get(f"/appel/{{token:{SIGNED}}}", private_link.show_private),
    web.post(f"/appel/{{token:{SIGNED}}}", private_link.post_private),
    web.post(f"/annonces/d/{{id:{ID}}}/elargir", going_on.post_wider),
    web.post(f"/annonces/d/{{id:{ID}}}/relancer", going_on.post_again),
    web.get("/diagnostic", walk_page.show_walk),
    web.get("/diagnostic/entier", walk_page.show_whole),
    web.get("/diagnostic/repare", walk_page.show_mended),
    web.get("/service-worker.js", service_worker.show_service_worker),
    web.get("/velo-vole", asking.show_asking),
    web.post("/velo-vole", asking.post_asking),
    web.get("/ateliers", shop_list.show_shops),
    web.get("/ateliers/points.geojson", shop_points.show_points),
    web.get(f"/ateliers/{{handle:{COMMUNITY}}}", shop_page.show_shop),
    web.post(f"/ateliers/{{place:{NAME}}}/moi", people.post_shown),
    web.get(OFFICE, editing.show_office),
    web.post(OFFICE, preserve_form(editing.post_details)),
    web.post(f"{OFFICE}/horaires", preserve_form(editing.post_hours)),
    web.get(f"{OFFICE}/prix", price_list.show_prices),
    web.post(f"{OFFICE}/prix", preserve_form(price_list.post_price)),
    web.post(f"{OFFICE}/equipe", preserve_form(people.post_people)),
    web.post(f"{OFFICE}/paraitre", preserve_form(appearing.post_appearing)),
    web.get(BOOK, book_page.show_book),
    web.post(BOOK, preserve_form(book_page.post_book)),
    web.post(f"{BOOK}/fermer", book_page.post_closing),
    web.post(f"{BOOK}/reponse", preserve_form(visits.post_answer)),
    web.post(f"{BOOK}/autre-heure", preserve_form(visits.post_counter)),
    web.post(f"{BOOK}/passage", preserve_form(visits.post_walk_in)),
    web.post(f"{BOOK}/passage/{{id:{ID}}}/retirer", visits.post_striking),
]
