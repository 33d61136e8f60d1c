import { describe, expect, it } from 'vitest';
import { withAuditMeter } from '../../packages/cli/src/audit-meter.ts';
import { quietTerminal } from './quiet-terminal.ts';

/** A terminal that somebody sits at, and what its line was. */
function attended() {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  return {
    written,
    terminal: { ...quietTerminal().terminal, screen: { isTerminal: true, columns: () => 80, write } },
  };
}

const CLEARED = '\r\u001b[2K';

describe('withAuditMeter', () => {
  it('shows the work on a terminal, and takes its line away in the end', async () => {
    const { terminal, written } = attended();
    expect(await withAuditMeter(terminal, async () => 'a report')).toBe('a report');
    expect(written[0]).toContain('audit');
    expect(written.at(-1)).toBe(CLEARED);
  });

  it('takes its line away when the work fails', async () => {
    const { terminal, written } = attended();
    const work = withAuditMeter(terminal, () => Promise.reject(new Error('no file')));
    await expect(work).rejects.toThrow('no file');
    expect(written.at(-1)).toBe(CLEARED);
  });
});
