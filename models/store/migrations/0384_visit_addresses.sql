-- Where a repairer is to come, in words: of one of ours what she typed, of somebody elsewhere what her server told once
-- both had said yes. The shop reads it while that holds.
CREATE TABLE visit_address (
    agreement_id bigint PRIMARY KEY REFERENCES agreement(id) ON DELETE CASCADE,
    address text NOT NULL,
    told_at timestamptz  -- when a shop elsewhere was told
);
