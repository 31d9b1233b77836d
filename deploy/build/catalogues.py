"""What the catalogues of PostgreSQL are asked about a schema: the same under all versions from 15 on."""

TYPES = """
SELECT format('CREATE TYPE %s AS ENUM (%s);', t.typname,
    (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e
        WHERE e.enumtypid = t.oid)) AS text
FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'e' ORDER BY t.typname
"""

TABLES = """
SELECT relname AS name, relpersistence = 'u' AS unlogged, reloptions AS options FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""

COLUMNS = """
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull AS nullable, nullif(a.attidentity::text, '') AS identity, a.attgenerated <> '' AS generated,
    pg_get_expr(d.adbin, d.adrelid) AS value,
    a.attidentity = '' AND pg_get_serial_sequence(c.relname, a.attname) IS NOT NULL AS serial
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum
"""

# `usual`: it has the name that PostgreSQL gives by itself, and need not be named.
CONSTRAINTS = """
SELECT c.relname AS table, k.conname AS name, k.contype::text AS kind, pg_get_constraintdef(k.oid, true) AS text,
    target.relname AS target, names.columns, k.conname = CASE k.contype
        WHEN 'p' THEN concat(c.relname, '_pkey')
        ELSE concat_ws('_', c.relname, array_to_string(names.columns, '_'),
            CASE k.contype WHEN 'u' THEN 'key' WHEN 'f' THEN 'fkey' ELSE 'check' END) END
        AND (k.contype <> 'c' OR cardinality(names.columns) = 1) AS usual
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class target ON target.oid = k.confrelid
CROSS JOIN LATERAL (SELECT ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n (number, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n.number ORDER BY n.place) AS columns) AS names
WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY c.relname, array_position(ARRAY['p', 'u', 'f', 'c', 'x'], k.contype::text), k.conname
"""

INDEXES = """
SELECT c.relname AS table, i.relname AS index, pg_get_indexdef(i.oid, 0, true) AS text
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname, i.relname
"""

VIEWS = """
SELECT c.oid AS id, 'VIEW' AS kind, c.relname AS name, c.relname AS signature,
    obj_description(c.oid, 'pg_class') AS comment, ARRAY(
        SELECT DISTINCT d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
            AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
        JOIN pg_class other ON other.oid = d.refobjid AND other.relkind = 'v'
        WHERE r.ev_class = c.oid) AS reads
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' ORDER BY c.relname
"""

FUNCTIONS = """
SELECT p.oid AS id, 'FUNCTION' AS kind, p.proname AS name, format('%s(%s)', p.proname,
    (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY place)
        FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, place))) AS signature,
    obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY p.proname
"""

NEEDED_FUNCTIONS = """
WITH RECURSIVE needed (id) AS (
    SELECT d.refobjid FROM pg_depend d
    WHERE d.refclassid = 'pg_proc'::regclass AND d.classid IN (
        'pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_rewrite'::regclass,
        'pg_proc'::regclass)
    UNION SELECT d.refobjid FROM pg_depend d JOIN needed n ON n.id = d.objid
    WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_proc'::regclass)
SELECT coalesce(array_agg(DISTINCT id), '{}') FROM needed
"""

TRIGGERS = """
SELECT 'TRIGGER' AS kind, t.tgname AS name, format('%s ON %s', t.tgname, c.relname) AS signature,
    obj_description(t.oid, 'pg_trigger') AS comment
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname, t.tgname
"""
