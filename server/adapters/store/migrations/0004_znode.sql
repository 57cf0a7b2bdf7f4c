CREATE TABLE howdah.znode (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster integer NOT NULL REFERENCES howdah.cluster,
  name text NOT NULL,
  UNIQUE (cluster, name)
);
--> statement-breakpoint
CREATE TABLE howdah.znode_version (
  znode integer NOT NULL REFERENCES howdah.znode,
  seq bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  data bytea,
  version integer,
  czxid text,
  mzxid text,
  ctime timestamptz(3),
  mtime timestamptz(3),
  owner text,
  access json,
  PRIMARY KEY (znode, seq)
);
--> statement-breakpoint
CREATE UNIQUE INDEX znode_version_once ON howdah.znode_version (znode, mzxid) WHERE mzxid IS NOT NULL;
--> statement-breakpoint
CREATE INDEX znode_version_at ON howdah.znode_version (at);
--> statement-breakpoint
CREATE VIEW howdah.znode_versions AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, z.name, v.at, v.data IS NULL AS gone,
         v.data, v.version, v.czxid, v.mzxid, v.ctime, v.mtime, v.owner AS session, v.access,
         CASE WHEN v.version IS NULL THEN 0
              WHEN v.czxid = lag(v.czxid) OVER before
                THEN greatest(v.version - lag(v.version) OVER before - 1, 0)
              WHEN lag(v.at) OVER before IS NULL THEN 0
              ELSE v.version END AS skipped,
         v.seq
  FROM howdah.znode_version v
  JOIN howdah.znode z ON z.id = v.znode
  JOIN howdah.cluster c ON c.id = z.cluster
  WINDOW before AS (PARTITION BY v.znode ORDER BY v.seq);
--> statement-breakpoint
COMMENT ON VIEW howdah.znode_versions IS
  'Every version of config, history, sync, failover and leader that was read. Stable: made to be read by others.';
