-- Listings are found by the commune they are in, and by its federation of communes. Those from elsewhere say the
-- commune by its name and postcode: its code is kept with them, as it is with ours.
UPDATE listing l SET commune_code = c.code
    FROM (SELECT DISTINCT ON (fold(name), postcode) fold(name) AS name, postcode, code
        FROM commune, unnest(postcodes) AS postcode
        ORDER BY fold(name), postcode, population DESC, code) AS c
    WHERE l.commune_code IS NULL AND c.postcode = l.postcode AND c.name = fold(l.place_name);

CREATE INDEX listing_commune ON listing (commune_code, post_id DESC) WHERE status IN ('open', 'reserved');
