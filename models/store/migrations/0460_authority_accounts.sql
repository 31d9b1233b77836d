-- The account of a local authority, such as a town hall: it follows, publishes and reads the figures. It lets nobody
-- in, so it holds no role.
ALTER TABLE account ADD COLUMN authority boolean NOT NULL DEFAULT false;
ALTER TABLE account ADD CONSTRAINT account_authority_without_roles CHECK (NOT authority OR roles = '{}');
