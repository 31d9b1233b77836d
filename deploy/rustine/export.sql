-- What Déclic imports from Rustine Libre, as seven CSV files in the folder where this runs.
--
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f export.sql
--
-- Reads only, in one transaction, so that the files fit each other. No passwords, telephones, messages, photos or exact
-- points leave; addresses of mail do, to find again who is a member here: Déclic keeps none of those it does not know.
-- The files are personal data all the same: hand them over as such, and delete them afterwards.

BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

\copy (SELECT r.id, r.name, r.street_number, r.street, r.postcode, r.city, (SELECT string_agg(t.name, ' | ' ORDER BY t.id) FROM repairer_repairer_type m JOIN repairer_type t ON t.id = m.repairer_type_id WHERE m.repairer_id = r.id) AS repairer_types, (SELECT string_agg(t.name, ' | ' ORDER BY t.id) FROM repairer_bike_type m JOIN bike_type t ON t.id = m.bike_type_id WHERE m.repairer_id = r.id) AS bike_types, (SELECT string_agg(c.postcode || ' ' || c.name, ' | ' ORDER BY c.id) FROM repairer_city c WHERE c.repairer_id = r.id) AS repairer_cities, r.description, r.optional_page, r.enabled, o.email AS owner_email FROM repairer r JOIN "user" o ON o.id = r.owner_id ORDER BY r.id) TO 'repairers.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT p.id, p.repairer_id, i.description, p.price FROM repairer_intervention p JOIN intervention i ON i.id = p.intervention_id WHERE p.repairer_id IS NOT NULL ORDER BY p.id) TO 'interventions.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT h.id, h.repairer_id, h.day, h.start_time, h.end_time FROM repairer_opening_hours h WHERE h.repairer_id IS NOT NULL ORDER BY h.id) TO 'openings.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT c.id, c.repairer_id, c.start_date, c.end_date FROM repairer_exceptional_closure c WHERE c.repairer_id IS NOT NULL ORDER BY c.id) TO 'closures.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT b.id, o.email AS owner_email, b.name, b.brand, t.name AS bike_type, b.description FROM bike b JOIN "user" o ON o.id = b.owner_id LEFT JOIN bike_type t ON t.id = b.bike_type_id ORDER BY b.id) TO 'bikes.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT a.id, a.repairer_id, a.slot_time, a.status, c.email AS customer_email, coalesce(t.name, bt.name) AS bike_type, d.prestation, '' AS outcome FROM appointment a LEFT JOIN "user" c ON c.id = a.customer_id LEFT JOIN bike_type t ON t.id = a.bike_type_id LEFT JOIN bike b ON b.id = a.bike_id LEFT JOIN bike_type bt ON bt.id = b.bike_type_id LEFT JOIN auto_diagnostic d ON d.appointment_id = a.id ORDER BY a.id) TO 'appointments.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

\copy (SELECT m.id, m.bike_id, m.name, m.description, m.repair_date FROM maintenance m WHERE m.repair_date IS NOT NULL ORDER BY m.id) TO 'maintenances.csv' WITH (FORMAT csv, HEADER, ENCODING 'UTF8')

COMMIT;
