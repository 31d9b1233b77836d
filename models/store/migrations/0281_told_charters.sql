-- Members learn of each version of a charter once, whatever else its community changes.
ALTER TABLE community_charter ADD COLUMN told boolean NOT NULL DEFAULT false;
UPDATE community_charter SET told = true;
