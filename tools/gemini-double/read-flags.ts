import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from './settings.ts';
import { DoubleUsageError } from './usage-error.ts';

export interface StartOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly scenario: string;
  readonly recordings: string;
  /** Null: beside the recordings. */
  readonly images: string | null;
  readonly settings: Settings;
}

/** As commander gives them: text, or a list for what may be repeated. */
export type Flags = Readonly<Record<string, unknown>>;

export const DEFAULT_PORT = 8787;

/** What the recordings are when nobody says otherwise: those of the sample. */
const SAMPLE = new URL('../../packages/datasets/sample/recordings/gemini-1.5-pro.jsonl', import.meta.url);

/** Flags that set one number each, with what `--help` says. */
export const NUMBER_FLAGS = [
  ['--seed <n>', 'the same seed and requests give the same endings, whatever their order'],
  ['--latency-ms <ms>', 'median time to answer'],
  ['--latency-sigma <s>', 'spread of its log-normal distribution: 0 is always the median'],
  ['--requests-per-minute <n>', 'quota a model, or none'],
  ['--input-tokens-per-minute <n>', 'quota a model, or none'],
  ['--requests-per-day <n>', 'quota a model until midnight Pacific, or none'],
  ['--retry-delay-ms <ms>', "the delay that the faults' 429s name"],
  ['--drip-ms <ms>', 'how long a drip takes'],
  ['--huge-bytes <n>', 'length of a huge text'],
  ['--max-body-bytes <n>', 'a larger request is a 413'],
  ['--batch-wait-ms <ms>', 'a batch job is PENDING for so long'],
  ['--batch-run-ms <ms>', 'then RUNNING for so long'],
  ['--batch-expiry-ms <ms>', 'EXPIRED, if not done so long after its creation'],
  ['--cancel-ms <ms>', 'a cancelled job that is done within this time succeeds all the same'],
  ['--batch-fail-rate <rate>', 'share of batch jobs that FAIL as a whole'],
] as const;

/** What the flags ask for, on top of their scenario. @throws DoubleUsageError for what can't be meant */
export function readFlags(flags: Flags): StartOptions {
  const name = textOf(flags, 'scenario') ?? 'steady';
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (scenario === undefined) {
    throw new DoubleUsageError(
      `There is no scenario ${name}: take one of ${Object.keys(SCENARIOS).join(', ')}.`,
    );
  }
  return {
    port: readPort(textOf(flags, 'port')),
    scenario: name,
    recordings: resolve(textOf(flags, 'recordings') ?? fileURLToPath(SAMPLE)),
    images: textOf(flags, 'images') ?? null,
    settings: checkSettings({
      ...DEFAULT_SETTINGS,
      ...scenario.settings,
      ...readNumbers(flags),
      ...readTexts(flags),
      ...readFaults(flags, scenario),
    }),
  };
}

function textOf(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

function readPort(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : readNumber('--port', text);
  if (port !== null && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new DoubleUsageError(`--port is a whole number from 0 to 65535, not ${text}.`);
}

function readNumbers(flags: Flags): object {
  const given = NUMBER_FLAGS.flatMap(([flag]) => {
    const name = camelCase(flag);
    const value = textOf(flags, name);
    return value === undefined ? [] : [[name, readNumber(flag, value)]];
  });
  return Object.fromEntries(given);
}

/** Null for `none`. */
function readNumber(flag: string, text: string): number | null {
  if (text === 'none') return null;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new DoubleUsageError(`${flag.split(' ')[0]} takes a number, not ${text}.`);
  return value;
}

function readTexts(flags: Flags): object {
  const lists = ['keys', 'models'].flatMap((name) => {
    const list = textOf(flags, name);
    return list === undefined ? [] : [[name, list.split(',').map((each) => each.trim())]];
  });
  const words = ['window', 'modelVersion'].flatMap((name) => {
    const word = textOf(flags, name);
    return word === undefined ? [] : [[name, word]];
  });
  return Object.fromEntries([...lists, ...words]);
}

function readFaults(flags: Flags, scenario: Scenario): object {
  if (!Array.isArray(flags.fault)) return {};
  const given = flags.fault.map((fault) => {
    const [name = '', rate, ...rest] = String(fault).split('=');
    if (rate === undefined || rest.length > 0) {
      throw new DoubleUsageError(`--fault takes name=rate, such as blocked=0.02, not ${fault}.`);
    }
    return [name, readNumber(`--fault ${name}`, rate)];
  });
  return { faults: { ...scenario.settings.faults, ...Object.fromEntries(given) } };
}

function checkSettings(chosen: object): Settings {
  const parsed = settingsSchema.safeParse(chosen);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const flag = `--${kebabCase(String(issue?.path[0] ?? 'settings')).replace(/^faults$/, 'fault')}`;
  const where = issue?.path.slice(1).join('.') ?? '';
  throw new DoubleUsageError(
    `${[flag, where].filter(Boolean).join(' ')}: ${issue?.message}. --help tells more.`,
  );
}

/** `--latency-ms <ms>` is `latencyMs`. */
function camelCase(flag: string): string {
  return (flag.split(' ')[0] ?? '').slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
