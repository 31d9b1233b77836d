-- Searches ask whom a reader's lists leave out of each listing that they count. Most readers leave out nobody: one look
-- says so.
CREATE VIEW hiding AS
    SELECT actor_id AS reader_id FROM block
    UNION ALL SELECT target_id FROM block
    UNION ALL SELECT actor_id FROM domain_block
    UNION ALL SELECT a.id FROM actor a WHERE NOT a.local AND EXISTS (SELECT FROM domain_block)
    UNION ALL SELECT actor_id FROM mute;
COMMENT ON VIEW hiding IS
    'Whose lists may leave somebody out (`hidden`): a view, so that what is asked of many rows is first asked once. '
    'Whoever is not in it has nobody in `hidden`.';
