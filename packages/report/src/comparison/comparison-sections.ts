import { formatCount, NO_FIGURE } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import { tableFrame } from '../sections/section.ts';
import type { ComparedExample, ComparedSide, ComparisonData } from './comparison-data.ts';
import { minuteOf, number, sideMark, sidesHead, spreadCell, textCell } from './comparison-figures.ts';

const SAW = {
  all: 'Written with the MOS in sight.',
  some: 'Partly written with the MOS in sight.',
  none: 'Written without the MOS in sight.',
} as const;

/** What is compared. */
export function sidesBody({ a, b, common }: ComparisonData): HtmlValue {
  return [
    html`<p class="lead">${formatCount(common.answered)} answers on both sides, of ${formatCount(common.asked)} rows (image and aspect) that both asked about, on ${formatCount(common.images)} images.${
      common.identical > 0 &&
      ` ${formatCount(common.identical)} more are one and the same answer and are left out of everything below.`
    }</p>`,
    html`<div class="sides">${sideFactsBlock('a', a)}${sideFactsBlock('b', b)}</div>`,
  ];
}

function sideFactsBlock(name: 'a' | 'b', side: ComparedSide): Markup {
  const dates =
    side.first_at === null
      ? 'no answer in common'
      : `${minuteOf(side.first_at)} to ${minuteOf(side.last_at ?? side.first_at)}`;
  return html`<div><h3>${sideMark(name)} ${side.selector}</h3>
<dl class="facts">
<dt>Model</dt><dd>${side.models.join(', ')}${side.model_versions.length > 0 && `, answered by ${side.model_versions.join(', ')}`}</dd>
<dt>Teacher</dt><dd>${side.teachers.join(', ')}</dd>
<dt>Prompt</dt><dd>${side.prompts.join(', ')}</dd>
<dt>Repeat</dt><dd>${side.repeats.join(', ')}</dd>
<dt>Answered</dt><dd>${formatCount(side.answered)} of ${formatCount(side.requests)} requests; in common: ${dates}</dd>
<dt>MOS</dt><dd>${SAW[side.saw_label]}</dd>
</dl></div>`;
}

function tokens(value: number | null): string {
  return value === null ? NO_FIGURE : formatCount(Math.round(value));
}

/** How requests ended, and what the answers in common cost. */
export function outcomesBody({ a, b, outcomes, refusals }: ComparisonData): HtmlValue {
  const row = (title: string, of: (side: ComparedSide) => string): Markup =>
    html`<tr><th>${title}</th>${textCell(of(a))}${textCell(of(b))}</tr>`;
  return [
    tableFrame(html`<table><caption>Rows that both sides asked about, by how they ended.</caption>${sidesHead('Outcome', false)}<tbody>
${outcomes.map((entry) => html`<tr><th>${entry.outcome}</th>${textCell(formatCount(entry.a))}${textCell(formatCount(entry.b))}</tr>`)}
<tr><th>answers that refuse in words</th>${textCell(formatCount(refusals.a))}${textCell(formatCount(refusals.b))}</tr>
</tbody></table>`),
    tableFrame(html`<table><caption>What the answers in common cost and took, all calls for them included.</caption>${sidesHead('By answer', false)}<tbody>
${row('calls in all', ({ calls }) => formatCount(calls))}
${row('USD', ({ usd_per_answer: usd }) => (usd === null ? 'unknown' : `$${usd.toFixed(6)}`))}
${row('tokens in', (side) => tokens(side.input_tokens_per_answer))}
${row('tokens out', (side) => tokens(side.output_tokens_per_answer))}
${row('thinking tokens', (side) => tokens(side.thinking_tokens_per_answer))}
<tr><th>latency of the call that answered, ms (median, p10 to p90)</th>${spreadCell(a.latency_ms)}${spreadCell(b.latency_ms)}</tr>
</tbody></table>`),
  ];
}

/** Images on which the sides differ most. */
export function examplesBody({ examples, aspects }: ComparisonData): HtmlValue {
  return [
    html`<p>By how far apart the MOS are that each side’s words predict; where nothing was fitted, by the fewest words in common.</p>`,
    aspects.map(({ aspect }) => {
      const cards = examples.filter((example) => example.aspect === aspect);
      return cards.length > 0 && html`<h3>${aspect}</h3>\n<div class="gallery">${cards.map(card)}</div>\n`;
    }),
  ];
}

function card(example: ComparedExample): Markup {
  const prompt = example.image_prompt ?? '(no image prompt)';
  const predicted = (value: number | null): string | false =>
    value !== null && ` its words say MOS ${number(value, 2)}`;
  return html`<article class="card">
<div class="card-head">
${example.thumbnail !== null && html`<img src="${example.thumbnail}" alt="${prompt}">`}
<div>
<p class="prompt" dir="auto">${prompt}</p>
<p class="fine">${example.image}${example.mos !== null && ` · MOS ${number(example.mos, 2)} of 5`} · ROUGE-L ${number(example.rouge_l, 2)}</p>
</div>
</div>
<div class="turns">
<p class="fine">${sideMark('a')}${predicted(example.predicted_a)}</p><p class="turn assistant" dir="auto">${example.a}</p>
<p class="fine">${sideMark('b')}${predicted(example.predicted_b)}</p><p class="turn assistant" dir="auto">${example.b}</p>
</div>
</article>`;
}

export function methodBody({ command, seed, aspects }: ComparisonData): HtmlValue {
  const resamples = [...new Set(aspects.map((aspect) => aspect.resamples))].map(formatCount).join(' or ');
  return [
    html`<dl class="facts">
<dt>Intervals</dt><dd>95 % bootstrap over image prompts, ${resamples || 'no'} draws, seed ${seed}; both sides see the same draws. Differences are B less A.</dd>
<dt>ROUGE-L</dt><dd>F1 of the longest common subsequence of lower-case words (Lin 2004). 1 is the same words in the same order.</dd>
<dt>Jaccard</dt><dd>Words in both texts, by words in either, each counted once.</dd>
<dt>By chance</dt><dd>The same figure between A’s text about an image and B’s about an image of another prompt: what shared wording alone gives.</dd>
<dt>Words</dt><dd>Log-odds ratio with an informative Dirichlet prior, as z-score (Monroe, Colaresi and Quinn 2008); the prior is both sides’ own use of words. Named from |z| 1.96.</dd>
<dt>Words predict MOS</dt><dd>Ridge regression on which words a text holds (penalty 1, not tuned), five folds with whole image prompts held out. It measures what the words carry, not what the teacher would answer if asked for a score.</dd>
<dt>Label words</dt><dd>Answers that hold exactly one of bad, poor, fair, good, excellent. The prompts ask for none, and “poor lighting” is one too.</dd>
</dl>`,
    html`<pre><code>${command}</code></pre>`,
  ];
}
