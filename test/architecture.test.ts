import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  filesBelow,
  importsOf,
  manifestOf,
  ourPackage,
  roomOf,
  type SourceFile,
} from './fixtures/source-tree.ts';

/** Packages that may import schema and nothing else of ours. */
const MIDDLE = [
  'corpus',
  'datasets',
  'environment',
  'hub',
  'images',
  'queue',
  'report',
  'scorer',
  'store',
  'teacher',
] as const;

/** What a package may import, where that isn't schema alone. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  pipeline: ['schema', ...MIDDLE],
  cli: ['schema', ...MIDDLE, 'pipeline'],
  workers: ['schema', ...MIDDLE, 'pipeline'],
};

/** Files that may be longer than the rule says, each with the reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};

const packages = readdirSync(new URL('../packages', import.meta.url)).sort();
const productTs = [...filesBelow('packages', '.ts'), ...filesBelow('workers', '.ts')];
const allTs = [...productTs, ...['test', 'tools', 'bench'].flatMap((folder) => filesBelow(folder, '.ts'))];
const allPython = [
  ...filesBelow('packages', '.py'),
  ...filesBelow('test', '.py'),
  ...filesBelow('tools', '.py'),
];

/** `what` of every file in which it is found, as `path: found`. */
function findings(files: readonly SourceFile[], what: (file: SourceFile) => readonly string[]): string[] {
  return files.flatMap((file) => what(file).map((found) => `${file.path}: ${found}`));
}

describe('the rooms', () => {
  it('are all known to this test', () => {
    expect(packages).toEqual([...MIDDLE, 'schema', 'pipeline', 'cli'].sort());
  });

  it('import in one direction: schema, middle packages, pipeline, then workers and cli', () => {
    const wrong = findings(productTs, (file) =>
      importsOf(file).filter((name) => {
        const target = ourPackage(file, name);
        return target !== null && !(ABOVE[roomOf(file.path)] ?? ['schema']).includes(target);
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('import each other by name, through what a package exports', () => {
    const byPath = findings(productTs, (file) =>
      importsOf(file).filter((name) => name.startsWith('.') && ourPackage(file, name) !== null),
    );
    const inside = findings(productTs, (file) =>
      importsOf(file).filter((name) => /^@retort\/[^/]+\//.test(name)),
    );
    expect([...byPath, ...inside]).toEqual([]);
  });

  it('keep SQL in store, BullMQ in queue, coordinator and workers, and the Gemini client in teacher', () => {
    const places: Readonly<Record<string, RegExp>> = {
      'better-sqlite3': /^packages\/store\//,
      'node:sqlite': /^$/,
      bullmq: /^(packages\/queue|packages\/cli\/src\/coordinator|workers)\//,
      ioredis: /^packages\/queue\//,
      '@google/generative-ai': /^packages\/teacher\//,
      '@google/genai': /^packages\/teacher\//,
      sharp: /^packages\/(images|pipeline|datasets\/scripts)\//,
    };
    const wrong = findings(productTs, (file) =>
      importsOf(file).filter((name) => places[name] !== undefined && !places[name].test(file.path)),
    );
    const sql = findings(
      productTs.filter(({ path }) => !path.startsWith('packages/store/')),
      ({ text }) =>
        [...text.matchAll(/\b(?:db|database)\.(?:prepare|exec)\(|\bSELECT .* FROM\b/g)].map(
          ([found]) => found,
        ),
    );
    expect([...wrong, ...sql]).toEqual([]);
  });
});

describe('files', () => {
  it('have no default export', () => {
    expect(findings(allTs, ({ text }) => text.match(/^export default\b.*$/gm) ?? [])).toEqual([]);
  });

  it('are at most 200 lines of TypeScript or 300 of Python, or stand in the list with a reason', () => {
    const tooLong = (files: readonly SourceFile[], most: number) =>
      findings(files, ({ path, text }) => {
        const lines = text.trimEnd().split('\n').length;
        return lines > most && LONG_FILES[path] === undefined ? [`${lines} lines`] : [];
      });
    expect([...tooLong(allTs, 200), ...tooLong(allPython, 300)]).toEqual([]);
  });

  it('are named after what they hold', () => {
    const vague = /^(utils?|helpers?|common|misc|shared)\.(ts|py)$/;
    expect(
      [...allTs, ...allPython].filter(({ path }) => vague.test(basename(path))).map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('package.json', () => {
  it('names exactly the packages that the code imports', () => {
    const wrong = packages.flatMap((name) => {
      const folder = `packages/${name}`;
      const declared = Object.keys(manifestOf(folder).dependencies ?? {});
      const imported = new Set(
        filesBelow(folder, '.ts')
          .flatMap(importsOf)
          .filter((target) => !target.startsWith('.') && !target.startsWith('node:'))
          .map((target) =>
            target
              .split('/')
              .slice(0, target.startsWith('@') ? 2 : 1)
              .join('/'),
          ),
      );
      const missing = [...imported].filter((target) => !declared.includes(target));
      const unused = declared.filter((target) => !imported.has(target));
      return [
        ...missing.map((target) => `${name} lacks ${target}`),
        ...unused.map((target) => `${name} never uses ${target}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('pins exact versions', () => {
    const loose = ['.', ...packages.map((name) => `packages/${name}`)].flatMap((folder) => {
      const { dependencies, devDependencies, optionalDependencies } = manifestOf(folder);
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(
          ([name, version]) =>
            !(name.startsWith('@retort/') ? version === 'workspace:*' : /^\d+\.\d+\.\d+$/.test(version)),
        )
        .map(([name, version]) => `${folder}: ${name}@${version}`);
    });
    expect(loose).toEqual([]);
  });

  it('has every workspace package in the root, where scripts and workers look', () => {
    const root = Object.keys(manifestOf('.').devDependencies ?? {}).filter((name) =>
      name.startsWith('@retort/'),
    );
    expect(root.sort()).toEqual(packages.map((name) => `@retort/${name}`).sort());
  });
});
