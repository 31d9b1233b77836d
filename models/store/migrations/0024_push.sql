-- Web push: where apps want to be told of notifications, and the key with which this server says who it is.

CREATE TABLE push_subscription (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,    -- apps keep it in 32 bits
    token_id bigint NOT NULL UNIQUE REFERENCES token ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    endpoint text NOT NULL,
    p256dh text NOT NULL,               -- the app's public key and its secret, base64url as it sent them
    auth text NOT NULL,
    standard boolean NOT NULL,          -- RFC 8291; otherwise its draft, which older apps read
    policy text NOT NULL CHECK (policy IN ('all', 'followed', 'follower', 'none')),
    alerts text[] NOT NULL,             -- types of notifications
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX push_subscription_actor ON push_subscription (actor_id);

CREATE TABLE instance_key (
    name text PRIMARY KEY,
    pem bytea NOT NULL,                 -- PKCS8, encrypted when the instance has a key file
    created_at timestamptz NOT NULL DEFAULT now()
);
