-- 0009_create_token_counts.sql: counting tokens is the slowest part of an export, and a text's count never changes.

CREATE TABLE token_counts (
  -- The vocabulary by its content: equal names count alike.
  tokenizer TEXT NOT NULL,
  text_hash TEXT NOT NULL CHECK (text_hash LIKE 'sha256:%'),
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  PRIMARY KEY (tokenizer, text_hash)
) STRICT, WITHOUT ROWID;
