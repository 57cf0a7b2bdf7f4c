DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'howdah_reader') THEN
    CREATE ROLE howdah_reader NOLOGIN;
  END IF;
  GRANT USAGE ON SCHEMA howdah TO howdah_reader;
  GRANT SELECT ON howdah.events, howdah.failovers, howdah.znode_versions, howdah.lag_samples,
    howdah.lag_10s, howdah.lag_1m, howdah.lag_1h TO howdah_reader;
EXCEPTION WHEN insufficient_privilege THEN
  -- Whoever may not make roles has somebody who may: docs/history.md says what to grant.
  NULL;
END
$$;
