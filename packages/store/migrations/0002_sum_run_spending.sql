-- 0002_sum_run_spending.sql: the budget is looked at before every window of calls, so a run's sum is kept, not made anew.

-- Of its attempts' known costs, kept up to date with each.
ALTER TABLE runs ADD COLUMN spent_usd REAL NOT NULL DEFAULT 0 CHECK (spent_usd >= 0);
UPDATE runs SET spent_usd = (SELECT coalesce(sum(cost_usd), 0) FROM attempts WHERE run_id = runs.id);

CREATE INDEX reservations_by_run ON reservations (run_id);
