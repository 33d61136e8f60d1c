import { describe, expect, it } from 'vitest';
import { html, trustedMarkup } from '../../packages/report/src/html.ts';

describe('html', () => {
  it('escapes what could end an element or a quoted attribute', () => {
    const hostile = `"'><script>&`;
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&quot;&#39;&gt;&lt;script&gt;&amp;">&quot;&#39;&gt;&lt;script&gt;&amp;</p>',
    );
  });

  it('fills in markup as it is and joins lists of it', () => {
    const items = ['a', '<b>'].map((name) => html`<li>${name}</li>`);
    expect(html`<ul>${items}</ul>${trustedMarkup('<hr>')}`.text).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>',
    );
  });

  it('leaves no trace of null, undefined and false, but writes a zero', () => {
    expect(html`${null}${undefined}${false}${0}`.text).toBe('0');
  });

  it('drops control characters and keeps tab and line feed', () => {
    expect(html`${'a\u0000b\u001b[31mc\td\ne\u0085'}`.text).toBe('ab[31mc\td\ne');
  });
});
