-- What browsers refused to load or to run on our pages, as they tell it: how often, and nothing of whose they were.
CREATE TABLE policy_report (
    day date NOT NULL DEFAULT CURRENT_DATE,
    directive text NOT NULL,  -- of our content policy
    page text NOT NULL,       -- a line of our table of addresses, so without names or numbers
    source text NOT NULL CHECK (source IN ('inline', 'eval', 'data', 'here', 'elsewhere')),
    times integer NOT NULL DEFAULT 1,
    PRIMARY KEY (day, directive, page, source)
);
