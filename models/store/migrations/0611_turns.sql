-- Whose turn it is among what came in: a server that sends much at once lets those pass that send little.
ALTER TABLE received ADD COLUMN turn timestamptz NOT NULL DEFAULT now();
