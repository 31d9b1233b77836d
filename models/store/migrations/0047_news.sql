-- What is new to somebody is counted on every page.
CREATE INDEX notification_unread ON notification (recipient_id, id DESC) WHERE read_at IS NULL;
