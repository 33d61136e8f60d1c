import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparisonDataSchema } from '@retort/report';
import { openStore } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { type CompareFlags, compareCommand } from '../../packages/cli/src/commands/compare.ts';
import { describeComparison } from '../../packages/cli/src/comparison-text.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { buildAspectComparison, buildComparisonData } from '../report/build-comparison-data.ts';
import { fillHome, PLAN, plannedRequest, RUN_ID, recordedAttempt } from '../store/filled-home.ts';
import { quietTerminal } from './quiet-terminal.ts';

const OTHER = 'ffff000011112222';

/** The same three images asked twice: repeat 0 in one run, repeat 1 in the other. */
function home(): string {
  const dir = temporaryFolder();
  const store = openStore(dir);
  const { sampleIds } = fillHome(store, 3);
  store.runs.start(OTHER, { ...PLAN, repeat: 1 }, '2026-02-02T03:04:05.000Z');
  for (const [i, id] of sampleIds.entries()) {
    const again = plannedRequest(i, { key: plannedRequest(i + 10).key, repeat: 1 });
    store.requests.plan(OTHER, id, again);
    store.attempts.record(recordedAttempt(plannedRequest(i).key));
    store.attempts.record(recordedAttempt(again.key, { description: 'The sky is sharp.' }));
  }
  store.close();
  return dir;
}

async function compare(a: string, b: string, flags: CompareFlags, env: Record<string, string> = {}) {
  const { terminal, printed, said } = quietTerminal(env);
  expect(await compareCommand({ a, b }, flags, terminal)).toBe(0);
  return { out: printed.join('\n'), said: said.join('\n') };
}

describe('distill compare', () => {
  it('prints JSON with documented fields and nothing else on stdout', async () => {
    const { out } = await compare(RUN_ID, 'repeat=1', { home: home(), json: true });
    const data = comparisonDataSchema.parse(JSON.parse(out));
    expect(data.common).toEqual({ asked: 3, answered: 3, identical: 0, images: 3 });
    // Three of four words are shared and in order; of five words in all three are in both.
    expect(data.aspects[0]?.agreement.rouge_l.value).toBeCloseTo(0.75, 12);
    expect(data.aspects[0]?.agreement.jaccard.value).toBeCloseTo(0.6, 12);
    expect(data.b.repeats).toEqual([1]);
    expect(data.command).toBe(`pnpm distill compare run=${RUN_ID} repeat=1`);
  });

  it('writes a page where the user stands, and says where', async () => {
    const folder = temporaryFolder();
    const flags = { home: home(), html: 'page.html' };
    const { said, out } = await compare('ffff', RUN_ID, flags, { INIT_CWD: folder });
    const path = join(folder, 'page.html');
    expect(said).toContain(path);
    expect(readFileSync(path, 'utf8')).toContain('The sky is sharp.');
    expect(out).toContain('ROUGE-L F1 0.750');
  });

  it('refuses a page that can’t be written', async () => {
    const flags = { home: home(), html: join(temporaryFolder(), 'no', 'page.html') };
    await expect(compare(RUN_ID, OTHER, flags)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('describeComparison', () => {
  it('lines up both sides, and says which saw the MOS', () => {
    const text = describeComparison(buildComparisonData(), { color: false });
    expect(text).toMatch(/^USD an answer +unknown +\$0\.001277$/m);
    expect(text).toMatch(/^words predict MOS, SRCC +0\.580 \[0\.480, 0\.680\] +0\.300 .* -0\.280/m);
    expect(text).toContain('A saw the MOS: what its words say of it is no prediction');
    expect(text).toContain('3 more are the same answer and left out');
    expect(text).toContain('words of B  none');
  });

  it('knows one from many', () => {
    const data = buildComparisonData();
    const aspects = [buildAspectComparison({ pairs: 10, image_prompts: 1 })];
    const text = describeComparison({ ...data, aspects }, { color: false });
    expect(text).toContain('quality: 10 images, 1 image prompt\n');
    expect(text).toContain('on 60 images, 3 more');
  });
});
