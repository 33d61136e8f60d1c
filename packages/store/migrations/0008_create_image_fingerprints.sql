-- 0008_create_image_fingerprints.sql: an audit looks for near-duplicates among pictures, and decoding them all again takes minutes.

CREATE TABLE image_fingerprints (
  -- By the source's hash: another preparation of the same file changes no bit that counts.
  image_hash TEXT NOT NULL REFERENCES images (hash),
  -- How the bits were made; those of two algorithms can't be compared.
  algorithm TEXT NOT NULL,
  -- NULL of a picture in which there is too little to compare.
  bits BLOB CHECK (length(bits) > 0),
  PRIMARY KEY (image_hash, algorithm)
) STRICT, WITHOUT ROWID;
