CREATE TABLE howdah.member (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cluster integer NOT NULL REFERENCES howdah.cluster,
  name text NOT NULL,
  UNIQUE (cluster, name)
);
--> statement-breakpoint
CREATE TABLE howdah.lag_chunk_samples (
  member integer NOT NULL REFERENCES howdah.member,
  began timestamptz(3) NOT NULL,
  at integer[] NOT NULL,
  sent bigint[] NOT NULL,
  write bigint[] NOT NULL,
  flush bigint[] NOT NULL,
  replay bigint[] NOT NULL,
  ms bigint[] NOT NULL,
  PRIMARY KEY (member, began)
) PARTITION BY RANGE (began);
--> statement-breakpoint
CREATE TABLE howdah.lag_chunk_10s (
  member integer NOT NULL REFERENCES howdah.member,
  began timestamptz(3) NOT NULL,
  slot integer[] NOT NULL,
  samples integer[] NOT NULL,
  sent_min bigint[] NOT NULL,
  sent_max bigint[] NOT NULL,
  sent_mean bigint[] NOT NULL,
  sent_last bigint[] NOT NULL,
  write_min bigint[] NOT NULL,
  write_max bigint[] NOT NULL,
  write_mean bigint[] NOT NULL,
  write_last bigint[] NOT NULL,
  flush_min bigint[] NOT NULL,
  flush_max bigint[] NOT NULL,
  flush_mean bigint[] NOT NULL,
  flush_last bigint[] NOT NULL,
  replay_min bigint[] NOT NULL,
  replay_max bigint[] NOT NULL,
  replay_mean bigint[] NOT NULL,
  replay_last bigint[] NOT NULL,
  ms_min bigint[] NOT NULL,
  ms_max bigint[] NOT NULL,
  ms_mean bigint[] NOT NULL,
  ms_last bigint[] NOT NULL,
  PRIMARY KEY (member, began)
) PARTITION BY RANGE (began);
--> statement-breakpoint
CREATE TABLE howdah.lag_chunk_1m (
  member integer NOT NULL REFERENCES howdah.member,
  began timestamptz(3) NOT NULL,
  slot integer[] NOT NULL,
  samples integer[] NOT NULL,
  sent_min bigint[] NOT NULL,
  sent_max bigint[] NOT NULL,
  sent_mean bigint[] NOT NULL,
  sent_last bigint[] NOT NULL,
  write_min bigint[] NOT NULL,
  write_max bigint[] NOT NULL,
  write_mean bigint[] NOT NULL,
  write_last bigint[] NOT NULL,
  flush_min bigint[] NOT NULL,
  flush_max bigint[] NOT NULL,
  flush_mean bigint[] NOT NULL,
  flush_last bigint[] NOT NULL,
  replay_min bigint[] NOT NULL,
  replay_max bigint[] NOT NULL,
  replay_mean bigint[] NOT NULL,
  replay_last bigint[] NOT NULL,
  ms_min bigint[] NOT NULL,
  ms_max bigint[] NOT NULL,
  ms_mean bigint[] NOT NULL,
  ms_last bigint[] NOT NULL,
  PRIMARY KEY (member, began)
) PARTITION BY RANGE (began);
--> statement-breakpoint
CREATE TABLE howdah.lag_chunk_1h (
  member integer NOT NULL REFERENCES howdah.member,
  began timestamptz(3) NOT NULL,
  slot integer[] NOT NULL,
  samples integer[] NOT NULL,
  sent_min bigint[] NOT NULL,
  sent_max bigint[] NOT NULL,
  sent_mean bigint[] NOT NULL,
  sent_last bigint[] NOT NULL,
  write_min bigint[] NOT NULL,
  write_max bigint[] NOT NULL,
  write_mean bigint[] NOT NULL,
  write_last bigint[] NOT NULL,
  flush_min bigint[] NOT NULL,
  flush_max bigint[] NOT NULL,
  flush_mean bigint[] NOT NULL,
  flush_last bigint[] NOT NULL,
  replay_min bigint[] NOT NULL,
  replay_max bigint[] NOT NULL,
  replay_mean bigint[] NOT NULL,
  replay_last bigint[] NOT NULL,
  ms_min bigint[] NOT NULL,
  ms_max bigint[] NOT NULL,
  ms_mean bigint[] NOT NULL,
  ms_last bigint[] NOT NULL,
  PRIMARY KEY (member, began)
) PARTITION BY RANGE (began);
--> statement-breakpoint
CREATE TABLE howdah.rolled_up (
  rollup text PRIMARY KEY,
  until timestamptz(3) NOT NULL
);
--> statement-breakpoint
CREATE VIEW howdah.lag_samples AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, m.name AS member,
         l.began + s.at * interval '1 millisecond' AS at,
         s.sent AS sent_bytes, s.write AS write_bytes, s.flush AS flush_bytes, s.replay AS replay_bytes,
         s.ms AS replay_ms
  FROM howdah.lag_chunk_samples l
  JOIN howdah.member m ON m.id = l.member
  JOIN howdah.cluster c ON c.id = m.cluster,
  unnest(l.at, l.sent, l.write, l.flush, l.replay, l.ms) AS s(at, sent, write, flush, replay, ms);
--> statement-breakpoint
COMMENT ON VIEW howdah.lag_samples IS
  'How far each standby was behind its leader, as sampled. NULL is unknown, never zero. Stable: made to be read by others.';
--> statement-breakpoint
CREATE VIEW howdah.lag_10s AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, m.name AS member,
         l.began + s.slot * interval '10 seconds' AS at, s.samples,
         s.sent_min AS sent_bytes_min,
         s.sent_max AS sent_bytes_max,
         s.sent_mean AS sent_bytes_mean,
         s.sent_last AS sent_bytes_last,
         s.write_min AS write_bytes_min,
         s.write_max AS write_bytes_max,
         s.write_mean AS write_bytes_mean,
         s.write_last AS write_bytes_last,
         s.flush_min AS flush_bytes_min,
         s.flush_max AS flush_bytes_max,
         s.flush_mean AS flush_bytes_mean,
         s.flush_last AS flush_bytes_last,
         s.replay_min AS replay_bytes_min,
         s.replay_max AS replay_bytes_max,
         s.replay_mean AS replay_bytes_mean,
         s.replay_last AS replay_bytes_last,
         s.ms_min AS replay_ms_min,
         s.ms_max AS replay_ms_max,
         s.ms_mean AS replay_ms_mean,
         s.ms_last AS replay_ms_last
  FROM howdah.lag_chunk_10s l
  JOIN howdah.member m ON m.id = l.member
  JOIN howdah.cluster c ON c.id = m.cluster,
  unnest(l.slot, l.samples, l.sent_min, l.sent_max, l.sent_mean, l.sent_last, l.write_min, l.write_max, l.write_mean, l.write_last, l.flush_min, l.flush_max, l.flush_mean, l.flush_last, l.replay_min, l.replay_max, l.replay_mean, l.replay_last, l.ms_min, l.ms_max, l.ms_mean, l.ms_last)
    AS s(slot, samples, sent_min, sent_max, sent_mean, sent_last, write_min, write_max, write_mean, write_last, flush_min, flush_max, flush_mean, flush_last, replay_min, replay_max, replay_mean, replay_last, ms_min, ms_max, ms_mean, ms_last);
--> statement-breakpoint
COMMENT ON VIEW howdah.lag_10s IS
  'How far each standby was behind its leader in each 10 seconds, as far as they are over. No row is a gap, NULL is unknown. Stable: made to be read by others.';
--> statement-breakpoint
CREATE VIEW howdah.lag_1m AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, m.name AS member,
         l.began + s.slot * interval '1 minute' AS at, s.samples,
         s.sent_min AS sent_bytes_min,
         s.sent_max AS sent_bytes_max,
         s.sent_mean AS sent_bytes_mean,
         s.sent_last AS sent_bytes_last,
         s.write_min AS write_bytes_min,
         s.write_max AS write_bytes_max,
         s.write_mean AS write_bytes_mean,
         s.write_last AS write_bytes_last,
         s.flush_min AS flush_bytes_min,
         s.flush_max AS flush_bytes_max,
         s.flush_mean AS flush_bytes_mean,
         s.flush_last AS flush_bytes_last,
         s.replay_min AS replay_bytes_min,
         s.replay_max AS replay_bytes_max,
         s.replay_mean AS replay_bytes_mean,
         s.replay_last AS replay_bytes_last,
         s.ms_min AS replay_ms_min,
         s.ms_max AS replay_ms_max,
         s.ms_mean AS replay_ms_mean,
         s.ms_last AS replay_ms_last
  FROM howdah.lag_chunk_1m l
  JOIN howdah.member m ON m.id = l.member
  JOIN howdah.cluster c ON c.id = m.cluster,
  unnest(l.slot, l.samples, l.sent_min, l.sent_max, l.sent_mean, l.sent_last, l.write_min, l.write_max, l.write_mean, l.write_last, l.flush_min, l.flush_max, l.flush_mean, l.flush_last, l.replay_min, l.replay_max, l.replay_mean, l.replay_last, l.ms_min, l.ms_max, l.ms_mean, l.ms_last)
    AS s(slot, samples, sent_min, sent_max, sent_mean, sent_last, write_min, write_max, write_mean, write_last, flush_min, flush_max, flush_mean, flush_last, replay_min, replay_max, replay_mean, replay_last, ms_min, ms_max, ms_mean, ms_last);
--> statement-breakpoint
COMMENT ON VIEW howdah.lag_1m IS
  'How far each standby was behind its leader in each 1 minute, as far as they are over. No row is a gap, NULL is unknown. Stable: made to be read by others.';
--> statement-breakpoint
CREATE VIEW howdah.lag_1h AS
  SELECT c.ensemble, c.namespace, c.scope, c.citus_group, m.name AS member,
         l.began + s.slot * interval '1 hour' AS at, s.samples,
         s.sent_min AS sent_bytes_min,
         s.sent_max AS sent_bytes_max,
         s.sent_mean AS sent_bytes_mean,
         s.sent_last AS sent_bytes_last,
         s.write_min AS write_bytes_min,
         s.write_max AS write_bytes_max,
         s.write_mean AS write_bytes_mean,
         s.write_last AS write_bytes_last,
         s.flush_min AS flush_bytes_min,
         s.flush_max AS flush_bytes_max,
         s.flush_mean AS flush_bytes_mean,
         s.flush_last AS flush_bytes_last,
         s.replay_min AS replay_bytes_min,
         s.replay_max AS replay_bytes_max,
         s.replay_mean AS replay_bytes_mean,
         s.replay_last AS replay_bytes_last,
         s.ms_min AS replay_ms_min,
         s.ms_max AS replay_ms_max,
         s.ms_mean AS replay_ms_mean,
         s.ms_last AS replay_ms_last
  FROM howdah.lag_chunk_1h l
  JOIN howdah.member m ON m.id = l.member
  JOIN howdah.cluster c ON c.id = m.cluster,
  unnest(l.slot, l.samples, l.sent_min, l.sent_max, l.sent_mean, l.sent_last, l.write_min, l.write_max, l.write_mean, l.write_last, l.flush_min, l.flush_max, l.flush_mean, l.flush_last, l.replay_min, l.replay_max, l.replay_mean, l.replay_last, l.ms_min, l.ms_max, l.ms_mean, l.ms_last)
    AS s(slot, samples, sent_min, sent_max, sent_mean, sent_last, write_min, write_max, write_mean, write_last, flush_min, flush_max, flush_mean, flush_last, replay_min, replay_max, replay_mean, replay_last, ms_min, ms_max, ms_mean, ms_last);
--> statement-breakpoint
COMMENT ON VIEW howdah.lag_1h IS
  'How far each standby was behind its leader in each 1 hour, as far as they are over. No row is a gap, NULL is unknown. Stable: made to be read by others.';
