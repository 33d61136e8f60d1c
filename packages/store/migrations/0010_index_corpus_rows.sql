-- 0010_index_corpus_rows.sql: an export that joins aspects looks up the row of a sample's other aspect for each row.
CREATE INDEX corpus_rows_by_conversation ON corpus_rows (conversation_id, corpus_key);
