-- A site may have the old phone asked before its user moves to another one. A constraint cannot be changed: the column is
-- made anew, and with it the triggers that read it.
DROP TRIGGER one_active_association_per_user_insert;
DROP TRIGGER one_active_association_per_user_update;

ALTER TABLE site ADD COLUMN whereabouts TEXT NOT NULL DEFAULT 'move'
    CHECK (whereabouts IN ('move', 'ask', 'refuse', 'many'));
UPDATE site SET whereabouts = elsewhere;
ALTER TABLE site DROP COLUMN elsewhere;
ALTER TABLE site RENAME COLUMN whereabouts TO elsewhere;

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
