-- 0007_create_reviews.sql: what people decided about conversations. Append-only: taking a decision back is an entry too.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  -- A decision is about one sample's text on one aspect, as one request brought it: another teacher's text isn't it.
  sample_id INTEGER NOT NULL REFERENCES samples (id),
  aspect TEXT NOT NULL CHECK (aspect IN ('quality', 'correspondence', 'authenticity')),
  request_key TEXT NOT NULL REFERENCES requests (key),
  decision TEXT NOT NULL CHECK (decision IN ('accepted', 'rejected', 'edited', 'undone')),
  -- The teacher's description as it was read then: a later reading may say something else.
  original TEXT NOT NULL,
  -- The description as a person wrote it, carried along by later decisions; NULL: the teacher's stands.
  text TEXT CHECK (text <> ''),
  note TEXT,
  reviewer TEXT,
  decided_at TEXT NOT NULL,
  -- The entry that this one takes back; an entry is taken back once.
  undoes INTEGER UNIQUE REFERENCES reviews (id),
  CHECK (decision <> 'edited' OR text IS NOT NULL),
  CHECK ((decision = 'undone') = (undoes IS NOT NULL))
) STRICT;
CREATE INDEX reviews_by_row ON reviews (sample_id, aspect, request_key);
CREATE TRIGGER keep_reviews BEFORE UPDATE ON reviews BEGIN SELECT raise(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER keep_all_reviews BEFORE DELETE ON reviews BEGIN SELECT raise(ABORT, 'reviews are append-only'); END;

-- Decisions up to this one count for the run's corpus: those made while a distill is at work wait for the next.
ALTER TABLE runs ADD COLUMN reviews_until INTEGER NOT NULL DEFAULT 0;

-- How a person touched the conversation; NULL: nobody did.
ALTER TABLE conversations ADD COLUMN review TEXT CHECK (review IN ('accepted', 'edited'));
