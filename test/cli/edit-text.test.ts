import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteForShell } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { editText } from '../../packages/cli/src/terminal/edit-text.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** A program that edits the file it is given, as a person would; as one names it in EDITOR. */
function editor(script: string): string {
  const path = join(temporaryFolder(), 'editor.sh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return quoteForShell(path);
}

describe('editText', () => {
  it('hands the text to the editor, which may have arguments, and takes what it leaves', async () => {
    const EDITOR = `${editor('sed -i "s/$1/sharp/" "$2"')} blurred`;
    expect(await editText('The sky is blurred.', { EDITOR })).toBe('The sky is sharp.\n');
  });

  it('prefers VISUAL, and takes nothing when the editor fails or none is named', async () => {
    const env = { VISUAL: editor('exit 3'), EDITOR: editor('exit 0') };
    await expect(editText('Text.', env)).rejects.toThrow(/ended with 3: nothing was noted/);
    await expect(editText('Text.', {})).rejects.toThrow(/--text FILE/);
  });

  it('takes nothing that is no UTF-8', async () => {
    const EDITOR = editor(String.raw`printf '\377' > "$1"`);
    await expect(editText('Text.', { EDITOR })).rejects.toThrow(/UTF-8/);
  });
});
