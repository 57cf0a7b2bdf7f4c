CREATE TABLE howdah.failover (
  cluster integer NOT NULL REFERENCES howdah.cluster,
  czxid text NOT NULL,
  began timestamptz(3) NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  cause text NOT NULL,
  from_member text,
  to_member text NOT NULL,
  led timestamptz(3) NOT NULL,
  recovered timestamptz(3),
  outage_ms bigint,
  predicted_low_ms bigint,
  predicted_high_ms bigint,
  timeline_before integer,
  timeline_after integer,
  lost_bytes bigint,
  PRIMARY KEY (cluster, czxid)
);
--> statement-breakpoint
CREATE INDEX failover_began ON howdah.failover (began);
--> statement-breakpoint
CREATE VIEW howdah.failovers AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, f.began, f.led, f.recovered, f.kind,
         f.cause, f.from_member, f.to_member,
         (extract(epoch FROM f.led - f.began) * 1000)::bigint AS leaderless_ms,
         f.outage_ms, f.predicted_low_ms, f.predicted_high_ms, f.timeline_before,
         f.timeline_after, f.lost_bytes
  FROM howdah.failover f JOIN howdah.cluster c ON c.id = f.cluster;
--> statement-breakpoint
COMMENT ON VIEW howdah.failovers IS
  'Every change of leadership that was seen, with its cause and what it cost. Stable: made to be read by others.';
