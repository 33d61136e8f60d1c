import { writeFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Provenance } from './machine.ts';
import { noteOf, type RowReport, tableCells } from './measurement.ts';
import { renderTable } from './table.ts';

export interface PrintOptions {
  readonly quick: boolean;
  /** Every figure goes there too; undefined for nowhere. */
  readonly json: string | undefined;
}

/** Command, machine, commit, table and notes on stdout. */
export function printReports(
  provenance: Provenance,
  reports: readonly RowReport[],
  { quick, json }: PrintOptions,
): void {
  console.log(`command  ${provenance.command}`);
  console.log(`machine  ${provenance.machine}`);
  console.log(`commit   ${provenance.commit ?? 'unknown'}, started ${provenance.startedAt}`);
  if (quick) console.log('quick    tiny runs: these ratios say nothing about speed');
  console.log(`\n${renderTable(tableCells(reports))}\n`);
  console.log(reports.map(noteOf).join('\n'));
  if (json === undefined) return;
  writeFileSync(userPath(json), `${JSON.stringify({ ...provenance, quick, rows: reports }, null, 2)}\n`);
}

/** A path as it was typed: pnpm changes into the repository, INIT_CWD stays. */
export function userPath(path: string): string {
  return isAbsolute(path) ? path : resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
