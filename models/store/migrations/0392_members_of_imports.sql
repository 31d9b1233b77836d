-- Of a manager the member who was made it; of a bike and a line of its book whose it was.
ALTER TABLE repair_import_item ADD COLUMN member_id bigint REFERENCES actor(id) ON DELETE SET NULL;
