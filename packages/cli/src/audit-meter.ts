import type { AuditProgress } from '@retort/pipeline';
import { createMeter } from './terminal/meter.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What `work` comes to; meanwhile stderr shows the rows that were read and the images that were looked at. */
export async function withAuditMeter<Result>(
  { screen }: Terminal,
  work: (onProgress: (progress: AuditProgress) => void) => Promise<Result>,
): Promise<Result> {
  const meter = createMeter(screen, () => performance.now());
  meter.start('audit');
  return work(({ rows, total, images }) =>
    meter.update({
      done: rows,
      total,
      unit: 'row',
      note: images === 0 ? null : `${images} images looked at`,
    }),
  ).finally(() => meter.abandon());
}
