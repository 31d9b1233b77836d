-- What is agreed with somebody, by when it begins: her own calendar reads it, and whoever leaves takes it along.
CREATE INDEX agreement_owner ON agreement (owner_id, begins_at);
CREATE INDEX agreement_partner ON agreement (partner_id, begins_at);
