-- Until when the ranges that are kept were worked out: an answer that nothing changed says nothing of later days.
ALTER TABLE shop_calendar ADD COLUMN known_until timestamptz;
