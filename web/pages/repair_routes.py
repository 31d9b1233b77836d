"""The addresses of what helps a bike that broke down: first help, calls, workshops and their appointments."""

from aiohttp import web

from models.lazy import when_called
from web.pages.access.preserve_form import preserve_form
from web.pages.patterns import COMMUNITY, ID, LINK, NAME, SIGNED

with when_called(globals()):
    from web.pages.repairs.bikes import (
        attachments,
        awaited,
        bike_form,
        entry_form,
        exports,
        giving,
        my_bikes,
        offered,
        reminders_page,
        taking,
    )
    from web.pages.repairs.bikes import book_page as bike_book
    from web.pages.repairs.bookings import book_page, own_calendar, visits, walk_in_file
    from web.pages.repairs.calls import breakdown, call_form, changing, going_on, own_call, private_link, watching
    from web.pages.repairs.diagnostic import service_worker, walk_page
    from web.pages.repairs.figures import open_data
    from web.pages.repairs.frame_numbers import asking
    from web.pages.repairs.results import shop_result, thread_result
    from web.pages.repairs.shops import appearing, editing, people, price_list, shop_list, shop_page, shop_points
    from web.pages.repairs.tours import passages, tour_page

OFFICE = f"/ateliers/{{place:{NAME}}}/gerer"

BOOK = f"{OFFICE}/rendez-vous"

BIKE = f"/mes-velos/{{id:{ID}}}"

BIKES: list[web.RouteDef] = [
    web.get("/mes-velos", my_bikes.show_bikes),
    web.post(f"/mes-velos/propositions/{{id:{ID}}}", my_bikes.post_proposal),
    web.post(f"/mes-velos/rendez-vous/{{id:{ID}}}", my_bikes.post_appointment),
    web.get(f"/mes-velos/fichiers/{{id:{ID}}}", attachments.show_file),
    web.post("/mes-velos/fichiers-attendus", awaited.post_act),
    web.get("/mes-velos/nouveau", bike_form.show_new),
    web.post("/mes-velos/nouveau", preserve_form(bike_form.post_new)),
    web.get(BIKE, bike_book.show_book),
    web.get(f"{BIKE}/imprimer", bike_book.show_printed),
    web.get(f"{BIKE}/carnet.json", exports.show_json),
    web.get(f"{BIKE}/carnet.csv", exports.show_table),
    web.post(f"{BIKE}/kilometres", reminders_page.post_kilometres),
    web.get(f"{BIKE}/rappels", reminders_page.show_reminders),
    web.post(f"{BIKE}/rappels", preserve_form(reminders_page.post_reminder)),
    web.post(f"{BIKE}/rappels/un", reminders_page.post_act),
    web.get(f"{BIKE}/donner", giving.show_giving),
    web.post(f"{BIKE}/donner", giving.post_code),
    web.post(f"{BIKE}/donner/oui", giving.post_yes),
    web.post(f"{BIKE}/donner/annuler", giving.post_cancel),
    web.get(f"/velo/{{token:{LINK}}}", taking.show_code),
    web.post(f"/velo/{{token:{LINK}}}", taking.post_yes),
    web.post(f"/velo/{{token:{LINK}}}/ailleurs", taking.post_elsewhere),
    web.post(f"/mes-velos/offerts/{{id:{ID}}}", offered.post_answer),
    web.get(f"{BIKE}/modifier", bike_form.show_edit),
    web.post(f"{BIKE}/modifier", preserve_form(bike_form.post_edit)),
    web.post(f"{BIKE}/etat", bike_form.post_state),
    web.post(f"{BIKE}/effacer", bike_form.post_removal),
    web.get(f"{BIKE}/ligne", entry_form.show_new),
    web.post(f"{BIKE}/ligne", preserve_form(entry_form.post_new)),
    web.get(f"{BIKE}/lignes/{{entry:{ID}}}", entry_form.show_edit),
    web.post(f"{BIKE}/lignes/{{entry:{ID}}}", preserve_form(entry_form.post_edit)),
    web.post(f"{BIKE}/lignes/{{entry:{ID}}}/retirer", entry_form.post_striking),
]
TOUR = f"{OFFICE}/tournee"

OWN_TOUR = "/tournee"

REPAIRS: list[web.RouteDef] = [
    *BIKES,
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
    web.get("/reparations/ord.csv", open_data.show_published),
    web.get("/reparations/velos.csv", open_data.show_published),
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
    web.post(f"{BOOK}/agenda", own_calendar.post_calendar),
    web.post(f"{BOOK}/agenda/retirer", own_calendar.post_leaving),
    web.post(f"{BOOK}/reponse", preserve_form(visits.post_answer)),
    web.post(f"{BOOK}/autre-heure", preserve_form(visits.post_counter)),
    web.get(f"{BOOK}/passages.csv", walk_in_file.show_file),
    web.post(f"{BOOK}/passage", preserve_form(visits.post_walk_in)),
    web.post(f"{BOOK}/passage/{{id:{ID}}}/retirer", visits.post_striking),
    web.get(f"{BOOK}/passage/{{id:{ID}}}/resultat", shop_result.show_walk_in),
    web.post(f"{BOOK}/passage/{{id:{ID}}}/resultat", preserve_form(shop_result.post_walk_in)),
    web.get(f"{BOOK}/{{id:{ID}}}/resultat", shop_result.show_result),
    web.post(f"{BOOK}/{{id:{ID}}}/resultat", preserve_form(shop_result.post_result)),
    web.get(f"/echanges/{{id:{ID}}}/resultat", thread_result.show_result),
    web.post(f"/echanges/{{id:{ID}}}/resultat", preserve_form(thread_result.post_result)),
    web.get(f"/invite/{{token:{SIGNED}}}/resultat", thread_result.show_guest_result),
    web.post(f"/invite/{{token:{SIGNED}}}/resultat", thread_result.post_guest_result),
    web.get(TOUR, tour_page.show_tour),
    web.get(f"{TOUR}.ics", tour_page.show_calendar),
    web.post(f"{TOUR}/ordre", tour_page.post_order),
    web.post(f"{TOUR}/passage", tour_page.post_came),
    web.get(OWN_TOUR, tour_page.show_tour),
    web.get(f"{OWN_TOUR}.ics", tour_page.show_calendar),
    web.post(f"{OWN_TOUR}/ordre", tour_page.post_order),
    web.get(f"{OFFICE}/passages", passages.show_passages),
    web.post(f"{OFFICE}/passages", preserve_form(passages.post_passage)),
]
