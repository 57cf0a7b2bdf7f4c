CREATE TABLE howdah.audit (
  seq bigint PRIMARY KEY,
  chain text NOT NULL,
  entry text NOT NULL,
  hash text NOT NULL,
  at timestamptz(3) NOT NULL
    GENERATED ALWAYS AS (to_timestamp((entry::jsonb ->> 'at')::float8 / 1000)) STORED,
  act text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'id') STORED,
  kind text NOT NULL GENERATED ALWAYS AS (entry::jsonb ->> 'kind') STORED,
  action text GENERATED ALWAYS AS (entry::jsonb ->> 'action') STORED,
  actor_kind text GENERATED ALWAYS AS (entry::jsonb #>> '{actor,kind}') STORED,
  actor_id text GENERATED ALWAYS AS (entry::jsonb #>> '{actor,id}') STORED,
  actor text GENERATED ALWAYS AS (entry::jsonb #>> '{actor,name}') STORED,
  address text GENERATED ALWAYS AS (entry::jsonb ->> 'from') STORED,
  cluster text GENERATED ALWAYS AS (entry::jsonb ->> 'cluster') STORED,
  reason text GENERATED ALWAYS AS (entry::jsonb ->> 'reason') STORED,
  result text GENERATED ALWAYS AS (entry::jsonb ->> 'result') STORED,
  says text GENERATED ALWAYS AS (entry::jsonb ->> 'says') STORED,
  zxid text GENERATED ALWAYS AS (entry::jsonb #>> '{cost,zxid}') STORED,
  UNIQUE (act, kind)
);
--> statement-breakpoint
CREATE INDEX audit_begun ON howdah.audit (at, seq) WHERE kind = 'intent';
--> statement-breakpoint
CREATE INDEX audit_by_zxid ON howdah.audit (zxid) WHERE zxid IS NOT NULL;
--> statement-breakpoint
CREATE TABLE howdah.audit_checkpoint (
  upto bigint PRIMARY KEY,
  chain text NOT NULL,
  hash text NOT NULL,
  removed bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  signature text NOT NULL
);
--> statement-breakpoint
CREATE FUNCTION howdah.audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A restore empties tables that it has just made.
  IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM howdah.audit)
     AND NOT EXISTS (SELECT FROM howdah.audit_checkpoint) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'The audit is only ever appended to: % of % is refused', TG_OP, TG_TABLE_NAME;
END
$$;
--> statement-breakpoint
CREATE FUNCTION howdah.audit_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM howdah.audit_checkpoint WHERE upto >= OLD.seq) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'The audit is only ever appended to: no checkpoint covers row %', OLD.seq;
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_stays BEFORE UPDATE OR TRUNCATE ON howdah.audit
  FOR EACH STATEMENT EXECUTE FUNCTION howdah.audit_stays();
--> statement-breakpoint
CREATE TRIGGER audit_goes BEFORE DELETE ON howdah.audit
  FOR EACH ROW EXECUTE FUNCTION howdah.audit_goes();
--> statement-breakpoint
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON howdah.audit_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION howdah.audit_stays();
