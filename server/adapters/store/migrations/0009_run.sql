CREATE TABLE howdah.run (
  cluster integer NOT NULL REFERENCES howdah.cluster,
  id text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  kind text NOT NULL,
  started_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  outcome text,
  view json NOT NULL,
  PRIMARY KEY (cluster, id)
);
--> statement-breakpoint
CREATE INDEX run_of_cluster ON howdah.run (cluster, started_at, id);
--> statement-breakpoint
CREATE INDEX failover_of_cluster ON howdah.failover (cluster, kind, led);
--> statement-breakpoint
CREATE VIEW howdah.runs AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, r.id, r.kind, r.started_at, r.ended_at,
         r.outcome, r.view #>> '{outcome,says}' AS says, r.view ->> 'by' AS by_whom,
         r.view ->> 'reason' AS reason, r.view ->> 'from' AS from_member,
         r.view ->> 'to' AS to_member, (r.view ->> 'leaderlessMs')::bigint AS leaderless_ms,
         (r.view ->> 'outageMs')::bigint AS outage_ms
  FROM howdah.run r JOIN howdah.cluster c ON c.id = r.cluster;
--> statement-breakpoint
COMMENT ON VIEW howdah.runs IS
  'Every run of an operation, as it was known last. Stable: made to be read by others.';
--> statement-breakpoint
DO $$
BEGIN
  GRANT SELECT ON howdah.runs TO howdah_reader;
EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
  -- Whoever may not make roles has somebody who may: docs/history.md says what to grant.
  NULL;
END
$$;
