-- What is asked for or settled, by either side: looked for on every list of one's exchanges, however many have ended.
CREATE INDEX agreement_owner_live ON agreement (owner_id) WHERE state IN ('requested', 'countered', 'agreed');
CREATE INDEX agreement_partner_live ON agreement (partner_id) WHERE state IN ('requested', 'countered', 'agreed');
