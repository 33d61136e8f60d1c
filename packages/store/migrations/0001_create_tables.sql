-- 0001_create_tables.sql: everything one home knows. SQLite is the truth: the queue can be rebuilt from these rows.

CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  -- Hash of reader, paths, columns and scale: the same dataset imported again is the same row.
  key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  reader TEXT NOT NULL,
  scale_min REAL NOT NULL,
  scale_max REAL NOT NULL,
  rated_aspects TEXT NOT NULL CHECK (json_valid(rated_aspects)),
  licence TEXT,
  source TEXT,
  -- Hash over the bytes of the table files that were read; another hash means that it has to be read again.
  content_hash TEXT,
  CHECK (scale_min < scale_max)
) STRICT;

-- A picture, known by the bytes of its source file: identical files are one row and are asked about once.
CREATE TABLE images (
  hash TEXT PRIMARY KEY CHECK (hash LIKE 'sha256:%'),
  recipe TEXT NOT NULL,
  blob_hash TEXT NOT NULL CHECK (blob_hash LIKE 'sha256:%'),
  media_type TEXT NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  blob_bytes INTEGER NOT NULL CHECK (blob_bytes > 0)
) STRICT;

CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),
  name TEXT NOT NULL,
  row_number INTEGER NOT NULL,
  image_path TEXT NOT NULL,
  image_prompt TEXT,
  generator TEXT,
  generator_setting TEXT,
  -- Size and time of the file when it was prepared: when either differs it is prepared again.
  file_bytes INTEGER,
  file_modified_ms REAL,
  recipe TEXT,
  image_hash TEXT REFERENCES images (hash),
  rejected_reason TEXT,
  -- Rows that a later import of the same dataset no longer has.
  present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
  UNIQUE (dataset_id, name)
) STRICT;
CREATE INDEX samples_by_image ON samples (image_hash);

CREATE TABLE ratings (
  sample_id INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
  aspect TEXT NOT NULL CHECK (aspect IN ('quality', 'correspondence', 'authenticity')),
  mos REAL NOT NULL,
  mos_std REAL,
  PRIMARY KEY (sample_id, aspect)
) STRICT, WITHOUT ROWID;

-- Rows that a reader set aside, with the place where a person can mend them.
CREATE TABLE rejected_rows (
  id INTEGER PRIMARY KEY,
  dataset_id INTEGER NOT NULL REFERENCES datasets (id),
  file TEXT NOT NULL,
  row_number INTEGER,
  name TEXT,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE prompt_versions (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE CHECK (hash LIKE 'sha256:%'),
  text TEXT NOT NULL,
  saw_label INTEGER NOT NULL CHECK (saw_label IN (0, 1))
) STRICT;

-- One job description, from plan to report; started again it is the same row.
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  plan TEXT NOT NULL CHECK (json_valid(plan)),
  status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'limit', 'failed', 'done')),
  status_reason TEXT,
  code_commit TEXT,
  started_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  starts INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE requests (
  key TEXT PRIMARY KEY CHECK (key LIKE 'sha256:%'),
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  aspect TEXT NOT NULL,
  prompt_id TEXT NOT NULL REFERENCES prompt_versions (id),
  prompt_text TEXT NOT NULL,
  image_hash TEXT NOT NULL REFERENCES images (hash),
  image_name TEXT NOT NULL,
  recipe TEXT NOT NULL,
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  repeat INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'answered', 'dead-letter')),
  state_reason TEXT,
  max_output_tokens INTEGER NOT NULL,
  not_before_at TEXT,
  -- Number of the first attempt that counts against the request: raised when it is taken from the dead letters.
  counted_from INTEGER NOT NULL DEFAULT 1 CHECK (counted_from >= 1)
) STRICT;
CREATE INDEX requests_by_state ON requests (state, not_before_at);

-- Which request serves which sample: identical images with the same prompt share one.
CREATE TABLE sample_requests (
  run_id TEXT NOT NULL REFERENCES runs (id),
  sample_id INTEGER NOT NULL REFERENCES samples (id),
  aspect TEXT NOT NULL,
  request_key TEXT NOT NULL REFERENCES requests (key),
  PRIMARY KEY (run_id, sample_id, aspect)
) STRICT, WITHOUT ROWID;
CREATE INDEX sample_requests_by_request ON sample_requests (request_key);

-- One call each. The raw body is kept compressed (zlib) as it came, so that a better parser can read it again.
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  request_key TEXT NOT NULL REFERENCES requests (key),
  number INTEGER NOT NULL CHECK (number >= 1),
  run_id TEXT NOT NULL REFERENCES runs (id),
  outcome TEXT NOT NULL,
  reason TEXT,
  answer TEXT,
  description TEXT,
  clean_ups TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(clean_ups)),
  raw_body BLOB,
  http_status INTEGER,
  retry_after_ms REAL,
  model_version TEXT,
  response_id TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  thinking_tokens INTEGER,
  -- NULL is an unknown price; 0 is free.
  cost_usd REAL CHECK (cost_usd >= 0),
  maybe_billed INTEGER NOT NULL CHECK (maybe_billed IN (0, 1)),
  recorded_at TEXT,
  started_at TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  UNIQUE (request_key, number)
) STRICT;
CREATE INDEX attempts_by_run ON attempts (run_id, outcome);

-- Money set aside before a call; deleted when its attempt is stored. What stays was perhaps billed, and counts as spent.
CREATE TABLE reservations (
  request_key TEXT NOT NULL REFERENCES requests (key),
  number INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (id),
  usd REAL NOT NULL CHECK (usd >= 0),
  PRIMARY KEY (request_key, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  -- Hash of everything below and of the turns.
  key TEXT NOT NULL UNIQUE CHECK (key LIKE 'sha256:%'),
  sample_id INTEGER NOT NULL REFERENCES samples (id),
  aspect TEXT NOT NULL,
  request_key TEXT NOT NULL REFERENCES requests (key),
  prompt_id TEXT NOT NULL REFERENCES prompt_versions (id),
  mos_five REAL,
  word_label TEXT CHECK (word_label IN ('bad', 'poor', 'fair', 'good', 'excellent')),
  binning TEXT NOT NULL,
  saw_label INTEGER NOT NULL CHECK (saw_label IN (0, 1))
) STRICT;
CREATE INDEX conversations_by_sample ON conversations (sample_id, aspect);

CREATE TABLE turns (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  text TEXT NOT NULL,
  PRIMARY KEY (conversation_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE corpora (
  key TEXT PRIMARY KEY CHECK (key LIKE 'sha256:%'),
  manifest TEXT NOT NULL CHECK (json_valid(manifest)),
  audit TEXT NOT NULL CHECK (json_valid(audit)),
  row_count INTEGER NOT NULL,
  -- Where its export stands; NULL until it was written.
  path TEXT
) STRICT;

CREATE TABLE corpus_rows (
  corpus_key TEXT NOT NULL REFERENCES corpora (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
  PRIMARY KEY (corpus_key, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE training_runs (
  -- Hash of rows, features, configuration and seed: the same training is done once.
  key TEXT PRIMARY KEY CHECK (key LIKE 'sha256:%'),
  corpus_key TEXT NOT NULL REFERENCES corpora (key),
  config TEXT NOT NULL CHECK (json_valid(config)),
  result TEXT NOT NULL CHECK (json_valid(result)),
  checkpoint_path TEXT NOT NULL,
  checkpoint_hash TEXT NOT NULL
) STRICT;

CREATE TABLE training_epochs (
  training_run_key TEXT NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
  aspect TEXT NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  values_json TEXT NOT NULL CHECK (json_valid(values_json)),
  PRIMARY KEY (training_run_key, aspect, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
  training_run_key TEXT NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
  aspect TEXT NOT NULL,
  -- `xlstm`, `kernel-ridge` or `floor`.
  head TEXT NOT NULL,
  split TEXT NOT NULL,
  name TEXT NOT NULL,
  -- NULL where the value isn't defined (too few rows, constant predictions).
  value REAL,
  low REAL,
  high REAL,
  n INTEGER NOT NULL,
  PRIMARY KEY (training_run_key, aspect, head, split, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE predictions (
  training_run_key TEXT NOT NULL REFERENCES training_runs (key) ON DELETE CASCADE,
  sample_id INTEGER NOT NULL REFERENCES samples (id),
  aspect TEXT NOT NULL,
  head TEXT NOT NULL,
  split TEXT NOT NULL CHECK (split IN ('train', 'val', 'test')),
  mos_five REAL NOT NULL,
  predicted_mos REAL NOT NULL,
  low REAL,
  high REAL,
  PRIMARY KEY (training_run_key, sample_id, aspect, head)
) STRICT, WITHOUT ROWID;

-- What a stage made of which input: how a run knows that nothing is left to do.
CREATE TABLE stage_results (
  stage TEXT NOT NULL,
  input_key TEXT NOT NULL,
  output TEXT NOT NULL CHECK (json_valid(output)),
  PRIMARY KEY (stage, input_key)
) STRICT, WITHOUT ROWID;
