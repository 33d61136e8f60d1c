-- 0002_index_due_requests.sql: what to ask next, and what was spent so far, found without reading a million rows each time.

-- By key behind state and time, so that a page of requests that were never asked begins where the last one ended.
CREATE INDEX requests_due ON requests (state, not_before_at, key);
DROP INDEX requests_by_state;

-- The sum of its attempts' known costs, kept up to date with each: the budget looks at it before every window of calls.
ALTER TABLE runs ADD COLUMN spent_usd REAL NOT NULL DEFAULT 0 CHECK (spent_usd >= 0);
UPDATE runs SET spent_usd = (SELECT coalesce(sum(cost_usd), 0) FROM attempts WHERE run_id = runs.id);

CREATE INDEX reservations_by_run ON reservations (run_id);
