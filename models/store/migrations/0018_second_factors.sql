-- A second proof at log-in: codes of an application (TOTP), passkeys, and recovery codes for the day when both are lost.

CREATE TABLE totp (
    actor_id bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    secret bytea NOT NULL,              -- encrypted when the instance has a key file
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0 -- the half minute of the last code that was taken: none is taken twice
);

CREATE TABLE passkey (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX passkey_actor ON passkey (actor_id);

CREATE TABLE recovery_code (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (actor_id, code_hash)
);

-- What is half done for a few minutes: a log-in that lacks its second proof, a challenge that a passkey has to sign.
CREATE TABLE login_step (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('second', 'passkey', 'register')),
    actor_id bigint REFERENCES account ON DELETE CASCADE,
    challenge bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_step_actor ON login_step (actor_id);

ALTER TABLE session ADD COLUMN confirmed_at timestamptz;    -- when the password was last asked for again

CREATE OR REPLACE FUNCTION end_access(account_id bigint, kept_session bytea) RETURNS void LANGUAGE sql AS $$
    DELETE FROM session WHERE session.actor_id = account_id AND token_hash <> kept_session;
    DELETE FROM login_step WHERE login_step.actor_id = account_id;
    UPDATE access_grant SET revoked_at = now() WHERE access_grant.actor_id = account_id AND revoked_at IS NULL;
    UPDATE token SET revoked_at = now() WHERE token.actor_id = account_id AND revoked_at IS NULL;
    SELECT pg_notify('declic_tokens', json_build_object('actor', account_id)::text);
$$;
