-- People who ask to come in, and what became of open sign-ups while no moderator came by (B-57).

CREATE TABLE sign_up (
    id bigint PRIMARY KEY,
    username text NOT NULL UNIQUE,
    email text NOT NULL,
    password_hash text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    commune_code text,
    asked_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sign_up_email ON sign_up (lower(email));

CREATE TABLE unattended (
    since timestamptz PRIMARY KEY DEFAULT now(),
    until timestamptz                   -- a moderator is back
);
CREATE UNIQUE INDEX unattended_now ON unattended ((until IS NULL)) WHERE until IS NULL;
