import { openStore } from '@retort/store';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSide } from '../../packages/cli/src/side-selector.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, RUN_ID } from '../store/filled-home.ts';

function filledStore() {
  const store = openStore(temporaryFolder());
  onTestFinished(() => store.close());
  fillHome(store);
  return store;
}

describe('parseSide', () => {
  it('takes a run by its id or the beginning of it', () => {
    const side = { selector: `run=${RUN_ID}`, filter: { runId: RUN_ID } };
    expect(parseSide(RUN_ID, filledStore())).toEqual(side);
    expect(parseSide(` ${RUN_ID.slice(0, 5)} `, filledStore())).toEqual(side);
  });

  it('takes pairs joined by commas', () => {
    const text = `run=${RUN_ID.slice(0, 5)}, model=gemini-3.8-flash,repeat=1,since=2026-11-01,before=2026-12-01T08:00`;
    expect(parseSide(text, filledStore()).filter).toEqual({
      runId: RUN_ID,
      model: 'gemini-3.8-flash',
      repeat: 1,
      since: '2026-11-01',
      before: '2026-12-01T08:00',
    });
  });

  it.each([
    ['an unknown name', 'modell=x', 'model, version, prompt'],
    ['no value', 'model=', '"model="'],
    ['a name twice', 'model=a,model=b', 'twice'],
    ['no date', 'before=soon', '2026-11-01'],
    ['a day that isn’t', 'before=2026-13-01', '2026-13-01'],
    ['an unknown aspect', 'aspect=beauty', 'quality, correspondence'],
    ['nothing', '', 'neither'],
  ])('refuses %s, and says what there is', (_what, text, expected) => {
    const store = filledStore();
    expect(() => parseSide(text, store)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => parseSide(text, store)).toThrow(expected);
  });

  it('names the runs there are when there is no such run', () => {
    expect(() => parseSide('beef', filledStore())).toThrow(RUN_ID);
  });
});
