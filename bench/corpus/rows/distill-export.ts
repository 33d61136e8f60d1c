import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../measurement.ts';
import type { BenchRow } from '../../row.ts';
import { distillHelp, expectEnd, startDistill } from '../../teach/distill-process.ts';
import type { CorpusBed } from '../bed.ts';
import { countRows } from '../count-rows.ts';
import { fillHome } from '../fill-home.ts';

/** Nobody listens there: an export asks no teacher. */
const NOWHERE = 'http://127.0.0.1:9';

/** The whole command as a user types it, start of the program, store and token counts included: once cold, once warm. */
export const distillExportRow: BenchRow<CorpusBed> = {
  name: 'distill-export',
  about: 'distill export of a home with synthetic rows, end to end',
  async run(bed): Promise<Finding> {
    if (!/^ {2}export\b/m.test(await distillHelp())) {
      return { kind: 'unavailable', reason: 'this checkout has no distill export' };
    }
    const [rows] = bed.sizes.rows;
    const { blobs } = await bed.ensureData(rows);
    return bed.inFolder(async (dir) => {
      const home = join(dir, 'home');
      const key = await fillHome(home, bed.texts, rows);
      await symlink(blobs, join(home, 'blobs'));
      const cold = await timeExport(key, home, join(dir, 'cold'));
      const warm = await timeExport(key, home, join(dir, 'warm'));
      const exported = await countRows(join(dir, 'warm', 'minicpm-v'));
      return {
        kind: 'measured',
        n: 2 * rows,
        checks: [{ what: `rows that arrive, of ${rows}`, measured: exported, must: { atLeast: rows } }],
        facts: {
          'seconds, every text counted anew': cold,
          'seconds, counts from the store': warm,
          'rows/s, counts from the store': rows / warm,
        },
      };
    });
  },
};

async function timeExport(key: string, home: string, out: string): Promise<number> {
  const startedAt = performance.now();
  const options = ['--format', 'minicpm-v', '--images', 'path', '--out', out, '--home', home];
  await expectEnd(await startDistill(['export', key, ...options], NOWHERE));
  return (performance.now() - startedAt) / 1000;
}
