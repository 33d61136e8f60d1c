-- 0006_add_published_split.sql: a split by the published sides needs them; NULL where the dataset has none, and of samples
-- imported before this until their dataset is imported again.
ALTER TABLE samples ADD COLUMN published_split TEXT CHECK (published_split IN ('train', 'val', 'test'));
