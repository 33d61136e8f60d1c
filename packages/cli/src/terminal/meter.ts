import type { Stage } from '@retort/schema';

/** Where lines go; a terminal gets a live line, anything else plain log lines. */
export interface Screen {
  readonly isTerminal: boolean;
  write(text: string): void;
  columns(): number;
}

export interface MeterState {
  readonly done: number;
  /** Null where nobody knows how many there are. */
  readonly total: number | null;
  readonly unit: string;
  readonly note: string | null;
}

export interface Meter {
  /** Begins a stage's line. */
  start(stage: MeteredWork): void;
  update(state: MeterState): void;
  /** Ends the line and leaves it standing. */
  finish(outcome: string): void;
  /** Takes the live line away: the stage was put down. */
  abandon(): void;
  /** A line of its own, above the live one. */
  log(message: string): void;
}

/** A terminal's line is drawn at most this often, a log line at most that often, in ms. */
const REDRAW_MS = 100;
const LOG_EVERY_MS = 5000;
/** Before this much time has passed a rate says nothing. */
const RATE_AFTER_MS = 1000;

/** What is said of units that are done, where "done" isn't what a reader would take it for: requests are given up, too. */
const DONE_WORDS: Readonly<Record<string, string>> = { request: ' settled' };

/** What has a line: a stage, or a command that is none. */
export type MeteredWork =
  | Stage
  | 'reparse'
  | 'push'
  | 'predict'
  | 'tune'
  | 'finetune'
  | 'evaluate'
  | 'baseline';

/** Shows one stage at a time: done/total, rate, time left, note (such as what it cost). */
export function createMeter(screen: Screen, now: () => number): Meter {
  let stage: MeteredWork | null = null;
  /** The stage's first figure and when it came: rates count from there, not from what had to be set up before. */
  let first: { readonly done: number; readonly at: number } | null = null;
  let drawnAt = 0;
  let state: MeterState | null = null;

  const clear = (): void => {
    if (screen.isTerminal) screen.write('\r\u001b[2K');
  };
  const draw = (): void => {
    if (stage === null) return;
    const line = formatLine(stage, state, first?.done ?? 0, first === null ? 0 : now() - first.at);
    if (screen.isTerminal) screen.write(`\r\u001b[2K${line.slice(0, Math.max(20, screen.columns() - 1))}`);
    else screen.write(`${line}\n`);
    drawnAt = now();
  };
  return {
    start(next) {
      stage = next;
      first = null;
      state = null;
      drawnAt = now();
      if (screen.isTerminal) draw();
    },
    update(next) {
      if (next.unit !== 'setup') first ??= { done: next.done, at: now() };
      const noteChanged = next.note !== (state?.note ?? null) && next.unit !== state?.unit;
      state = next;
      const every = screen.isTerminal ? REDRAW_MS : LOG_EVERY_MS;
      if (noteChanged || now() - drawnAt >= every) draw();
    },
    finish(outcome) {
      clear();
      if (stage !== null) screen.write(`${stage.padEnd(8)} ${outcome}\n`);
      stage = null;
    },
    abandon() {
      clear();
      stage = null;
    },
    log(message) {
      clear();
      screen.write(`${message}\n`);
      if (screen.isTerminal) draw();
    },
  };
}

function formatLine(
  stage: MeteredWork,
  state: MeterState | null,
  firstDone: number,
  elapsedMs: number,
): string {
  const name = stage.padEnd(8);
  if (state === null) return `${name} …`;
  if (state.unit === 'setup') return `${name} ${state.note ?? ''}`;
  const { done, unit } = state;
  const total = state.total ?? 0;
  const share = total > 0 ? ` ${Math.floor((100 * done) / total)} %` : '';
  const rate = elapsedMs >= RATE_AFTER_MS ? ((done - firstDone) / elapsedMs) * 1000 : 0;
  const speed = rate > 0 ? `  ${formatRate(rate)} ${unit}s/s` : '';
  const left = rate > 0 && done < total ? `  ETA ${formatDuration((total - done) / rate)}` : '';
  const note = state.note === null ? '' : `  ${state.note}`;
  const count = state.total === null ? String(done) : `${done}/${total}`;
  return `${name} ${count} ${unit}s${DONE_WORDS[unit] ?? ''}${share}${speed}${left}${note}`;
}

function formatRate(rate: number): string {
  return rate >= 10 ? rate.toFixed(0) : rate.toFixed(1);
}

/** `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
