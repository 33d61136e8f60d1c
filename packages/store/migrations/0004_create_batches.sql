-- 0004_create_batches.sql: what was handed over to a teacher that answers in batches, so that no kill makes us pay twice.

CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  -- Whose rows these are: attempts and reservations count for this run.
  run_id TEXT NOT NULL REFERENCES runs (id),
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  -- Ours, and no other batch's: by it a batch is found whose name never reached us.
  display_name TEXT NOT NULL UNIQUE,
  -- planned: money is reserved; uploaded: input_file is there; creating: the service was perhaps asked to start it;
  -- running: it has a name; ended: its results are being read. The others are ends.
  state TEXT NOT NULL CHECK (state IN
    ('planned', 'uploaded', 'creating', 'running', 'ended', 'collected', 'expired', 'cancelled', 'failed')),
  row_count INTEGER NOT NULL CHECK (row_count > 0),
  input_file TEXT,
  -- The service's name for it.
  name TEXT UNIQUE,
  output_file TEXT,
  -- The service's word for where it is, for people.
  job_state TEXT,
  -- Why it ended without results, or what was wrong with the last call about it.
  reason TEXT,
  -- Calls about it that failed in a row.
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  planned_at TEXT NOT NULL,
  uploaded_at TEXT,
  creating_at TEXT,
  created_at TEXT,
  polled_at TEXT,
  -- Nothing is asked about it before.
  not_before_at TEXT,
  finished_at TEXT,
  CHECK ((finished_at IS NULL) = (state IN ('planned', 'uploaded', 'creating', 'running', 'ended'))),
  CHECK (state NOT IN ('running', 'ended') OR name IS NOT NULL)
) STRICT;
CREATE INDEX batches_open ON batches (teacher) WHERE finished_at IS NULL;

CREATE TABLE batch_rows (
  batch_id INTEGER NOT NULL REFERENCES batches (id),
  position INTEGER NOT NULL CHECK (position >= 0),
  request_key TEXT NOT NULL REFERENCES requests (key),
  -- The attempt's number, given away when the batch was planned.
  number INTEGER NOT NULL CHECK (number >= 1),
  worst_case_usd REAL CHECK (worst_case_usd >= 0),
  PRIMARY KEY (batch_id, position),
  UNIQUE (request_key, number)
) STRICT, WITHOUT ROWID;
