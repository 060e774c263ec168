-- Who may sit where, who does, and who did. Times are seconds since 1970 (UTC); booleans are 0 and 1.
-- Rules that must hold whatever the code does are written here as constraints, unique indexes and triggers.

CREATE TABLE site (
    id                INTEGER PRIMARY KEY,
    name              TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    -- What happens when a user who is signed in on one phone logs in on another.
    elsewhere         TEXT    NOT NULL DEFAULT 'move' CHECK (elsewhere IN ('move', 'refuse', 'many')),
    -- Seconds until an association ends by itself; 0: never.
    association_limit INTEGER NOT NULL DEFAULT 43200 CHECK (association_limit >= 0),
    utc_offset_minutes INTEGER NOT NULL DEFAULT 0 CHECK (utc_offset_minutes BETWEEN -840 AND 840),
    -- What the phones obey: the protocol's Policy as JSON.
    policy            TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(policy))
) STRICT;

CREATE TABLE phone (
    id             INTEGER PRIMARY KEY,
    site           INTEGER NOT NULL REFERENCES site (id),
    mac            TEXT    NOT NULL UNIQUE CHECK (length(mac) = 12 AND mac NOT GLOB '*[^0-9a-f]*'),
    name           TEXT    NOT NULL CHECK (name <> ''),
    extension      TEXT    NOT NULL UNIQUE CHECK (extension <> '' AND extension NOT GLOB '*[^0-9]*'),
    model          TEXT    NOT NULL DEFAULT '',
    -- Where an ambulance would go; without it the phone takes no guests.
    address        TEXT    NOT NULL DEFAULT '',
    enabled        INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    keys           TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(keys)),
    -- Counts up when the host's SIP secret is to change.
    secret_version INTEGER NOT NULL DEFAULT 1,
    -- Counts up when the phone is to enrol anew.
    enrolment      INTEGER NOT NULL DEFAULT 1,
    claim_hash     BLOB,
    token_hash     BLOB UNIQUE,
    agent_version  TEXT    NOT NULL DEFAULT '',
    registered     INTEGER NOT NULL DEFAULT 0 CHECK (registered IN (0, 1)),
    last_seen      INTEGER,
    last_switch_ms INTEGER
) STRICT;

CREATE TABLE user (
    id                INTEGER PRIMARY KEY,
    site              INTEGER NOT NULL REFERENCES site (id),
    extension         TEXT    NOT NULL UNIQUE CHECK (extension <> '' AND extension NOT GLOB '*[^0-9]*'),
    -- Another, shorter way to type the same user.
    short_extension   TEXT    UNIQUE CHECK (short_extension <> '' AND short_extension NOT GLOB '*[^0-9]*'),
    name              TEXT    NOT NULL CHECK (name <> ''),
    -- argon2id in PHC form; none: the user has no PIN yet.
    pin_hash          TEXT    CHECK (pin_hash LIKE '$argon2id$%'),
    hot_desk          INTEGER NOT NULL DEFAULT 1 CHECK (hot_desk IN (0, 1)),
    disabled          INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    -- Seconds instead of the site's limit; 0: never; none: the site's.
    association_limit INTEGER CHECK (association_limit >= 0),
    keys              TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(keys))
) STRICT;

-- A number is a phone's own or a user's, never both, and never two users'.
CREATE TRIGGER phone_number_is_free_insert BEFORE INSERT ON phone
WHEN EXISTS (SELECT 1 FROM user WHERE NEW.extension IN (extension, short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a user'); END;

CREATE TRIGGER phone_number_is_free_update BEFORE UPDATE OF extension ON phone
WHEN EXISTS (SELECT 1 FROM user WHERE NEW.extension IN (extension, short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a user'); END;

CREATE TRIGGER user_number_is_free_insert BEFORE INSERT ON user
WHEN EXISTS (SELECT 1 FROM phone WHERE extension IN (NEW.extension, NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a phone'); END;

CREATE TRIGGER user_number_is_free_update BEFORE UPDATE OF extension, short_extension ON user
WHEN EXISTS (SELECT 1 FROM phone WHERE extension IN (NEW.extension, NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to a phone'); END;

CREATE TRIGGER user_alias_is_free_insert BEFORE INSERT ON user
WHEN EXISTS (SELECT 1 FROM user WHERE short_extension = NEW.extension OR extension = NEW.short_extension)
BEGIN SELECT RAISE(ABORT, 'number belongs to another user'); END;

CREATE TRIGGER user_alias_is_free_update BEFORE UPDATE OF extension, short_extension ON user
WHEN EXISTS (
    SELECT 1 FROM user
    WHERE id <> NEW.id AND (short_extension = NEW.extension OR extension = NEW.short_extension))
BEGIN SELECT RAISE(ABORT, 'number belongs to another user'); END;

-- One row for each log-in that was admitted, kept as history.
CREATE TABLE association (
    id           TEXT    PRIMARY KEY,
    phone        INTEGER NOT NULL REFERENCES phone (id),
    user         INTEGER NOT NULL REFERENCES user (id),
    attempt      TEXT    NOT NULL,
    state        TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'ended')),
    opened_at    INTEGER NOT NULL,
    committed_at INTEGER,
    ends_at      INTEGER,
    ended_at     INTEGER,
    -- The protocol's EndReason as JSON.
    reason       TEXT    CHECK (reason IS NULL OR json_valid(reason)),
    -- Whether the phone knows that it ended and has removed its binding.
    acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged IN (0, 1)),
    switch_ms    INTEGER,
    UNIQUE (phone, attempt),
    CHECK (state <> 'active' OR committed_at IS NOT NULL),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL AND reason IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX one_active_association_per_phone ON association (phone) WHERE state = 'active';
CREATE INDEX association_by_user ON association (user, state);
CREATE INDEX association_open ON association (state) WHERE state <> 'ended';

-- One active association per user, unless the user's site allows many.
CREATE TRIGGER one_active_association_per_user_insert BEFORE INSERT ON association
WHEN NEW.state = 'active' AND EXISTS (
    SELECT 1 FROM association a JOIN user u ON u.id = a.user JOIN site s ON s.id = u.site
    WHERE a.user = NEW.user AND a.state = 'active' AND s.elsewhere <> 'many')
BEGIN SELECT RAISE(ABORT, 'user has an active association'); END;

CREATE TRIGGER one_active_association_per_user_update BEFORE UPDATE OF state, user ON association
WHEN NEW.state = 'active' AND EXISTS (
    SELECT 1 FROM association a JOIN user u ON u.id = a.user JOIN site s ON s.id = u.site
    WHERE a.user = NEW.user AND a.id <> NEW.id AND a.state = 'active' AND s.elsewhere <> 'many')
BEGIN SELECT RAISE(ABORT, 'user has an active association'); END;

-- What ended stays ended: history is not rewritten.
CREATE TRIGGER ended_association_stays_ended BEFORE UPDATE OF state ON association
WHEN OLD.state = 'ended' AND NEW.state <> 'ended'
BEGIN SELECT RAISE(ABORT, 'association has ended'); END;

-- How each attempt was answered, so that a repeated request is answered alike.
CREATE TABLE attempt (
    phone       INTEGER NOT NULL REFERENCES phone (id),
    id          TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    extension   TEXT    NOT NULL,
    -- Either the refusal as JSON, or the association that was opened.
    refusal     TEXT    CHECK (json_valid(refusal)),
    association TEXT    REFERENCES association (id),
    PRIMARY KEY (phone, id),
    CHECK ((refusal IS NULL) <> (association IS NULL))
) STRICT;

-- Wrong PINs and passwords, by subject ('user:7', 'phone:3', 'admin:jo').
CREATE TABLE throttle (
    subject      TEXT    PRIMARY KEY,
    failures     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) STRICT;

-- What SIP registrars accept. Only hashes: the secrets are derived from the server key when they are needed.
CREATE TABLE credential (
    auth_user   VARCHAR(64)  PRIMARY KEY,
    domain      VARCHAR(255) NOT NULL,
    ha1         VARCHAR(128) NOT NULL,
    ha1_sha256  VARCHAR(128) NOT NULL,
    -- The user part of the only address-of-record that this credential may register.
    aor_user    VARCHAR(64)  NOT NULL,
    phone       INTEGER REFERENCES phone (id),
    association TEXT REFERENCES association (id),
    -- When it stops working; none: it does not.
    revoke_at   INTEGER,
    CHECK ((phone IS NULL) <> (association IS NULL))
);

-- What Kamailio's auth_db reads. The time is asked here as well, so that a stopped server revokes too.
CREATE VIEW subscriber AS
SELECT auth_user AS username, domain, ha1, ha1_sha256, aor_user
FROM credential
WHERE revoke_at IS NULL OR revoke_at > CAST(strftime('%s', 'now') AS INTEGER);

-- Kamailio's modules ask which version of their table they find.
CREATE TABLE version (
    table_name    VARCHAR(32) NOT NULL PRIMARY KEY,
    table_version INTEGER NOT NULL DEFAULT 0
);
INSERT INTO version (table_name, table_version) VALUES ('subscriber', 7), ('version', 1);

-- What happened, with names as they were then. Never a PIN, secret or token.
CREATE TABLE audit (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    event       TEXT    NOT NULL,
    -- The protocol's RefusalCode and its short form, for refusals.
    code        TEXT,
    short       TEXT,
    phone       INTEGER,
    phone_name  TEXT    NOT NULL DEFAULT '',
    -- What was typed.
    extension   TEXT    NOT NULL DEFAULT '',
    user        INTEGER,
    user_name   TEXT    NOT NULL DEFAULT '',
    association TEXT,
    attempt     TEXT,
    detail      TEXT    NOT NULL DEFAULT '',
    -- The administrator who did it; empty: the phone or the server itself.
    actor       TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX audit_by_time ON audit (at);
-- A repeated report writes nothing new.
CREATE UNIQUE INDEX audit_once_per_attempt ON audit (phone, attempt, event) WHERE attempt IS NOT NULL;

CREATE TABLE admin (
    name          TEXT PRIMARY KEY CHECK (name <> ''),
    password_hash TEXT NOT NULL CHECK (password_hash LIKE '$argon2id$%')
) STRICT;

CREATE TABLE session (
    token_hash BLOB    PRIMARY KEY,
    admin      TEXT    NOT NULL REFERENCES admin (name) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

INSERT INTO site (id, name) VALUES (1, 'Main');
