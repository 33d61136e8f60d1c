-- 0011_create_sequence_token_counts.sql: an export made again needs one list of numbers, not two texts looked up a row.

CREATE TABLE sequence_token_counts (
  -- Names the counter, the rows, their order and their form by content.
  key TEXT PRIMARY KEY,
  -- Total and image tokens of each row in order, alternating, 4 bytes each, little-endian.
  counts BLOB NOT NULL CHECK (length(counts) % 8 = 0)
) STRICT;
