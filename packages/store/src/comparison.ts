import type { Aspect } from '@retort/schema';
import type { Database } from 'better-sqlite3';
import type { RequestState } from './request-rows.ts';

/** Which stored answers one side of a comparison is about; absent members don't limit it. */
export interface SideFilter {
  readonly runId?: string;
  readonly teacher?: string;
  readonly model?: string;
  /** The model that answered, by its own account. */
  readonly modelVersion?: string;
  readonly promptId?: string;
  readonly aspect?: string;
  readonly repeat?: number;
  /** UTC ISO 8601, or its beginning: answers from then on, and answers before then. */
  readonly since?: string;
  readonly before?: string;
}

/** A request about one image and aspect, with what it led to. */
export interface SideRow {
  readonly requestKey: string;
  readonly imageHash: string;
  readonly aspect: Aspect;
  /** How many the request asks about at once: they share its cost. */
  readonly aspectsAsked: number;
  readonly imageName: string;
  readonly imagePath: string;
  readonly imagePrompt: string | null;
  /** In the dataset's own scale; null for an unrated sample. */
  readonly mos: number | null;
  readonly scaleMin: number;
  readonly scaleMax: number;
  readonly teacher: string;
  readonly model: string;
  readonly promptId: string;
  readonly sawLabel: boolean;
  readonly repeat: number;
  readonly state: RequestState;
  /** Of the last attempt; null before any. */
  readonly outcome: string | null;
  readonly description: string | null;
  readonly modelVersion: string | null;
  /** When the answer was given, or the last attempt ended; null before any. UTC ISO 8601. */
  readonly at: string | null;
  /** Duration of the call that answered, in ms; null of a recording and without an answer. */
  readonly latencyMs: number | null;
  readonly usage: RequestUsage;
}

/** Over every attempt of the request. */
export interface RequestUsage {
  readonly calls: number;
  /** Null when the cost of one of them isn't known. */
  readonly costUsd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
}

export interface ComparisonTable {
  /** Oldest answer first, so that the last of several about the same image and aspect is the newest. */
  side(filter: SideFilter): SideRow[];
}

interface SideRecord extends Omit<SideRow, 'sawLabel' | 'latencyMs' | 'usage'> {
  saw_label: number;
  started_at: string | null;
  finished_at: string | null;
  recorded_at: string | null;
  usage: string;
}

const sideSql = (ofRun: string): string =>
  `SELECT r.key AS requestKey, r.image_hash AS imageHash, k.aspect,
     coalesce(json_array_length(r.aspects), 1) AS aspectsAsked, s.name AS imageName, s.image_path AS imagePath,
     s.image_prompt AS imagePrompt, g.mos, d.scale_min AS scaleMin, d.scale_max AS scaleMax, r.teacher, r.model,
     r.prompt_id AS promptId, p.saw_label, r.repeat, r.state, l.outcome,
     coalesce(a.description, json_extract(a.descriptions, '$.' || k.aspect)) AS description, a.model_version AS modelVersion,
     coalesce(a.recorded_at, a.finished_at, l.finished_at) AS at, a.started_at, a.finished_at, a.recorded_at,
     (SELECT json_array(count(*), coalesce(sum(u.cost_usd), 0), coalesce(sum(u.cost_usd IS NULL), 0),
        coalesce(sum(u.input_tokens), 0), coalesce(sum(u.output_tokens), 0), coalesce(sum(u.thinking_tokens), 0))
      FROM attempts u WHERE u.request_key = r.key) AS usage
   FROM (SELECT request_key, aspect, min(sample_id) AS sample_id FROM sample_requests ${ofRun}
         GROUP BY request_key, aspect) k
   JOIN requests r ON r.key = k.request_key
   JOIN prompt_versions p ON p.id = r.prompt_id
   JOIN samples s ON s.id = k.sample_id
   JOIN datasets d ON d.id = s.dataset_id
   LEFT JOIN ratings g ON g.sample_id = s.id AND g.aspect = k.aspect
   LEFT JOIN attempts a ON a.id = (SELECT x.id FROM attempts x
     WHERE x.request_key = r.key AND coalesce(x.description, x.descriptions) IS NOT NULL ORDER BY x.number DESC LIMIT 1)
   LEFT JOIN attempts l ON l.id = (SELECT x.id FROM attempts x
     WHERE x.request_key = r.key ORDER BY x.number DESC LIMIT 1)
   WHERE (@teacher IS NULL OR r.teacher = @teacher) AND (@model IS NULL OR r.model = @model)
     AND (@modelVersion IS NULL OR a.model_version = @modelVersion)
     AND (@promptId IS NULL OR r.prompt_id = @promptId) AND (@aspect IS NULL OR k.aspect = @aspect)
     AND (@repeat IS NULL OR r.repeat = @repeat)
     AND (@since IS NULL OR coalesce(a.recorded_at, a.finished_at, l.finished_at) >= @since)
     AND (@before IS NULL OR coalesce(a.recorded_at, a.finished_at, l.finished_at) < @before)
   ORDER BY at, r.key, k.aspect`;

const ANY = {
  runId: null,
  teacher: null,
  model: null,
  modelVersion: null,
  promptId: null,
  aspect: null,
  repeat: null,
  since: null,
  before: null,
};

export function createComparisonTable(db: Database): ComparisonTable {
  const ofRun = db.prepare<[object], SideRecord>(sideSql('WHERE run_id = @runId'));
  const ofHome = db.prepare<[object], SideRecord>(sideSql(''));
  return {
    side(filter) {
      const statement = filter.runId === undefined ? ofHome : ofRun;
      return statement.all({ ...ANY, ...filter }).map(toRow);
    },
  };
}

function toRow(record: SideRecord): SideRow {
  const { saw_label, started_at, finished_at, recorded_at, usage, ...row } = record;
  // Written by the statement above: numbers, none of them null.
  const [calls = 0, cost = 0, unknown = 0, input = 0, output = 0, thinking = 0] = JSON.parse(
    usage,
  ) as number[];
  const live = row.teacher !== 'replay' && recorded_at === null;
  return {
    ...row,
    sawLabel: saw_label === 1,
    latencyMs:
      live && started_at !== null && finished_at !== null
        ? Date.parse(finished_at) - Date.parse(started_at)
        : null,
    usage: {
      calls,
      costUsd: unknown > 0 ? null : cost,
      inputTokens: input,
      outputTokens: output,
      thinkingTokens: thinking,
    },
  };
}
