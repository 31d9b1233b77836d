-- Which version mended a hole last: whether ours is older is seen when somebody looks, not when it was asked.
ALTER TABLE release_notice ADD COLUMN secure_version text;
UPDATE release_notice SET secure_version = version WHERE secure;
ALTER TABLE release_notice DROP COLUMN secure;
