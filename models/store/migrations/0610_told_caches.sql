-- What each process keeps in memory of other servers: whoever changes it tells all of them.
CREATE FUNCTION tell_of_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('declic_peers', '{"hosts": true}');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_of_decision() IS
    'Tells every process that the cooperative decided about a domain, or closed or opened itself to those it does not '
    'know: what they keep in memory of it is old.';
CREATE TRIGGER server_decided AFTER UPDATE OF level, listed ON server FOR EACH ROW
    WHEN (OLD.level <> NEW.level OR OLD.listed <> NEW.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided ON server IS
    'A decision about a domain takes effect in every process at once, whichever way it was made.';
CREATE TRIGGER server_decided_first AFTER INSERT ON server FOR EACH ROW
    WHEN (NEW.level <> 'reader' OR NEW.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided_first ON server IS
    'The same for a domain that was never met before.';
CREATE TRIGGER server_decided_last AFTER DELETE ON server FOR EACH ROW
    WHEN (OLD.level <> 'reader' OR OLD.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided_last ON server IS
    'The same for a domain that is forgotten, with what was decided about it.';
CREATE TRIGGER preference_limits_federation AFTER INSERT OR UPDATE ON preference FOR EACH ROW
    WHEN (NEW.key = 'limited_federation') EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER preference_limits_federation ON preference IS
    'That only friends and listed servers are welcome, or all again, takes effect in every process at once.';
CREATE TRIGGER preference_limits_no_more AFTER DELETE ON preference FOR EACH ROW
    WHEN (OLD.key = 'limited_federation') EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER preference_limits_no_more ON preference IS
    'The same where the preference goes back to what it is as shipped.';

CREATE FUNCTION tell_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := json_build_object('key', OLD.uri)::text;
BEGIN
    PERFORM pg_notify('declic_peers', CASE WHEN octet_length(told) > 7900 THEN '{"keys": true}' ELSE told END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_of_key() IS
    'Tells every process that a public key is another now, or gone: what they keep in memory of it is old. An id that '
    'is too long to be told, which others choose, makes all of them old, or whoever has it could never be deleted.';
CREATE TRIGGER public_key_changed AFTER UPDATE OF pem, actor_id ON public_key FOR EACH ROW
    WHEN (OLD.pem <> NEW.pem OR OLD.actor_id <> NEW.actor_id) EXECUTE FUNCTION tell_of_key();
COMMENT ON TRIGGER public_key_changed ON public_key IS
    'What is signed with a key that was replaced is believed by no process any more.';
CREATE TRIGGER public_key_gone AFTER DELETE ON public_key FOR EACH ROW EXECUTE FUNCTION tell_of_key();
COMMENT ON TRIGGER public_key_gone ON public_key IS
    'What is signed with a key that its owner does not show any more is believed by no process.';
