import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf } from '../../fixtures/source-tree.ts';

describe('tools/gemini-double', () => {
  it('shares no code with the product: neither imports the other', () => {
    const own = filesBelow('tools/gemini-double', '.ts');
    const foreign = own.flatMap((file) =>
      importsOf(file).filter((name) => !/^(\.\/|node:|zod$|commander$)/.test(name)),
    );
    const product = [...filesBelow('packages', '.ts'), ...filesBelow('workers', '.ts')];
    const importing = product.filter((file) =>
      importsOf(file).some((name) => /gemini-double|\btools\//.test(name)),
    );
    expect(own.length).toBeGreaterThan(0);
    expect({ foreign, importing: importing.map(({ path }) => path) }).toEqual({ foreign: [], importing: [] });
  });
});
