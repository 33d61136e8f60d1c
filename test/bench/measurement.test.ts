import { describe, expect, it } from 'vitest';
import {
  type Check,
  isMiss,
  isReached,
  noteOf,
  type RowReport,
  tableCells,
} from '../../bench/measurement.ts';

const reached: Check = { what: 'speed', measured: 0.96, must: { atLeast: 0.95 } };
const missed: Check = { what: 'memory', measured: 65, must: { atMost: 64 } };

function report(finding: RowReport['finding']): RowReport {
  return { name: 'a-row', about: 'what it is', seconds: 12.4, finding };
}

describe('isReached', () => {
  it('takes the bound itself as reached, on either side', () => {
    expect(isReached({ what: '', measured: 0.95, must: { atLeast: 0.95 } })).toBe(true);
    expect(isReached({ what: '', measured: 64, must: { atMost: 64 } })).toBe(true);
    expect(isReached(missed)).toBe(false);
  });

  it('never takes "no number" as reached', () => {
    expect(isReached({ what: '', measured: Number.NaN, must: { atMost: 64 } })).toBe(false);
  });
});

describe('isMiss', () => {
  it('is true for one bad check among good ones and for a row that broke off, not for one that is not available', () => {
    expect(isMiss(report({ kind: 'measured', checks: [reached, missed], n: 1, facts: {} }))).toBe(true);
    expect(isMiss(report({ kind: 'failed', reason: 'it broke' }))).toBe(true);
    expect(isMiss(report({ kind: 'measured', checks: [reached], n: 1, facts: {} }))).toBe(false);
    expect(isMiss(report({ kind: 'unavailable', reason: 'no cc' }))).toBe(false);
  });
});

describe('tableCells', () => {
  it('gives each check a line, with name, n and seconds on the first', () => {
    const cells = tableCells([report({ kind: 'measured', checks: [reached, missed], n: 300, facts: {} })]);
    expect(cells.slice(1)).toEqual([
      ['a-row', 'speed', '0.960', '>= 0.950', 'pass', '300', '12'],
      ['', 'memory', '65.0', '<= 64.0', 'MISS', '', ''],
    ]);
  });
});

describe('noteOf', () => {
  it('says why a row has no figure', () => {
    const reports = [
      report({ kind: 'unavailable', reason: 'distill has no --workers' }),
      report({ kind: 'failed', reason: 'it broke' }),
    ];
    expect(tableCells(reports).map((cells) => cells[4])).toEqual(['', 'n/a', 'FAILED']);
    expect(reports.map(noteOf)).toEqual([
      'a-row: not available: distill has no --workers',
      'a-row: failed: it broke',
    ]);
  });

  it('names the figures behind a ratio', () => {
    const facts = { rows_per_second: 312.4, minutes: '600 (2), 598 (0)' };
    expect(noteOf(report({ kind: 'measured', checks: [reached], n: 1, facts }))).toBe(
      'a-row: rows_per_second 312, minutes 600 (2), 598 (0)',
    );
  });
});
