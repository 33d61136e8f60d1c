import { type HtmlValue, html } from '../html.ts';
import type { ReportData } from '../report-data.ts';

type OptionValue = ReportData['run']['options'][string];

/** What it takes to get the same corpus and the same figures again. */
export function reproduceBody({ run, corpus, artifacts }: ReportData): HtmlValue {
  const options = Object.entries(run.options);
  return html`<pre><code>${run.command}</code></pre>
<dl class="facts">
<dt>Run</dt><dd><code>${run.id}</code>, started ${run.started_at}</dd>
<dt>Code</dt><dd>${run.code_commit === null ? 'commit unknown (not a git checkout)' : html`commit <code>${run.code_commit}</code>`}</dd>
<dt>Seed</dt><dd>${run.seed}</dd>
${corpus !== null && html`<dt>Corpus key</dt><dd><code>${corpus.key}</code></dd>`}
${artifacts.checkpoint !== null && html`<dt>Checkpoint</dt><dd><code>${artifacts.checkpoint}</code></dd>`}
</dl>
<h3>Options</h3>
<dl class="facts">${options.map(([name, value]) => html`<dt>${name}</dt><dd>${optionText(value)}</dd>`)}</dl>
<p class="fine">The same figures, without the pictures, are in report.json beside this page.</p>`;
}

function optionText(value: OptionValue): string {
  if (value === null) return 'not set';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(', ') : String(value);
}
