-- What failed of what came in: few among millions, counted by host every night.
CREATE INDEX CONCURRENTLY received_failed ON received (host, id) WHERE state = 'failed';
