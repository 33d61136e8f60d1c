import { type RunPlan, runPlanSchema } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import { tellDiskFull } from './errors.ts';

export const RUN_STATUSES = ['running', 'stopped', 'limit', 'failed', 'done'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunRow {
  readonly id: string;
  readonly plan: RunPlan;
  readonly status: RunStatus;
  readonly statusReason: string | null;
  readonly codeCommit: string | null;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly starts: number;
}

export interface RunTable {
  /** Starts a run, or goes on with it: the same plan has the same id. */
  start(id: string, plan: RunPlan, at: string): void;
  /** Notes which code did the work: the latest that had something to do. */
  setCodeCommit(id: string, codeCommit: string | null): void;
  setStatus(id: string, status: RunStatus, reason: string | null, at: string): void;
  get(id: string): RunRow | null;
  /** The run that was touched last, or null in a new home. */
  latest(): RunRow | null;
  list(limit: number): RunRow[];
  /** What a stage made of this input, or null when it wasn't done. */
  stageResult(stage: string, inputKey: string): unknown;
  /** Marks a stage as done; written last. */
  saveStageResult(stage: string, inputKey: string, output: unknown): void;
}

interface RunRecord {
  id: string;
  plan: string;
  status: RunStatus;
  status_reason: string | null;
  code_commit: string | null;
  started_at: string;
  updated_at: string;
  starts: number;
}

export function createRunTable(db: Database): RunTable {
  const start = db.prepare(
    `INSERT INTO runs (id, plan, status, started_at, updated_at) VALUES (@id, @plan, 'running', @at, @at)
     ON CONFLICT (id) DO UPDATE SET status = 'running', status_reason = NULL, updated_at = excluded.updated_at,
       starts = starts + 1`,
  );
  const setCodeCommit = db.prepare('UPDATE runs SET code_commit = ? WHERE id = ?');
  const setStatus = db.prepare('UPDATE runs SET status = ?, status_reason = ?, updated_at = ? WHERE id = ?');
  const get = db.prepare<[string], RunRecord>('SELECT * FROM runs WHERE id = ?');
  const list = db.prepare<[number], RunRecord>('SELECT * FROM runs ORDER BY updated_at DESC, id LIMIT ?');
  const result = db.prepare<[string, string], { output: string }>(
    'SELECT output FROM stage_results WHERE stage = ? AND input_key = ?',
  );
  const saveResult = db.prepare(
    `INSERT INTO stage_results (stage, input_key, output) VALUES (?, ?, ?)
     ON CONFLICT (stage, input_key) DO UPDATE SET output = excluded.output`,
  );
  return {
    start: (id, plan, at) => {
      tellDiskFull(db.name, () => start.run({ id, plan: JSON.stringify(plan), at }));
    },
    setCodeCommit: (id, codeCommit) => {
      tellDiskFull(db.name, () => setCodeCommit.run(codeCommit, id));
    },
    setStatus: (id, status, reason, at) => {
      tellDiskFull(db.name, () => setStatus.run(status, reason, at, id));
    },
    get(id) {
      const row = get.get(id);
      return row === undefined ? null : toRun(row);
    },
    latest() {
      const [row] = list.all(1);
      return row === undefined ? null : toRun(row);
    },
    list: (limit) => list.all(limit).map(toRun),
    stageResult(stage, inputKey) {
      const row = result.get(stage, inputKey);
      return row === undefined ? null : JSON.parse(row.output);
    },
    saveStageResult: (stage, inputKey, output) => {
      tellDiskFull(db.name, () => saveResult.run(stage, inputKey, JSON.stringify(output)));
    },
  };
}

function toRun(row: RunRecord): RunRow {
  return {
    id: row.id,
    plan: runPlanSchema.parse(JSON.parse(row.plan)),
    status: row.status,
    statusReason: row.status_reason,
    codeCommit: row.code_commit,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    starts: row.starts,
  };
}
