-- Purchases of STABLEVPS servers, for PostgreSQL 12 and later. All languages share these tables; their meaning is
-- public. The function stablevps_store is the whole store: it takes an operation as JSON, and gives its answer.
-- Running this file again changes nothing. Processes that run it at once wait for each other.

DO $setup$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('stablevps schema', 0));

  CREATE TABLE IF NOT EXISTS stablevps_schema (
    version integer NOT NULL
  );

  -- A database of a newer version stays as it is.
  IF EXISTS (SELECT 1 FROM stablevps_schema WHERE version > 1) THEN
    RETURN;
  END IF;
  INSERT INTO stablevps_schema (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM stablevps_schema);

  -- Who is at work, and until when nobody else may take over what it holds.
  CREATE TABLE IF NOT EXISTS stablevps_holders (
    account text NOT NULL,
    holder text NOT NULL,
    lease_until bigint NOT NULL,
    PRIMARY KEY (account, holder)
  );

  CREATE TABLE IF NOT EXISTS stablevps_purchases (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL,
    id text NOT NULL,
    idempotency_key text,
    plan_id text NOT NULL,
    billing_cycle text NOT NULL,
    location text NOT NULL,
    state text NOT NULL,
    attempt integer NOT NULL,
    token text NOT NULL,
    error text,
    holder text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (account, id),
    UNIQUE (account, idempotency_key)
  );

  -- Whose a VPS is. It is one purchase's, and no other's.
  CREATE TABLE IF NOT EXISTS stablevps_receipts (
    account text NOT NULL,
    vps_id text NOT NULL,
    purchase_id text NOT NULL,
    source text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (account, vps_id)
  );

  -- Who may order on an account.
  CREATE TABLE IF NOT EXISTS stablevps_windows (
    account text PRIMARY KEY,
    holder text NOT NULL
  );

  CREATE INDEX IF NOT EXISTS stablevps_purchases_by_state ON stablevps_purchases (account, state);
  CREATE INDEX IF NOT EXISTS stablevps_receipts_by_purchase ON stablevps_receipts (account, purchase_id);

  -- For people: what goes on.
  CREATE OR REPLACE VIEW stablevps_open_purchases AS
    SELECT
      p.account, p.idempotency_key, p.id, p.state, p.attempt, p.plan_id, p.billing_cycle, p.location,
      (SELECT min(r.vps_id) FROM stablevps_receipts r WHERE r.account = p.account AND r.purchase_id = p.id) AS vps_id,
      p.holder, h.lease_until, p.created_at, p.updated_at
    FROM stablevps_purchases p
    LEFT JOIN stablevps_holders h ON h.account = p.account AND h.holder = p.holder
    WHERE p.state IN ('open', 'ordered', 'bought', 'unresolved');

  CREATE OR REPLACE FUNCTION stablevps_record(p stablevps_purchases) RETURNS jsonb
  LANGUAGE sql STABLE AS $record$
    SELECT jsonb_build_object(
      'id', p.id, 'key', p.idempotency_key,
      'order', jsonb_build_object('planId', p.plan_id, 'billingCycle', p.billing_cycle, 'location', p.location),
      'saved', jsonb_build_object('state', p.state, 'attempt', p.attempt, 'token', p.token, 'error', p.error),
      'vpsId', (SELECT min(r.vps_id) FROM stablevps_receipts r WHERE r.account = p.account AND r.purchase_id = p.id),
      'others', (SELECT coalesce(jsonb_agg(o.vps_id ORDER BY o.vps_id), '[]') FROM (SELECT r.vps_id FROM stablevps_receipts r
        WHERE r.account = p.account AND r.purchase_id = p.id ORDER BY r.vps_id OFFSET 1) o)
    )
  $record$;

  CREATE OR REPLACE FUNCTION stablevps_store(request jsonb) RETURNS jsonb
  LANGUAGE plpgsql AS $store$
  DECLARE
    asker_account constant text := request ->> 'account';
    asker constant text := request ->> 'holder';
    what constant text := coalesce((SELECT k FROM jsonb_object_keys(
      CASE jsonb_typeof(request -> 'op') WHEN 'object' THEN request -> 'op' ELSE '{}' END) k), request ->> 'op');
    op constant jsonb := request -> 'op' -> what;
    is_final constant text[] := ARRAY['ready', 'failed', 'unresolved', 'forgotten'];
    at_ms bigint;
    lease_ms constant bigint := op ->> 'leaseMs';
    is_inside boolean;
    holds boolean;
    p stablevps_purchases;
    owner text;
    left_ms bigint;
  BEGIN
    -- The operations of an account go one at a time. The clock is read once that is so.
    PERFORM pg_advisory_xact_lock(hashtextextended('stablevps ' || asker_account, 0));
    at_ms := coalesce((request ->> 'now')::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    is_inside := EXISTS (SELECT 1 FROM stablevps_windows w WHERE w.account = asker_account AND w.holder = asker);
    SELECT * INTO p FROM stablevps_purchases q WHERE q.account = asker_account AND q.id = op ->> 'id';
    holds := coalesce(p.holder = asker, false);

    IF what = 'open' THEN
      IF op -> 'insert' ->> 'id' IS NOT NULL THEN
        INSERT INTO stablevps_purchases (account, id, idempotency_key, plan_id, billing_cycle, location, state,
          attempt, token, created_at, updated_at)
        VALUES (asker_account, op -> 'insert' ->> 'id', op -> 'insert' ->> 'key', op -> 'insert' -> 'order' ->> 'planId',
          op -> 'insert' -> 'order' ->> 'billingCycle', op -> 'insert' -> 'order' ->> 'location', 'open', 1,
          op -> 'insert' ->> 'token', at_ms, at_ms)
        ON CONFLICT DO NOTHING;
      END IF;
      SELECT * INTO p FROM stablevps_purchases q WHERE q.account = asker_account
        AND (q.id = op -> 'find' ->> 'id' OR q.idempotency_key = op -> 'find' ->> 'key');
      IF NOT FOUND THEN
        RETURN jsonb_build_object('opened', jsonb_build_object('record', NULL, 'held', 'nobody'));
      END IF;
      IF p.state = ANY (is_final) THEN
        RETURN jsonb_build_object('opened', jsonb_build_object('record', stablevps_record(p), 'held', 'nobody'));
      END IF;
      SELECT h.lease_until - at_ms INTO left_ms FROM stablevps_holders h
        WHERE h.account = asker_account AND h.holder = p.holder AND h.holder <> asker;
      IF coalesce(left_ms, 0) > 0 AND NOT (p.state = 'ordered' AND is_inside) THEN
        RETURN jsonb_build_object('opened', jsonb_build_object('record', stablevps_record(p),
          'held', jsonb_build_object('other', jsonb_build_object('leftMs', left_ms, 'holder', p.holder))));
      END IF;
      UPDATE stablevps_purchases q SET holder = asker WHERE q.number = p.number;
      INSERT INTO stablevps_holders (account, holder, lease_until) VALUES (asker_account, asker, at_ms + lease_ms)
        ON CONFLICT (account, holder) DO UPDATE SET lease_until = excluded.lease_until;
      RETURN jsonb_build_object('opened', jsonb_build_object('record', stablevps_record(p), 'held', 'us'));

    ELSIF what = 'receipt' THEN
      IF op ->> 'source' = 'adopted' AND NOT holds THEN
        RETURN '"lost"';
      END IF;
      INSERT INTO stablevps_receipts AS r (account, vps_id, purchase_id, source, created_at)
        VALUES (asker_account, op ->> 'vpsId', op ->> 'id', op ->> 'source', at_ms)
        ON CONFLICT (account, vps_id) DO UPDATE SET purchase_id = excluded.purchase_id, source = excluded.source
        WHERE excluded.source = 'receipt' AND r.source = 'adopted';
      SELECT r.purchase_id INTO owner FROM stablevps_receipts r
        WHERE r.account = asker_account AND r.vps_id = op ->> 'vpsId';
      RETURN jsonb_build_object('owner', jsonb_build_object('id', owner, 'others', (
        SELECT coalesce(jsonb_agg(r.vps_id ORDER BY r.vps_id), '[]') FROM stablevps_receipts r
        WHERE r.account = asker_account AND r.purchase_id = owner AND r.vps_id <> op ->> 'vpsId')));

    ELSIF what = 'leave' THEN
      DELETE FROM stablevps_windows w WHERE w.account = asker_account AND w.holder = asker;
      RETURN '"left"';

    ELSIF what = 'list' THEN
      RETURN jsonb_build_object('listed', jsonb_build_object('records', coalesce((
        SELECT jsonb_agg(stablevps_record(q) ORDER BY q.number) FROM stablevps_purchases q
        WHERE q.account = asker_account AND NOT ((op ->> 'openOnly')::boolean AND q.state = ANY (is_final))
          AND (op -> 'find' IS NULL OR q.id = op -> 'find' ->> 'id' OR q.idempotency_key = op -> 'find' ->> 'key')), '[]')));

    ELSIF what = 'enter' THEN
      IF NOT holds THEN
        RETURN '"lost"';
      END IF;
      SELECT h.lease_until - at_ms INTO left_ms FROM stablevps_windows w JOIN stablevps_holders h
        ON h.account = w.account AND h.holder = w.holder WHERE w.account = asker_account AND w.holder <> asker;
      IF coalesce(left_ms, 0) > 0 THEN
        RETURN jsonb_build_object('busy', jsonb_build_object('leftMs', left_ms));
      END IF;
      INSERT INTO stablevps_windows (account, holder) VALUES (asker_account, asker)
        ON CONFLICT (account) DO UPDATE SET holder = excluded.holder;
      INSERT INTO stablevps_holders (account, holder, lease_until) VALUES (asker_account, asker, at_ms + lease_ms)
        ON CONFLICT (account, holder) DO UPDATE SET lease_until = excluded.lease_until;
      RETURN jsonb_build_object('entered', jsonb_build_object('unfinished', coalesce((
        SELECT jsonb_agg(stablevps_record(q) ORDER BY q.number) FROM stablevps_purchases q
        WHERE q.account = asker_account AND q.state = 'ordered' AND q.id <> op ->> 'id'), '[]')));

    ELSIF what IN ('save', 'renew') THEN
      IF NOT holds AND NOT (coalesce(op -> 'saved' ->> 'state' = 'forgotten', false)
          AND coalesce(p.state = ANY (is_final), false)) THEN
        RETURN '"lost"';
      END IF;
      IF op -> 'saved' ->> 'state' = 'ordered' AND NOT is_inside THEN
        RETURN '"outOfWindow"';
      END IF;
      IF what = 'save' THEN
        UPDATE stablevps_purchases q SET state = op -> 'saved' ->> 'state', attempt = (op -> 'saved' ->> 'attempt')::integer,
          token = op -> 'saved' ->> 'token', error = op -> 'saved' ->> 'error', updated_at = at_ms,
          holder = CASE WHEN lease_ms IS NULL THEN NULL ELSE q.holder END
          WHERE q.number = p.number;
      END IF;
      IF lease_ms IS NOT NULL AND holds THEN
        INSERT INTO stablevps_holders (account, holder, lease_until) VALUES (asker_account, asker, at_ms + lease_ms)
          ON CONFLICT (account, holder) DO UPDATE SET lease_until = excluded.lease_until;
      END IF;
      RETURN jsonb_build_object('held', jsonb_build_object('vpsId', stablevps_record(p) -> 'vpsId',
        'others', stablevps_record(p) -> 'others', 'inWindow', is_inside));
    END IF;
    RAISE EXCEPTION 'stablevps_store does not know the operation %', what;
  END
  $store$;
END
$setup$;
