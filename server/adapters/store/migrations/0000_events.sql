CREATE SCHEMA IF NOT EXISTS howdah;
--> statement-breakpoint
CREATE TABLE howdah.cluster (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  ensemble text NOT NULL,
  namespace text NOT NULL,
  scope text NOT NULL,
  citus_group integer
);
--> statement-breakpoint
CREATE TABLE howdah.event (
  seq bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  cluster integer NOT NULL REFERENCES howdah.cluster,
  code text NOT NULL,
  member text,
  says text NOT NULL,
  PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);
--> statement-breakpoint
CREATE INDEX event_of_cluster ON howdah.event (cluster, seq);
--> statement-breakpoint
CREATE TABLE howdah.gap (
  lost_from timestamptz(3) PRIMARY KEY,
  lost_until timestamptz(3) NOT NULL,
  events bigint NOT NULL
);
--> statement-breakpoint
CREATE VIEW howdah.events AS
  SELECT e.seq, e.at, c.ensemble, c.namespace, c.scope, c.citus_group, e.code, e.member, e.says
  FROM howdah.event e JOIN howdah.cluster c ON c.id = e.cluster;
--> statement-breakpoint
COMMENT ON VIEW howdah.events IS
  'Every change of meaning in a watched cluster, as Howdah saw it. Stable: made to be read by others.';
