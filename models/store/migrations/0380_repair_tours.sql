-- The tour of a day, of somebody who goes to where the bikes are: its stops are agreements and who walked in, and are
-- not written down again. Here stands only in which order she put them by hand.
CREATE TABLE tour_order (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,  -- a shop, or who repairs alone
    day date NOT NULL,
    stops text[] NOT NULL,  -- 'a' and the id of an agreement, 'w' and that of who walked in
    PRIMARY KEY (actor_id, day)
);
CREATE INDEX tour_order_over ON tour_order (day);

ALTER TABLE walk_in
    ADD COLUMN place text NOT NULL DEFAULT '',  -- where the shop goes, if it does
    ADD COLUMN came boolean;                    -- whether it came about; NULL while nobody said
