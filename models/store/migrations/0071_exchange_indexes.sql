-- What belongs to an agreement, a listing or a person is found by them: when they go, what is theirs goes with them.

-- All of a listing's, since what is done counts for what is left.
CREATE INDEX agreement_of_listing ON agreement (listing_id, state);
DROP INDEX agreement_listing;
CREATE INDEX agreement_proposer ON agreement (proposed_by);
CREATE INDEX agreement_offer_actor ON agreement_offer (actor_id);
CREATE INDEX economic_event_actor ON economic_event (actor_id);
CREATE INDEX exchange_event_agreement ON exchange_event (agreement_id, kind) WHERE agreement_id IS NOT NULL;
CREATE INDEX exchange_event_actor ON exchange_event (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX thanks_thanked ON thanks (thanked_id);
