import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEvaluate } from './evaluate-cases.ts';
import { runThroughKills } from './kill-storm.ts';
import { describePredict } from './predict-cases.ts';
import { runDistill, runJson, temporaryFolder } from './run-distill.ts';
import { describeFinetune, describeTune } from './tune-cases.ts';

/** Ten image prompts with all their generators: small enough to be run to its end, large enough to be fitted. */
const JOB = ['--limit', '100', '--aspects', 'quality'];
/** A first command may have to install PyTorch; the rest is about half a minute. */
const JOB_LIMIT_MS = 300_000;
const KILLS = 20;

let home: string;
let remove: () => Promise<void>;
let first: Record<string, unknown>;

beforeAll(async () => {
  ({ dir: home, remove } = await temporaryFolder('retort e2e '));
  first = await runJson(['--home', home, ...JOB]);
}, JOB_LIMIT_MS);

afterAll(() => remove());

function open(dir: string): Database.Database {
  return new Database(join(dir, 'retort.sqlite'), { readonly: true });
}

function count(dir: string, sql: string): number {
  const db = open(dir);
  try {
    return db.prepare<[], { n: number }>(sql).get()?.n ?? Number.NaN;
  } finally {
    db.close();
  }
}

/** What must not depend on how a run came about: figures, corpus bytes, checkpoint bytes. */
async function results(dir: string, json: Record<string, unknown>) {
  const corpus = json.corpus as { key: string; path: string }; // its shape is asserted below
  return {
    metrics: json.metrics,
    kernelRidge: json.kernel_ridge,
    floor: json.floor,
    corpusKey: corpus.key,
    // croissant.json names the day on which the recordings were replayed, and a test may run over midnight.
    corpusBytes: (await readFile(join(corpus.path, 'SHA256SUMS'), 'utf8')).replace(
      /^.* croissant\.json\n/m,
      '',
    ),
    answers: count(dir, "SELECT count(*) AS n FROM requests WHERE state = 'answered'"),
    answeredTwice: count(
      dir,
      "SELECT count(*) AS n FROM (SELECT 1 FROM attempts WHERE outcome = 'answered' GROUP BY request_key HAVING count(*) > 1)",
    ),
    checkpoint: await readFile(String(json.checkpoint)).then((bytes) => bytes.toString('base64')),
  };
}

describe('the main job', () => {
  it('says on stdout, as one JSON object, what came out', () => {
    expect(first).toMatchObject({
      dataset: 'agiqa-3k',
      images: 100,
      teacher: 'replay',
      recorded: true,
      teacher_calls: 100,
      cost_usd: 0,
      conversations: 100,
      dead_letters: 0,
      corpus: { key: expect.stringMatching(/^sha256:/), path: expect.stringContaining(home), rows: 100 },
      metrics: {
        quality: {
          srcc: expect.any(Number),
          plcc_raw: expect.any(Number),
          plcc_logistic5: expect.any(Number),
          krcc: expect.any(Number),
          rmse: expect.any(Number),
          n: 20,
        },
      },
      heads: {
        quality: {
          scorer: { srcc: expect.any(Number), plcc_raw: expect.any(Number) },
          xlstm: { srcc: expect.any(Number), plcc_raw: expect.any(Number) },
          'kernel-ridge': { srcc: expect.any(Number), plcc_raw: expect.any(Number) },
        },
      },
      floor: { quality: { srcc: expect.any(Number) } },
      checkpoint: expect.stringContaining(home),
      report: expect.stringContaining(home),
      seconds: expect.any(Number),
    });
  });

  it('does nothing the second time: no call, no fit, no process, the same figures', async () => {
    // Whoever looks for Python or a queue server now finds none.
    const nothingToStart = {
      PATH: '/nonexistent',
      RETORT_PYTHON: '/nonexistent',
      QUEUE_SERVER_BIN: '/nonexistent',
    };
    const second = await runJson(['--home', home, ...JOB], nothingToStart);
    const { seconds: _first, teacher_calls: _calls, ...same } = first;
    expect(second).toMatchObject(same);
    expect(second.teacher_calls).toBe(0);
  });

  it('hands every recorded answer on unchanged but for the documented clean-up', async () => {
    const db = open(home);
    const rows = db
      .prepare<
        [],
        { image_name: string; answer: string; description: string; clean_ups: string; text: string }
      >(
        `SELECT r.image_name, a.answer, a.description, a.clean_ups, t.text FROM attempts a
         JOIN requests r ON r.key = a.request_key JOIN conversations c ON c.request_key = r.key
         JOIN turns t ON t.conversation_id = c.id AND t.position = 1`,
      )
      .all();
    db.close();
    const recorded = await recordedAnswers('quality');
    expect(rows).toHaveLength(100);
    for (const row of rows) {
      expect(row.answer).toBe(recorded.get(row.image_name));
      expect(row.text).toBe(row.description);
      if (row.clean_ups === '[]') expect(row.text).toBe(row.answer);
    }
    expect(rows.filter((row) => row.clean_ups === '[]').length).toBeGreaterThan(50);
  });

  it('keeps descriptions that saw the MOS out of validation and test', async () => {
    const { path } = first.corpus as { path: string };
    const rows = JSON.parse(await readFile(join(path, 'minicpm-v', 'test.json'), 'utf8')) as {
      conversations: { role: string; content: string }[];
    }[];
    expect(rows).toHaveLength(20);
    for (const { conversations } of rows) {
      expect(conversations.map(({ role }) => role)).toEqual(['user', 'assistant']);
      expect(conversations[1]?.content).toMatch(/^(bad|poor|fair|good|excellent)$/);
    }
  });

  it('shows status, an image and the report of a finished run', async () => {
    const status = await runDistill(['status', '--home', home]);
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('done') });
    const shown = await runDistill(['show', 'xl2.2_normal_014.jpg', '--home', home]);
    const other = await runDistill(['show', 'nothing.jpg', '--home', home]);
    expect([shown.code, other.code].sort()).toContain(1);
    expect(other.stderr).toContain('nothing.jpg');
    const report = await runDistill(['report', '--home', home]);
    expect(report.code).toBe(0);
    expect(await readFile(report.stdout.trim(), 'utf8')).toContain('recorded');
  });

  it(`comes to the same end through ${KILLS} kills of parent, worker, queue server and Python`, {
    timeout: 600_000,
  }, async () => {
    const { dir, remove: removeStormed } = await temporaryFolder();
    try {
      const storm = await runThroughKills(['--home', dir, ...JOB, '--json'], KILLS, 20_261_123);
      expect(new Set(storm.killed)).toEqual(new Set(['parent', 'worker', 'queue-server', 'python']));
      expect(storm.killed).toHaveLength(KILLS);
      expect(await results(dir, JSON.parse(storm.end.stdout))).toEqual(await results(home, first));
      expect((await results(dir, JSON.parse(storm.end.stdout))).answeredTwice).toBe(0);
    } finally {
      await removeStormed();
    }
  });
});

describe('distill predict', () => describePredict(() => String(first.checkpoint)));

describe('distill tune', () => describeTune(() => home));

describe('distill finetune', () => describeFinetune(() => home));

describe('distill evaluate', () =>
  describeEvaluate(() => {
    const { path } = first.corpus as { path: string };
    return { home, checkpoint: String(first.checkpoint), corpus: path };
  }));

async function recordedAnswers(aspect: string): Promise<Map<string, string>> {
  const file = new URL('../../packages/datasets/sample/recordings/gemini-1.5-pro.jsonl', import.meta.url);
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const recordings = lines.map(
    (line) => JSON.parse(line) as { image: string; aspect: string; response: string },
  );
  return new Map(
    recordings.filter((one) => one.aspect === aspect).map(({ image, response }) => [image, response]),
  );
}
