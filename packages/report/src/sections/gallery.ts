import { FIVE_POINT_SCALE } from '@retort/schema';
import { formatFixed, formatInterval } from '../format-figures.ts';
import { type HtmlValue, html, type Markup } from '../html.ts';
import type { GalleryEntry, ReportData } from '../report-data.ts';
import { track } from './track.ts';

const KINDS = [
  ['best', 'Closest predictions'],
  ['worst', 'Farthest predictions'],
] as const;

/** The test images the scorer predicts best and worst, with what the teacher said of them. */
export function galleryBody(data: ReportData): HtmlValue {
  const sawLabel = data.gallery.some((entry) => entry.saw_label);
  const groups = data.run.aspects.flatMap((aspect) =>
    KINDS.map(([kind, title]) => ({
      title: `${aspect}: ${title.toLowerCase()}`,
      entries: data.gallery.filter((entry) => entry.aspect === aspect && entry.kind === kind),
    })),
  );
  return [
    html`<p>Test images, chosen by the distance between MOS and the scorer’s prediction; the scale is the MOS’s, 0 to 5.${
      sawLabel && ' The answers were written with the MOS in sight; the scorer never read them.'
    }</p>`,
    groups.map(
      ({ title, entries }) =>
        entries.length > 0 && html`<h3>${title}</h3>\n<div class="gallery">${entries.map(card)}</div>\n`,
    ),
  ];
}

function card(entry: GalleryEntry): Markup {
  const { min, max } = FIVE_POINT_SCALE;
  const prompt = entry.image_prompt ?? '(no image prompt)';
  // The wide tick first: the dot then lies on it, and both show when they are close.
  const marks = [
    { kind: 'mos', value: entry.mos, low: null, high: null },
    { kind: 'head', value: entry.predicted_mos, low: entry.low, high: entry.high },
  ] as const;
  return html`<article class="card">
<div class="card-head">
${entry.thumbnail !== null && html`<img src="${entry.thumbnail}" alt="${prompt}">`}
<div>
<p class="prompt" dir="auto">${prompt}</p>
<p class="fine">${entry.generator !== null && `${entry.generator} · `}${entry.sample_name}</p>
${track(marks, min, max)}
<p class="pair"><span class="key"><i class="tick"></i>MOS <data value="${entry.mos}">${formatFixed(entry.mos, 3)}</data></span> <span class="key"><i class="dot"></i>predicted <data value="${entry.predicted_mos}">${formatFixed(entry.predicted_mos, 3)}</data> <small class="interval">${formatInterval(entry)}</small></span></p>
</div>
</div>
<div class="turns">${entry.conversation.map(turnBlock)}</div>
</article>`;
}

/** Questions are the same for every image, so they are folded; answers are open. */
function turnBlock(turn: GalleryEntry['conversation'][number]): Markup {
  if (turn.role === 'assistant') return html`<p class="turn assistant" dir="auto">${turn.text}</p>`;
  return html`<details class="turn user"><summary>Question</summary><p dir="auto">${turn.text}</p></details>`;
}
