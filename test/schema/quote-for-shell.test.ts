import { execFileSync } from 'node:child_process';
import { quoteForShell } from '@retort/schema';
import { expect, it } from 'vitest';

it.each(['plain', 'a b', "it's", '$(rm -rf /)', 'a"b', '', 'ü\n!'])(
  'brings %j through a real shell',
  (word) => {
    const quoted = quoteForShell(word);
    expect(execFileSync('sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' })).toBe(word);
  },
);

it('leaves a word that needs no quotes as it is', () => {
  expect(quoteForShell('--home=/tmp/x')).toBe('--home=/tmp/x');
});
