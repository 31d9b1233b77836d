-- What those who watch a stream have to be told of, for some minutes. Written with the fact itself; each process that
-- serves streams reads what was committed since it last looked (models/stream_events.py). A crash of the database
-- empties the table and ends the streams anyway, hence not in the write-ahead log.
CREATE UNLOGGED TABLE stream_event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),     -- of the transaction that wrote it: says when it became visible
    kind text NOT NULL CHECK (kind IN ('post', 'edit', 'share', 'delete', 'notification', 'filters')),
    object_id bigint NOT NULL,          -- of the post, the share, the notification, or of whose filters changed
    reader_ids bigint[],                -- the only ones of ours who may know of a deletion; NULL: anybody may
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stream_event_xid ON stream_event (xid);
