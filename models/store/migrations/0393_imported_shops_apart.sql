-- Shops of an import are accounts like any other, and nobody asked for them yet: until they stand in the list of shops,
-- no other list of accounts or of places names them.
CREATE VIEW shop_apart AS
SELECT i.row_id AS actor_id FROM repair_import_item i
WHERE i.kind = 'shop' AND NOT EXISTS (SELECT FROM appearing_shop p WHERE p.actor_id = i.row_id);
COMMENT ON VIEW shop_apart IS
    'Shops that an import made and that do not appear, since neither the collective nor the team said yes to them: the '
    'directory, searches for accounts, places for listings and places that are open leave them out.';
