CREATE TABLE howdah.audit_store (
  id text PRIMARY KEY
);
--> statement-breakpoint
CREATE TRIGGER audit_store_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON howdah.audit_store
  FOR EACH STATEMENT EXECUTE FUNCTION howdah.audit_stays();
--> statement-breakpoint
CREATE INDEX audit_breaks ON howdah.audit (seq)
  WHERE action IN ('chain-broken', 'break-acknowledged');
