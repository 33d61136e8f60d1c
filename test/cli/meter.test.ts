import { describe, expect, it } from 'vitest';
import { createMeter, formatDuration, type Screen } from '../../packages/cli/src/terminal/meter.ts';

function bed(isTerminal: boolean) {
  let written = '';
  let now = 0;
  const screen: Screen = {
    isTerminal,
    write: (text) => {
      written += text;
    },
    columns: () => 80,
  };
  const meter = createMeter(screen, () => now);
  return {
    meter,
    written: () => written,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('createMeter', () => {
  it('shows done and total, rate, time left and note', () => {
    const { meter, written, pass } = bed(true);
    meter.start('teach');
    meter.update({ done: 0, total: 100, unit: 'image', note: '$0' });
    pass(5000);
    meter.update({ done: 25, total: 100, unit: 'image', note: '$0.5' });
    expect(written()).toContain('teach    25/100 images 25 %  5.0 images/s  ETA 15 s  $0.5');
  });

  it('counts up where nobody knows the total', () => {
    const { meter, written, pass } = bed(true);
    meter.start('audit');
    meter.update({ done: 0, total: null, unit: 'row', note: null });
    pass(5000);
    meter.update({ done: 100, total: null, unit: 'row', note: '20 images looked at' });
    expect(written()).toContain('audit    100 rows  20 rows/s  20 images looked at');
  });

  it('calls requests settled, for those given up are among them', () => {
    const { meter, written, pass } = bed(true);
    meter.start('teach');
    pass(5000);
    meter.update({ done: 6, total: 6, unit: 'request', note: '$0' });
    expect(written()).toContain('teach    6/6 requests settled 100 %  $0');
  });

  it('rewrites its line on a terminal, and writes a line every few seconds elsewhere', () => {
    const terminal = bed(true);
    const log = bed(false);
    for (const { meter, pass } of [terminal, log]) {
      meter.start('prepare');
      for (let done = 1; done <= 60; done += 1) {
        pass(200);
        meter.update({ done, total: 60, unit: 'image', note: null });
      }
      meter.finish('60 images ready in 12 s');
    }
    expect(terminal.written().match(/\r/g)?.length).toBeGreaterThan(50);
    const lines = log.written().trim().split('\n');
    expect(lines.length).toBeLessThanOrEqual(5);
    expect(lines.at(-1)).toBe('prepare  60 images ready in 12 s');
  });

  it('never writes a line wider than the terminal', () => {
    const { meter, written } = bed(true);
    meter.start('fit');
    meter.update({ done: 1, total: 2, unit: 'epoch', note: 'x'.repeat(500) });
    expect(
      Math.max(
        ...written()
          .split('\r')
          .map((line) => line.length),
      ),
    ).toBeLessThan(90);
  });
});

describe('formatDuration', () => {
  it.each([
    [4.4, '4 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
  ])('says %f seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
