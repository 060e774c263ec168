-- Many tenants on one server, with sites, groups, models and profiles; administrators with roles; tokens, webhooks, and
-- what several servers on one database must share. Tables are made anew under plural names (user and group are words of
-- SQL in the other database), and what the old ones held moves over.
--
-- Rules that must hold whatever the code does are constraints, unique indexes and triggers. The same rules stand in
-- migrations/postgres. Every row of a tenant names its tenant, and a foreign key that could cross tenants names both.

-- Their names are taken over.
DROP INDEX one_active_association_per_phone;
DROP TRIGGER ended_association_stays_ended;

CREATE TABLE tenants (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    -- The domain of its addresses-of-record; none: the configuration's, which only one tenant can have.
    sip_domain     TEXT    UNIQUE CHECK (sip_domain <> ''),
    -- Users who may use shared phones; none: any number. Phones are not counted.
    guest_licences INTEGER CHECK (guest_licences >= 0),
    version        INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The same number at the same domain would be one address-of-record for two.
CREATE UNIQUE INDEX one_tenant_without_a_domain ON tenants ((sip_domain IS NULL)) WHERE sip_domain IS NULL;

CREATE TABLE sites (
    id                 INTEGER PRIMARY KEY,
    tenant_id          INTEGER NOT NULL REFERENCES tenants (id),
    name               TEXT    NOT NULL CHECK (name <> ''),
    -- The clock on its wall: a name of the IANA time zone database, or hours and minutes from UTC.
    time_zone          TEXT    NOT NULL DEFAULT 'UTC' CHECK (time_zone <> ''),
    -- What differs from the built-in rules, as JSON.
    rules              TEXT    NOT NULL DEFAULT '{}' CHECK (json_type(rules) = 'object'),
    -- Keys and language of its phones, of whichever model, as JSON.
    settings           TEXT    NOT NULL DEFAULT '{}' CHECK (json_type(settings) = 'object'),
    version            INTEGER NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE TABLE groups (
    id        INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    name      TEXT    NOT NULL CHECK (name <> ''),
    -- What differs from the rules of the site, as JSON.
    rules     TEXT    NOT NULL DEFAULT '{}' CHECK (json_type(rules) = 'object'),
    version   INTEGER NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE TABLE models (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    -- As the phone says it.
    name      TEXT    NOT NULL CHECK (name <> ''),
    -- The panel by which its screens are drawn.
    panel     TEXT    NOT NULL DEFAULT '480x272',
    -- Keys beside or below the screen that a profile can fill.
    line_keys INTEGER NOT NULL DEFAULT 6 CHECK (line_keys BETWEEN 0 AND 120),
    version   INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, name)
) STRICT;

CREATE TABLE phones (
    id             INTEGER PRIMARY KEY,
    tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
    site_id        INTEGER NOT NULL,
    group_id       INTEGER,
    mac            TEXT    NOT NULL UNIQUE CHECK (length(mac) = 12 AND mac NOT GLOB '*[^0-9a-f]*'),
    name           TEXT    NOT NULL CHECK (name <> ''),
    extension      TEXT    NOT NULL CHECK (extension <> '' AND extension NOT GLOB '*[^0-9]*'),
    model          TEXT,
    -- Where people find it, for people.
    location       TEXT    NOT NULL DEFAULT '',
    -- Where an ambulance would go; without it the phone takes no guests.
    address        TEXT    NOT NULL DEFAULT '',
    enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    keys           TEXT    NOT NULL DEFAULT '[]' CHECK (json_type(keys) = 'array'),
    -- Counts up when the host's SIP secret is to change.
    secret_version INTEGER NOT NULL DEFAULT 1,
    -- Counts up when the phone is to enrol anew.
    enrolment      INTEGER NOT NULL DEFAULT 1,
    claim_hash     BLOB,
    token_hash     BLOB UNIQUE,
    agent_version  TEXT    NOT NULL DEFAULT '',
    registered     INTEGER NOT NULL DEFAULT 0 CHECK (registered IN (0, 1)),
    last_seen      INTEGER,
    last_switch_ms INTEGER,
    -- Counts up with every change that an administrator makes.
    version        INTEGER NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, extension),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id),
    FOREIGN KEY (tenant_id, model) REFERENCES models (tenant_id, name) ON UPDATE CASCADE
) STRICT;

CREATE TABLE users (
    id                INTEGER PRIMARY KEY,
    tenant_id         INTEGER NOT NULL REFERENCES tenants (id),
    site_id           INTEGER NOT NULL,
    group_id          INTEGER,
    extension         TEXT    NOT NULL CHECK (extension <> '' AND extension NOT GLOB '*[^0-9]*'),
    -- Another, shorter way to type the same user.
    short_extension   TEXT    CHECK (short_extension <> '' AND short_extension NOT GLOB '*[^0-9]*'),
    name              TEXT    NOT NULL CHECK (name <> ''),
    -- argon2id in PHC form; none: the user has no PIN yet.
    pin_hash          TEXT    CHECK (pin_hash LIKE '$argon2id$%'),
    hot_desk          INTEGER NOT NULL DEFAULT 1 CHECK (hot_desk IN (0, 1)),
    disabled          INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    -- Seconds instead of the site's limit; 0: never; none: the site's.
    association_limit INTEGER CHECK (association_limit >= 0),
    keys              TEXT    NOT NULL DEFAULT '[]' CHECK (json_type(keys) = 'array'),
    language          TEXT    CHECK (language IS NULL OR language GLOB '[a-z][a-z]'),
    version           INTEGER NOT NULL DEFAULT 1,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, extension),
    UNIQUE (tenant_id, short_extension),
    FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id)
) STRICT;

-- What a group's or a user's phones of one model show. A user's is made at their first log-in on the model, and kept.
CREATE TABLE profiles (
    id        INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    model     TEXT    NOT NULL,
    group_id  INTEGER,
    user_id   INTEGER,
    settings  TEXT    NOT NULL DEFAULT '{}' CHECK (json_type(settings) = 'object'),
    version   INTEGER NOT NULL DEFAULT 1,
    CHECK ((group_id IS NULL) <> (user_id IS NULL)),
    UNIQUE (group_id, model),
    UNIQUE (user_id, model),
    FOREIGN KEY (tenant_id, model) REFERENCES models (tenant_id, name) ON UPDATE CASCADE ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_id) REFERENCES groups (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

-- A number is a phone's own or a user's, never both, and never two users'.
CREATE TRIGGER phones_number_is_free_insert BEFORE INSERT ON phones
WHEN EXISTS (SELECT 1 FROM users WHERE tenant_id = NEW.tenant_id AND NEW.extension IN (extension, short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a user'); END;

CREATE TRIGGER phones_number_is_free_update BEFORE UPDATE OF extension ON phones
WHEN EXISTS (SELECT 1 FROM users WHERE tenant_id = NEW.tenant_id AND NEW.extension IN (extension, short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a user'); END;

CREATE TRIGGER users_number_is_free_insert BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM phones WHERE tenant_id = NEW.tenant_id AND extension IN (NEW.extension, NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a phone'); END;

CREATE TRIGGER users_number_is_free_update BEFORE UPDATE OF extension, short_extension ON users
WHEN EXISTS (SELECT 1 FROM phones WHERE tenant_id = NEW.tenant_id AND extension IN (NEW.extension, NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a phone'); END;

CREATE TRIGGER users_alias_is_free_insert BEFORE INSERT ON users
WHEN EXISTS (
    SELECT 1 FROM users
    WHERE tenant_id = NEW.tenant_id AND (short_extension = NEW.extension OR extension = NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to another user'); END;

CREATE TRIGGER users_alias_is_free_update BEFORE UPDATE OF extension, short_extension ON users
WHEN EXISTS (
    SELECT 1 FROM users
    WHERE tenant_id = NEW.tenant_id AND id <> NEW.id
      AND (short_extension = NEW.extension OR extension = NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to another user'); END;

-- One row for each log-in that was admitted, kept as history.
CREATE TABLE associations (
    id           TEXT    PRIMARY KEY,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id),
    phone_id     INTEGER NOT NULL,
    user_id      INTEGER NOT NULL,
    attempt      TEXT    NOT NULL,
    state        TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'ended')),
    -- Whether the rules let the user be on several phones at once.
    many         INTEGER NOT NULL DEFAULT 0 CHECK (many IN (0, 1)),
    opened_at    INTEGER NOT NULL,
    committed_at INTEGER,
    ends_at      INTEGER,
    -- What ends it then.
    ends_for     TEXT    NOT NULL DEFAULT 'limit' CHECK (ends_for IN ('limit', 'time_of_day', 'booking_end')),
    ended_at     INTEGER,
    -- The protocol's EndReason as JSON.
    reason       TEXT    CHECK (reason IS NULL OR json_valid(reason)),
    -- Whether the phone knows that it ended and has removed its binding.
    acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged IN (0, 1)),
    switch_ms    INTEGER,
    UNIQUE (phone_id, attempt),
    CHECK (state <> 'active' OR committed_at IS NOT NULL),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL AND reason IS NOT NULL)),
    FOREIGN KEY (tenant_id, phone_id) REFERENCES phones (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE UNIQUE INDEX one_active_association_per_phone ON associations (phone_id) WHERE state = 'active';
CREATE UNIQUE INDEX one_active_association_per_user ON associations (user_id) WHERE state = 'active' AND many = 0;
CREATE INDEX associations_by_user ON associations (user_id, state);
CREATE INDEX associations_by_phone ON associations (phone_id, opened_at);
CREATE INDEX associations_open ON associations (state) WHERE state <> 'ended';

-- What ended stays ended: history is not rewritten.
CREATE TRIGGER ended_association_stays_ended BEFORE UPDATE OF state ON associations
WHEN OLD.state = 'ended' AND NEW.state <> 'ended'
BEGIN SELECT RAISE(ABORT, 'association has ended'); END;

-- Nobody signs in where no ambulance would find them, on a phone that takes no part, or without being allowed to.
CREATE TRIGGER association_has_a_place_insert BEFORE INSERT ON associations
WHEN NEW.state <> 'ended' AND EXISTS (
    SELECT 1 FROM phones WHERE id = NEW.phone_id AND (enabled = 0 OR trim(address) = ''))
BEGIN SELECT RAISE(ABORT, 'phone takes no guests'); END;

CREATE TRIGGER association_has_a_guest_insert BEFORE INSERT ON associations
WHEN NEW.state <> 'ended' AND EXISTS (
    SELECT 1 FROM users WHERE id = NEW.user_id AND (disabled = 1 OR hot_desk = 0))
BEGIN SELECT RAISE(ABORT, 'user is not allowed to'); END;

-- When a user is to have a phone; an association on it ends with the booking.
CREATE TABLE bookings (
    id        INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id),
    phone_id  INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL,
    CHECK (starts_at < ends_at),
    FOREIGN KEY (tenant_id, phone_id) REFERENCES phones (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX bookings_by_phone ON bookings (phone_id, ends_at);

-- How each attempt was answered, so that a repeated request is answered alike.
CREATE TABLE attempts (
    phone_id       INTEGER NOT NULL REFERENCES phones (id) ON DELETE CASCADE,
    id             TEXT    NOT NULL,
    at             INTEGER NOT NULL,
    extension      TEXT    NOT NULL,
    -- Either the refusal as JSON, or the association that was opened.
    refusal        TEXT    CHECK (json_valid(refusal)),
    association_id TEXT    REFERENCES associations (id) ON DELETE CASCADE,
    PRIMARY KEY (phone_id, id),
    CHECK ((refusal IS NULL) <> (association_id IS NULL))
) STRICT;

-- Wrong PINs and passwords, by subject ('user:7', 'phone:3', 'admin:jo').
CREATE TABLE throttles (
    subject      TEXT    PRIMARY KEY,
    failures     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT;

-- What SIP registrars accept. Only hashes: the secrets are derived from the server key when they are needed.
CREATE TABLE credentials (
    auth_user      VARCHAR(64)  PRIMARY KEY,
    domain         VARCHAR(255) NOT NULL,
    ha1            VARCHAR(128) NOT NULL,
    ha1_sha256     VARCHAR(128) NOT NULL,
    -- The user part of the only address-of-record that this credential may register.
    aor_user       VARCHAR(64)  NOT NULL,
    phone_id       INTEGER REFERENCES phones (id) ON DELETE CASCADE,
    -- Outlives an association that is deleted with its user: the phone still has to remove its binding.
    association_id TEXT,
    -- When it stops working; none: it does not.
    revoke_at      INTEGER,
    CHECK ((phone_id IS NULL) <> (association_id IS NULL))
);

CREATE INDEX credentials_by_phone ON credentials (phone_id);
CREATE INDEX credentials_by_association ON credentials (association_id);

-- What a phone may do for a guest while the server is away. Its credential is in credentials, under the same name.
CREATE TABLE offline_grants (
    id         TEXT    PRIMARY KEY,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id),
    phone_id   INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Why it is void before that: the protocol's EndReason as JSON.
    reason     TEXT    CHECK (reason IS NULL OR json_valid(reason)),
    UNIQUE (phone_id, user_id),
    FOREIGN KEY (tenant_id, phone_id) REFERENCES phones (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX offline_grants_by_user ON offline_grants (user_id);
CREATE INDEX offline_grants_by_tenant ON offline_grants (tenant_id);

-- People who run this: operators for all tenants, the others for one.
CREATE TABLE admins (
    id            INTEGER PRIMARY KEY,
    tenant_id     INTEGER REFERENCES tenants (id),
    name          TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    role          TEXT    NOT NULL CHECK (role IN ('operator', 'administrator', 'help_desk')),
    -- None: signs in elsewhere (OpenID Connect).
    password_hash TEXT    CHECK (password_hash LIKE '$argon2id$%'),
    -- Who they are to the identity provider.
    subject       TEXT    UNIQUE CHECK (subject <> ''),
    -- Whether the identity provider's groups made it, and may take it away.
    from_groups   INTEGER NOT NULL DEFAULT 0 CHECK (from_groups IN (0, 1)),
    disabled      INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    version       INTEGER NOT NULL DEFAULT 1,
    CHECK ((role = 'operator') = (tenant_id IS NULL))
) STRICT;

-- Browsers that are signed in: an administrator's, or a user's own.
CREATE TABLE sessions (
    token_hash BLOB    PRIMARY KEY,
    admin_id   INTEGER REFERENCES admins (id) ON DELETE CASCADE,
    user_id    INTEGER REFERENCES users (id) ON DELETE CASCADE,
    -- Which tenant an operator looks at.
    tenant_id  INTEGER REFERENCES tenants (id),
    expires_at INTEGER NOT NULL,
    CHECK ((admin_id IS NULL) <> (user_id IS NULL))
) STRICT;

CREATE TABLE api_tokens (
    id           INTEGER PRIMARY KEY,
    -- None: an operator's, for all tenants.
    tenant_id    INTEGER REFERENCES tenants (id),
    name         TEXT    NOT NULL CHECK (name <> ''),
    token_hash   BLOB    NOT NULL UNIQUE,
    -- Names of scopes with blanks between.
    scopes       TEXT    NOT NULL,
    created_by   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER
) STRICT;

-- How a request with an Idempotency-Key was answered.
CREATE TABLE idempotency (
    token_id     INTEGER NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
    key          TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    status       INTEGER NOT NULL,
    body         TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (token_id, key)
) STRICT;

-- Whom to tell what happened. The secret that signs is derived from the server key.
CREATE TABLE webhooks (
    id             INTEGER PRIMARY KEY,
    tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
    url            TEXT    NOT NULL CHECK (url LIKE 'http%'),
    -- Names of events with blanks between.
    events         TEXT    NOT NULL,
    secret_version INTEGER NOT NULL DEFAULT 1,
    enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    version        INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX webhooks_by_tenant ON webhooks (tenant_id);

CREATE TABLE webhook_deliveries (
    id           INTEGER PRIMARY KEY,
    webhook_id   INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event        TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- When to try next; none: delivered, or given up.
    next_at      INTEGER,
    delivered_at INTEGER,
    last_error   TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);

-- What happened, with names as they were then. Never a PIN, secret or token.
CREATE TABLE audits (
    id             INTEGER PRIMARY KEY,
    -- None: concerns no tenant.
    tenant_id      INTEGER REFERENCES tenants (id),
    at             INTEGER NOT NULL,
    event          TEXT    NOT NULL,
    -- The protocol's RefusalCode and its short form, for refusals.
    code           TEXT,
    short          TEXT,
    phone_id       INTEGER,
    phone_name     TEXT    NOT NULL DEFAULT '',
    -- What was typed.
    extension      TEXT    NOT NULL DEFAULT '',
    user_id        INTEGER,
    user_name      TEXT    NOT NULL DEFAULT '',
    association_id TEXT,
    attempt        TEXT,
    detail         TEXT    NOT NULL DEFAULT '',
    -- The administrator who did it; empty: the phone or the server itself.
    actor          TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audits_by_time ON audits (at);
CREATE INDEX audits_by_tenant ON audits (tenant_id, id);
-- A repeated report writes nothing new.
CREATE UNIQUE INDEX audits_once_per_attempt ON audits (phone_id, attempt, event) WHERE attempt IS NOT NULL;

-- What several servers on one database tell each other.

-- The servers that live; a row that is too old is a dead one's.
CREATE TABLE replicas (
    id      TEXT    PRIMARY KEY,
    seen_at INTEGER NOT NULL
) STRICT;

-- Which phone listens at which server.
CREATE TABLE lines (
    phone_id INTEGER PRIMARY KEY REFERENCES phones (id) ON DELETE CASCADE,
    replica  TEXT    NOT NULL,
    -- A phone that connects anew has another line.
    line     TEXT    NOT NULL,
    since    INTEGER NOT NULL
) STRICT;

-- Phones that wait for an administrator, by MAC and claim: nobody can take another phone's place by asking first.
CREATE TABLE applicants (
    mac        TEXT    NOT NULL,
    claim_hash BLOB    NOT NULL,
    code       TEXT    NOT NULL UNIQUE,
    model      TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (mac, claim_hash)
) STRICT;

-- Questions to the phone where a user is signed in: may they move to another one?
CREATE TABLE consents (
    attempt  TEXT    PRIMARY KEY,
    phone_id INTEGER NOT NULL REFERENCES phones (id) ON DELETE CASCADE,
    -- No answer until then means yes.
    silent_at INTEGER NOT NULL,
    granted  INTEGER CHECK (granted IN (0, 1))
) STRICT;

-- What a phone shows, while an administrator looks at it.
CREATE TABLE screens (
    phone_id INTEGER PRIMARY KEY REFERENCES phones (id) ON DELETE CASCADE,
    screen   TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- What was there moves to the first tenant.

INSERT INTO tenants (id, name) VALUES (1, 'Main');

INSERT INTO sites (id, tenant_id, name, time_zone, rules)
SELECT id, 1, name,
       CASE WHEN utc_offset_minutes = 0 THEN 'UTC'
            ELSE printf('%s%02d:%02d', CASE WHEN utc_offset_minutes < 0 THEN '-' ELSE '+' END,
                        abs(utc_offset_minutes) / 60, abs(utc_offset_minutes) % 60) END,
       json_patch(policy, json_object('elsewhere', elsewhere, 'association_limit', association_limit))
FROM site;

INSERT INTO models (tenant_id, name) SELECT DISTINCT 1, model FROM phone WHERE model <> '';

INSERT INTO phones (id, tenant_id, site_id, mac, name, extension, model, address, enabled, keys, secret_version, enrolment,
                    claim_hash, token_hash, agent_version, registered, last_seen, last_switch_ms)
SELECT id, 1, site, mac, name, extension, nullif(model, ''), address, enabled, keys, secret_version, enrolment,
       claim_hash, token_hash, agent_version, registered, last_seen, last_switch_ms
FROM phone;

INSERT INTO users (id, tenant_id, site_id, extension, short_extension, name, pin_hash, hot_desk, disabled, association_limit,
                   keys, language)
SELECT id, 1, site, extension, short_extension, name, pin_hash, hot_desk, disabled, association_limit, keys, language
FROM user;

-- What is open now was opened under the rules of then: the triggers for new ones must not judge it.
INSERT INTO associations (id, tenant_id, phone_id, user_id, attempt, state, many, opened_at, committed_at, ends_at, ended_at,
                          reason, acknowledged, switch_ms)
SELECT a.id, 1, a.phone, a.user, a.attempt, a.state, s.elsewhere = 'many', a.opened_at, a.committed_at, a.ends_at, a.ended_at,
       a.reason, a.acknowledged, a.switch_ms
FROM association a JOIN user u ON u.id = a.user JOIN site s ON s.id = u.site
JOIN phone p ON p.id = a.phone
WHERE a.state = 'ended' OR (p.enabled = 1 AND trim(p.address) <> '' AND u.disabled = 0 AND u.hot_desk = 1);

INSERT INTO throttles SELECT * FROM throttle;

INSERT INTO credentials (auth_user, domain, ha1, ha1_sha256, aor_user, phone_id, association_id, revoke_at)
SELECT auth_user, domain, ha1, ha1_sha256, aor_user, phone, association, revoke_at FROM credential
WHERE association IS NULL OR association IN (SELECT id FROM associations);

INSERT INTO admins (name, role, password_hash) SELECT name, 'operator', password_hash FROM admin;

INSERT INTO audits (id, tenant_id, at, event, code, short, phone_id, phone_name, extension, user_id, user_name, association_id,
                    attempt, detail, actor)
SELECT id, 1, at, event, code, short, phone, phone_name, extension, user, user_name, association, attempt, detail, actor
FROM audit;

DROP VIEW subscriber;
DROP TABLE session;
DROP TABLE admin;
DROP TABLE audit;
DROP TABLE credential;
DROP TABLE throttle;
DROP TABLE attempt;
DROP TABLE association;
DROP TABLE user;
DROP TABLE phone;
DROP TABLE site;

-- What Kamailio's auth_db reads. The time is asked here as well, so that a stopped server revokes too.
CREATE VIEW subscriber AS
SELECT auth_user AS username, domain, ha1, ha1_sha256, aor_user
FROM credentials
WHERE revoke_at IS NULL OR revoke_at > CAST(strftime('%s', 'now') AS INTEGER);
