-- Listings and alerts by a sub-category of the cooperative's own: found by it, and let go where it is deleted.
CREATE INDEX CONCURRENTLY listing_subcategory ON listing (subcategory, post_id DESC) WHERE subcategory IS NOT NULL;
CREATE INDEX CONCURRENTLY search_alert_subcategory ON search_alert (subcategory) WHERE subcategory IS NOT NULL;
