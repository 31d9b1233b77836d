-- Which rules of the cooperative a report names, by number and as they read then: [{"number", "text"}].
ALTER TABLE report ADD COLUMN rules jsonb NOT NULL DEFAULT '[]';
