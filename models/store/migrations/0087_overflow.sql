-- Domains that sent more than may wait here: how many of their activities were refused.
CREATE TABLE overflow (
    domain text PRIMARY KEY,            -- registrable, as models/domains finds it
    refused bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);

-- What was given up keeps the beginning of its body, as what took effect does.
UPDATE received SET body = substring(body FOR 8192) WHERE state = 'failed' AND octet_length(body) > 8192;
