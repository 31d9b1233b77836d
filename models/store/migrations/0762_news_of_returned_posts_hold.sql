-- All news are of the kinds that there are: looked through without keeping others from writing.
ALTER TABLE notification VALIDATE CONSTRAINT notification_type_check;
