import v8 from 'node:v8';
import { audit, auditRowOf, FINDING_ROWS_MAX } from '@retort/corpus';
import { syntheticRows } from '../corpus/synthetic/rows.ts';
import { readTextPool } from '../corpus/synthetic/text-pool.ts';

const mb = (n: number) => (n / 2 ** 20).toFixed(0);
const show = (w: string) => {
  const m = process.memoryUsage();
  console.log(
    w,
    'rss',
    mb(m.rss),
    'heapUsed',
    mb(m.heapUsed),
    'heapTotal',
    mb(m.heapTotal),
    'ab',
    mb(m.arrayBuffers),
    'max',
    mb(process.resourceUsage().maxRSS * 1024),
    v8
      .getHeapSpaceStatistics()
      .filter((s) => s.space_size > 5e6)
      .map((s) => `${s.space_name}:${mb(s.space_used_size)}/${mb(s.space_size)}`)
      .join(' '),
  );
};
show('start');
const pool = await readTextPool('/tmp/retort-bench/synthetic-texts.json');
const N = Number(process.argv[2]);
function* rows() {
  let i = 0;
  for (const r of syntheticRows(pool, N)) {
    if (++i % (N / 8) === 0) show('row ' + i);
    yield auditRowOf(r);
  }
  show('end of rows');
}
const t = performance.now();
await audit(rows(), { splitBy: 'image-prompt' }, { maxRows: FINDING_ROWS_MAX });
show('done');
console.log(performance.now() - t, process.cpuUsage());
