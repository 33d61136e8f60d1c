-- 0003_add_combined_requests.sql: one request may ask about several aspects, and a stored answer may be read again.

-- What a request asks about where that is several (its `aspect` is then 'all'); NULL: the one in `aspect`.
ALTER TABLE requests ADD COLUMN aspects TEXT CHECK (aspects IS NULL OR json_valid(aspects));
-- Shape of a structured answer; NULL: prose.
ALTER TABLE requests ADD COLUMN response_schema TEXT CHECK (response_schema IS NULL OR json_valid(response_schema));
-- How often reading its answers again changed what they say: what was built from them is then built anew.
ALTER TABLE requests ADD COLUMN readings INTEGER NOT NULL DEFAULT 0 CHECK (readings >= 0);

-- Aspect → description, of an answer about several aspects (`description` is then NULL).
ALTER TABLE attempts ADD COLUMN descriptions TEXT CHECK (descriptions IS NULL OR json_valid(descriptions));
