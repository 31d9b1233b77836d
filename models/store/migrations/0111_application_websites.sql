-- The website of the app that a status was written with, as it said when it was registered: apps show it.
ALTER TABLE post ADD COLUMN application_website text;
ALTER TABLE scheduled_status ADD COLUMN application_website text;

-- Of what was written before, where only one app of that name is known and it says where it lives.
UPDATE post SET application_website = known.website
FROM (
    SELECT name, min(website) AS website FROM application
    GROUP BY name HAVING count(DISTINCT website) = 1 AND count(*) = count(website)
) AS known
WHERE post.application = known.name;
