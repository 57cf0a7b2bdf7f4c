CREATE TABLE howdah.account (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  disabled_at timestamptz(3),
  must_change_password boolean NOT NULL DEFAULT false
);
--> statement-breakpoint
CREATE TABLE howdah.account_login (
  id text PRIMARY KEY,
  account text NOT NULL REFERENCES howdah.account ON DELETE CASCADE,
  provider text NOT NULL,
  provider_account text NOT NULL,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (provider, provider_account)
);
--> statement-breakpoint
CREATE INDEX account_login_of ON howdah.account_login (account);
--> statement-breakpoint
CREATE TABLE howdah.account_session (
  id text PRIMARY KEY,
  account text NOT NULL REFERENCES howdah.account ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz(3) NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX account_session_of ON howdah.account_session (account);
--> statement-breakpoint
CREATE TABLE howdah.account_verification (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
--> statement-breakpoint
CREATE INDEX account_verification_by ON howdah.account_verification (identifier);
--> statement-breakpoint
CREATE TABLE howdah.account_grant (
  id text PRIMARY KEY,
  account text NOT NULL REFERENCES howdah.account ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  scope jsonb NOT NULL,
  source text NOT NULL CHECK (source IN ('local', 'groups')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (account, source, scope)
);
--> statement-breakpoint
CREATE TABLE howdah.api_token (
  id text PRIMARY KEY,
  account text NOT NULL REFERENCES howdah.account ON DELETE CASCADE,
  name text NOT NULL,
  hash text NOT NULL UNIQUE,
  grants jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL,
  revoked_at timestamptz(3),
  used_at timestamptz(3),
  used_from text
);
--> statement-breakpoint
CREATE INDEX api_token_of ON howdah.api_token (account);
