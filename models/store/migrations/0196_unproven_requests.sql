-- A request whose address is to be confirmed by a mail goes after a week without that, and does not fill the list.
ALTER TABLE sign_up ADD COLUMN to_confirm boolean NOT NULL DEFAULT false;  -- a mail was sent to her address

CREATE OR REPLACE VIEW full_sign_up AS
SELECT s.id, s.username, s.email, s.name, s.language, s.commune_code, s.asked_at, s.actor_id, s.confirmed_at, s.answers,
    coalesce((SELECT m.role IS NOT NULL FROM sign_up_message m WHERE m.sign_up_id = s.id ORDER BY m.id DESC LIMIT 1),
        false) AS asked_back,
    s.to_confirm
FROM sign_up s;

-- Addresses of people who were excluded and whose accounts are gone: whoever comes back with one waits for a yes.
CREATE TABLE excluded_address (
    decision_id bigint PRIMARY KEY REFERENCES moderation_decision(id) ON DELETE CASCADE,
    hash bytea NOT NULL  -- SHA-256 of the decision's id and the address, so that nobody reads it
);
