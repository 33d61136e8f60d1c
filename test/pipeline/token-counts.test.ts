import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildRunCorpus,
  countRows,
  exportRunCorpus,
  openTokenCounter,
  TOKEN_STUDENTS,
} from '@retort/pipeline';
import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { readTokenizer } from '../../packages/corpus/src/tokens/read-tokenizer.ts';
import { buildRow } from '../corpus/build-row.ts';
import { writeTinyTokenizer } from '../corpus/tokens/tiny-tokenizer.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openBed, runToAnswers, samplePlan } from './pipeline-bed.ts';

const NO_HUB = {
  fetch: () => Promise.reject(new Error('nothing is to be fetched here')),
  url: 'http://localhost',
  token: null,
  cacheDir: '/nowhere',
};

describe('openTokenCounter', () => {
  it('counts for the student of the paper unless told otherwise, and for every student it names', async () => {
    const deps = openBed();
    expect(TOKEN_STUDENTS[0]).toBe('minicpm-llama3-v-2_5');
    for (const student of TOKEN_STUDENTS) {
      const counter = await openTokenCounter(deps, { student, source: null, hub: NO_HUB });
      expect(counter.name).toContain(student);
      expect(counter.count(buildRow()).total).toBeGreaterThan(200);
      counter.close();
    }
    await expect(openTokenCounter(deps, { student: 'gpt-2', source: null, hub: NO_HUB })).rejects.toThrow(
      /gpt-2/,
    );
  });

  it('keeps counts in the home while rows of that home are being read', async () => {
    const deps = openBed();
    const key = await buildRunCorpus(deps, await runToAnswers(deps, samplePlan(12)));
    const source = writeTinyTokenizer(join(temporaryFolder(), 'tiny'));
    const counter = await openTokenCounter(deps, { source, hub: NO_HUB });
    const { rows, shares } = countRows(deps.store.corpora.rows(key), counter);
    let seen = 0;
    for (const _row of rows) {
      seen += 1;
      counter.flush(); // writes to the store, which has a query open
    }
    counter.close();
    expect(shares()).toMatchObject({ rows: seen, exact: true });
    const text = [...deps.store.corpora.rows(key)][0]?.turns[1]?.text ?? '';
    const { cacheKey, count } = await readTokenizer(source);
    expect(deps.store.tokenCounts.get(cacheKey ?? '', sha256(text))).toBe(count(text));
  });
});

describe('the card of an exported run', () => {
  it('says how many rows each limit cuts, and how to make it again', async () => {
    const deps = openBed();
    const run = await runToAnswers(deps, samplePlan(12));
    const path = await exportRunCorpus(deps, await buildRunCorpus(deps, run), run.plan);
    const card = readFileSync(join(path, 'README.md'), 'utf8');
    expect(card).toMatch(
      /Of 24 rows a trainer cuts 0 \(0\.0 %\) at 512, .* the longest has \d+ \(minicpm-llama3-v-2_5, Llama 3 vocabulary\)/,
    );
    expect(card).toContain('    pnpm distill --limit 12');
    expect(card).toContain('24 answers, dates of the answers not recorded');
    expect(card).not.toContain(deps.home.dir);
  });
});
