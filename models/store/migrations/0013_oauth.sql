-- Applications that act for people (OAuth 2), and the end of everything that lets somebody in.

CREATE TABLE application (
    id bigint PRIMARY KEY,
    client_id text NOT NULL UNIQUE,
    secret_hash bytea NOT NULL,
    name text NOT NULL,
    website text,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz                 -- when it last got a token
);

-- One "yes" of one person to one application: the code that tells it, and all tokens that come of it.
CREATE TABLE access_grant (
    id bigint PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES application ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    scopes text[] NOT NULL,
    redirect_uri text NOT NULL,
    code_hash bytea NOT NULL UNIQUE,
    challenge text,                     -- of PKCE, S256
    created_at timestamptz NOT NULL DEFAULT now(),
    redeemed_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX access_grant_application ON access_grant (application_id);
CREATE INDEX access_grant_actor ON access_grant (actor_id);

-- Each is used once, for a new pair; one that comes twice ends the grant.
CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY,
    grant_id bigint NOT NULL REFERENCES access_grant ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);

ALTER TABLE token
    ADD COLUMN application_id bigint REFERENCES application ON DELETE CASCADE,
    ADD COLUMN grant_id bigint REFERENCES access_grant ON DELETE CASCADE;
CREATE INDEX token_application ON token (application_id);
CREATE INDEX token_grant ON token (grant_id);

-- Close every door of one account but the session that is kept, and tell whoever holds a stream open for it.
CREATE FUNCTION end_access(account_id bigint, kept_session bytea) RETURNS void LANGUAGE sql AS $$
    DELETE FROM session WHERE session.actor_id = account_id AND token_hash <> kept_session;
    UPDATE access_grant SET revoked_at = now() WHERE access_grant.actor_id = account_id AND revoked_at IS NULL;
    UPDATE token SET revoked_at = now() WHERE token.actor_id = account_id AND revoked_at IS NULL;
    SELECT pg_notify('declic_tokens', json_build_object('actor', account_id)::text);
$$;

CREATE FUNCTION end_access_of_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM end_access(NEW.id, '');
    RETURN NULL;
END $$;

CREATE FUNCTION end_access_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM end_access(NEW.actor_id, '');
    RETURN NULL;
END $$;

-- Whoever suspends, deletes or disables, by whichever way: nobody can forget it.
CREATE TRIGGER access_of_suspended AFTER UPDATE OF suspended_at, deleted_at ON actor FOR EACH ROW
    WHEN (NEW.local AND ((OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL)
        OR (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION end_access_of_actor();
CREATE TRIGGER access_of_disabled AFTER UPDATE OF disabled_at ON account FOR EACH ROW
    WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION end_access_of_account();
