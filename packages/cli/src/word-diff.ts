import { styleText } from 'node:util';
import { diffWordsWithSpace } from 'diff';

/** A text with what was taken out and put in since another: `[-out-]{+in+}` as git writes it, or in colours. */
export function wordDiff(before: string, after: string, { color }: { readonly color: boolean }): string {
  const paint = (style: 'red' | 'green', text: string) => styleText(style, text, { validateStream: false });
  return diffWordsWithSpace(before, after)
    .map(({ value, added, removed }) => {
      if (added) return color ? paint('green', value) : `{+${value}+}`;
      if (removed) return color ? paint('red', value) : `[-${value}-]`;
      return value;
    })
    .join('');
}
