import type { CostFacts, RunCostFacts } from './cost-facts.ts';
import type { CostSums } from './cost-sums.ts';
import { type TableColumn, tableLines } from './terminal/table.ts';

const FIGURES: readonly TableColumn[] = [
  { title: 'calls', align: 'right' },
  { title: 'tokens in', align: 'right' },
  { title: 'out', align: 'right' },
  { title: 'thinking', align: 'right' },
  { title: 'cost', align: 'right' },
];

/** `distill cost` for people: one run. */
export function describeRunCost(
  facts: RunCostFacts,
  { running, color }: { readonly running: boolean; readonly color: boolean },
): string {
  const { requests } = facts;
  const planned = requests.pending + requests.answered + requests.dead_letters;
  return [
    `run        ${facts.run}: ${requests.answered} of ${planned} answered, ${requests.dead_letters} given up, ${facts.images} images`,
    ...(facts.calls === 0 && facts.with_teacher.rows === 0
      ? ['           nothing was asked in this run yet']
      : []),
    ...moneyLines(facts, running),
    ...(facts.budget_usd === null
      ? []
      : [`cap        ${usd(facts.budget_usd)}, ${usd(facts.budget_left_usd)} of it left`]),
    ...(facts.teacher === 'replay' ? [] : [`rate       ${usd(facts.per_1000_images_usd)} per 1,000 images`]),
    ...forecastLines(facts),
    ...(facts.prices.length === 0 ? [] : [`price      ${facts.prices.join('\n           ')}`]),
    ...(facts.calls === 0 ? [] : ['', ...breakdown(facts, color)]),
  ].join('\n');
}

/** `distill cost --all` for people: a line a run, and what they add up to. */
export function describeHomeCost(
  { total, runs }: { readonly total: CostFacts; readonly runs: readonly RunCostFacts[] },
  { color }: { readonly color: boolean },
): string {
  const columns = [
    { title: 'run' },
    { title: 'teacher' },
    ...FIGURES,
    { title: 'left', align: 'right' } as const,
  ];
  const rows = runs.map((run) => [
    run.run ?? '',
    run.teacher,
    ...figures(run),
    run.forecast.pending === 0 ? '-' : `${usd(run.forecast.expected_usd)} (${run.forecast.pending} calls)`,
  ]);
  return [
    ...moneyLines(total, false),
    '',
    ...tableLines(columns, rows, { color }),
    ...(total.calls === 0 ? [] : ['', ...breakdown(total, color)]),
  ].join('\n');
}

function moneyLines(facts: CostFacts, running: boolean): string[] {
  const { maybe_billed: maybe, unknown_cost_calls: unknown } = facts;
  const spent =
    unknown === 0
      ? usd(facts.cost_usd)
      : `unknown: ${usd(facts.known_cost_usd)}, and ${calls(unknown)} whose cost isn't known`;
  const reservedFor = running
    ? `for ${calls(facts.reserved_calls)} in flight`
    : `for ${calls(facts.reserved_calls)} whose end was never recorded; perhaps billed`;
  return [
    `spent      ${spent}`,
    ...(maybe.calls === 0
      ? []
      : [
          `           of it ${usd(maybe.cost_usd)} for ${calls(maybe.calls)} that broke off and may have been billed, at the worst case`,
        ]),
    ...(facts.reserved_calls === 0 ? [] : [`reserved   ${usd(facts.reserved_usd)} ${reservedFor}`]),
    ...batchLines(facts.with_teacher),
  ];
}

function batchLines({ batches, rows, reserved_usd: reserved }: CostFacts['with_teacher']): string[] {
  if (rows === 0) return [];
  const what = `${count(rows, 'row')} in ${count(batches, 'batch', 'batches')}`;
  return [`batches    with the teacher: ${what}, ${usd(reserved)} set aside for them`];
}

function forecastLines({ forecast, teacher }: RunCostFacts): string[] {
  if (teacher === 'replay' || forecast.pending === 0) return [];
  const basis = forecast.basis === 'answers' ? 'at the mean cost so far' : 'estimated, nothing answered yet';
  const sum = forecast.total_expected_usd;
  return [
    `left       ${calls(forecast.pending)}: about ${usd(forecast.expected_usd)} (${basis}), at most ${usd(forecast.worst_case_usd)} if each is asked once`,
    ...(sum === null ? [] : [`in all     about ${usd(sum)}`]),
  ];
}

function breakdown(facts: CostFacts, color: boolean): string[] {
  const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string[] =>
    tableLines([...titles.map((title) => ({ title })), ...FIGURES], rows, { color });
  return [
    ...table(
      ['model', 'answered by'],
      facts.by_model.map((row) => [row.model, row.model_version ?? '-', ...figures(row)]),
    ),
    '',
    ...table(
      ['aspect'],
      facts.by_aspect.map((row) => [row.aspect, ...figures(row)]),
    ),
    '',
    ...table(
      ['outcome'],
      facts.by_outcome.map((row) => [row.outcome, ...figures(row)]),
    ),
  ];
}

function figures(sums: CostSums): string[] {
  const { tokens } = sums;
  const counts = [sums.calls, tokens.input, tokens.output, tokens.thinking];
  const cost = sums.cost_usd === null ? `${usd(sums.known_cost_usd)} + ?` : usd(sums.cost_usd);
  return [...counts.map((count) => count.toLocaleString('en-US')), cost];
}

function calls(number: number): string {
  return count(number, 'call');
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** `$0.0123`, `$12.35`; `unknown` where nobody knows. */
function usd(value: number | null): string {
  if (value === null) return 'unknown';
  return `$${value.toFixed(value > 0 && value < 1 ? 4 : 2)}`;
}
