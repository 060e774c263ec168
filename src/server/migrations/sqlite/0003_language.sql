-- What screens speak while a user is signed in; none: what the phone speaks.
ALTER TABLE user ADD COLUMN language TEXT
    CHECK (language IS NULL OR language GLOB '[a-z][a-z]');
