-- Whoever organises a meeting writes down somebody who has neither account nor mail address: she rang, or came by.
ALTER TABLE meeting_registration DROP CONSTRAINT meeting_registration_of_somebody;
ALTER TABLE meeting_registration ADD CONSTRAINT meeting_registration_of_somebody CHECK (
    num_nonnulls(actor_id, email) = 1 OR (num_nonnulls(actor_id, email) = 0 AND name <> ''));
