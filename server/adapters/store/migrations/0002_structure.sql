ALTER TABLE howdah.event
  ADD COLUMN cause text,
  ADD COLUMN written_at timestamptz(3),
  ADD COLUMN zxid text;
--> statement-breakpoint
CREATE OR REPLACE VIEW howdah.events AS
  SELECT e.seq, e.at, c.ensemble, c.namespace, c.scope, c.citus_group, e.code, e.member, e.says,
         e.cause, e.written_at, e.zxid
  FROM howdah.event e JOIN howdah.cluster c ON c.id = e.cluster;
--> statement-breakpoint
CREATE TABLE howdah.structure (
  seq bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  cluster integer NOT NULL REFERENCES howdah.cluster,
  run bigint NOT NULL,
  after bigint,
  parts json,
  PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);
--> statement-breakpoint
CREATE INDEX structure_of_cluster ON howdah.structure (cluster, at);
--> statement-breakpoint
CREATE INDEX structure_whole ON howdah.structure (cluster, at) WHERE after IS NULL;
--> statement-breakpoint
CREATE TABLE howdah.watch (
  began timestamptz(3) PRIMARY KEY,
  until timestamptz(3) NOT NULL
);
