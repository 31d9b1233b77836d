-- A follow that was lost by a restoration and stands again because the other side had said yes: she is told so.
ALTER TABLE follow ADD COLUMN taken_up_at timestamptz;
