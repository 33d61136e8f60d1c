import { openStore, type Store } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { reviewShowCommand } from '../../packages/cli/src/commands/review-show.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type FilledHome, fillHome, plannedRequest, recordedAttempt } from '../store/filled-home.ts';
import { change } from '../store/raw-database.ts';
import { quietTerminal } from './quiet-terminal.ts';

const AT = '2026-02-03T04:05:06.000Z';
const TEXT = 'The sky is blurred.';

function home(fill: (store: Store, filled: FilledHome) => void, description = TEXT): string {
  const dir = temporaryFolder();
  const store = openStore(dir);
  const filled = fillHome(store, 1);
  store.attempts.record(recordedAttempt(plannedRequest(0).key, { description }));
  fill(store, filled);
  store.close();
  return dir;
}

function add(store: Store, { sampleIds, requestKeys }: FilledHome, entry: object): number {
  const row = { sampleId: sampleIds[0] ?? 0, aspect: 'quality', requestKey: requestKeys[0] ?? '' } as const;
  const usual = { decision: 'accepted', original: TEXT, text: null, note: null, reviewer: 'Ann' } as const;
  return store.reviews.add(row, { ...usual, decidedAt: AT, undoes: null, ...entry });
}

async function show(dir: string, json = false): Promise<string> {
  const { terminal, printed } = quietTerminal();
  expect(await reviewShowCommand('00000.jpg', { home: dir, json }, terminal)).toBe(0);
  return printed.join('\n');
}

describe('distill review show', () => {
  it('prints every version beside the one that it replaced, and what stands', async () => {
    const dir = home((store, filled) => {
      add(store, filled, { decision: 'edited', text: 'The sky is sharp.' });
      const second = add(store, filled, { decision: 'edited', text: 'The sky is very sharp.', note: 'more' });
      add(store, filled, { decision: 'undone', text: 'The sky is very sharp.', undoes: second });
    });
    const shown = await show(dir);
    expect(shown).toContain(`    ${TEXT}\n  1  ${AT}  edited by Ann\n    The sky is [-blurred-]{+sharp+}.\n`);
    expect(shown).toContain(
      `edited by Ann: more\n    The sky is {+very +}sharp.\n  3  ${AT}  took back 2 by Ann\n`,
    );
    expect(shown).toMatch(/stands: edited, with this description:\n {4}The sky is sharp\.$/);
    expect(JSON.parse(await show(dir, true))).toMatchObject({
      row: 'data/quality/00000.jpg',
      decision: 'edited',
      description: TEXT,
      text: 'The sky is sharp.',
      history: [{ id: 1 }, { id: 2, note: 'more' }, { id: 3, decision: 'undone', undoes: 2 }],
    });
  });

  it('says when the answer is read differently since, and that an acceptance lapsed with it', async () => {
    const dir = home((store, filled) => void add(store, filled, {}));
    change(dir, "UPDATE attempts SET description = 'The sky is grey.'");
    expect(await show(dir)).toMatch(
      /acceptance no longer counts\):\n {4}The sky is \[-blurred-\]\{\+grey\+\}\./,
    );
    expect(JSON.parse(await show(dir, true))).toMatchObject({ outdated: true, decision: 'accepted' });
  });

  it('lets no text steer the terminal', async () => {
    const dir = home((store, filled) => {
      add(store, filled, { decision: 'rejected', note: 'a\u001b[2Jb', reviewer: '\u0007Bob' });
    }, 'The \u001b]0;title\u0007sky\r is blurred.');
    const shown = await show(dir);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(shown).toContain('sky');
  });
});
