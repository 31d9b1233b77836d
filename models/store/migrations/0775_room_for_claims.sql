-- What was received is written three times, as it comes, is claimed and is done with. Where its page has room, the
-- second needs no place in any index, and the room that it leaves serves the third: half the log, and a smaller table.
ALTER TABLE received SET (fillfactor = 50);
