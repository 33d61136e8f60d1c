-- 0005_price_batches.sql: a batch is booked at the price that its money was reserved at, whatever a later start says.

-- USD per million tokens; NULL where nobody knew the price, and of batches from before this.
ALTER TABLE batches ADD COLUMN input_usd_per_million REAL CHECK (input_usd_per_million >= 0);
ALTER TABLE batches ADD COLUMN output_usd_per_million REAL CHECK (output_usd_per_million >= 0);
-- Who said so, for people.
ALTER TABLE batches ADD COLUMN price_origin TEXT
  CHECK ((price_origin IS NULL) = (input_usd_per_million IS NULL) AND (price_origin IS NULL) = (output_usd_per_million IS NULL));
