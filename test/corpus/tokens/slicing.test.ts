import { describe, expect, it } from 'vitest';
import { roundHalfEven } from '../../../packages/corpus/src/tokens/round-half-even.ts';
import {
  imageTokensOf25,
  MOST_IMAGE_TOKENS_OF_25,
} from '../../../packages/corpus/src/tokens/slicing/minicpm-llama3-v-2-5.ts';
import {
  imageTokensOf26,
  MOST_IMAGE_TOKENS_OF_26,
  shrinkForLlamafactory,
} from '../../../packages/corpus/src/tokens/slicing/minicpm-v-2-6.ts';
import {
  imageTokensOf46,
  MOST_IMAGE_TOKENS_OF_46,
} from '../../../packages/corpus/src/tokens/slicing/minicpm-v-4-6.ts';
import { sliceGrid } from '../../../packages/corpus/src/tokens/slicing/slice-grid.ts';

const square = (side: number) => ({ width: side, height: side });

describe('roundHalfEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [2.4, 2],
    [2.6, 3],
    [7, 7],
  ])('rounds %s to %s, as Python does', (value, rounded) => {
    expect(roundHalfEven(value)).toBe(rounded);
  });
});

describe('sliceGrid', () => {
  // Of `slice_image` in MiniCPM-V's finetune/dataset.py, run in Python 3.11 on 2026-11-28.
  it.each([
    [448, 448, null],
    [100, 300, null],
    [512, 512, { columns: 1, rows: 2 }],
    [640, 640, { columns: 2, rows: 2 }],
    [1024, 1024, { columns: 3, rows: 2 }],
    [1536, 640, { columns: 3, rows: 2 }],
    [640, 1536, { columns: 2, rows: 3 }],
    [448, 4032, { columns: 1, rows: 9 }],
    [4000, 3000, { columns: 3, rows: 3 }],
    [1920, 1080, { columns: 4, rows: 2 }],
    [1344, 768, { columns: 3, rows: 2 }],
  ])('cuts %s x %s as the script does', (width, height, grid) => {
    expect(sliceGrid({ width, height })).toEqual(grid);
  });

  it('makes no more slices than it may', () => {
    expect(sliceGrid(square(1024), 4)).toEqual({ columns: 2, rows: 2 });
    expect(sliceGrid(square(1024), 1)).toBeNull();
  });
});

describe('imageTokensOf25', () => {
  // Counted in batches that the script's own loader made (2026-11-23).
  it.each([
    [448, 98],
    [512, 297],
    [640, 493],
    [768, 493],
    [1024, 689],
  ])('counts %s² as the consumer does', (side, tokens) => {
    expect(imageTokensOf25(square(side))).toBe(tokens);
  });

  it('counts 493 for 1024² at four slices', () => {
    expect(imageTokensOf25(square(1024), 4)).toBe(493);
  });
});

describe('imageTokensOf46', () => {
  // Three for its number, two marks and 64 tokens a slice of 448²; a slice of 512² cut in two is 16 x 4 tokens.
  it.each([
    [448, 3 + 66],
    [512, 3 + 66 + 2 * (2 + 66) + 1],
    [640, 3 + 66 + 4 * 66 + 1],
    [1024, 3 + 66 + 6 * (2 + 60) + 1],
  ])('counts %s²', (side, tokens) => {
    expect(imageTokensOf46(square(side))).toBe(tokens);
  });
});

describe('imageTokensOf26', () => {
  it('counts every picture at no more than 768², to which LLaMA-Factory shrinks it', () => {
    expect(shrinkForLlamafactory(square(1024))).toEqual(square(768));
    expect(shrinkForLlamafactory({ width: 1920, height: 1080 })).toEqual({ width: 1024, height: 576 });
    expect(imageTokensOf26(square(1024))).toBe(imageTokensOf26(square(768)));
    expect(imageTokensOf26(square(768))).toBe(3 + 66 + 4 * 66 + 1);
  });
});

describe('the most that a picture takes', () => {
  it('is never passed, and is reached, at any size', () => {
    const most = { of25: 0, of46: 0, of26: 0 };
    most.of25 = imageTokensOf25({ width: 448, height: 4032 });
    for (let width = 2; width <= 1600; width += 4) {
      for (let height = 2; height <= 1600; height += 6) {
        most.of25 = Math.max(most.of25, imageTokensOf25({ width, height }));
        most.of46 = Math.max(most.of46, imageTokensOf46({ width, height }));
        most.of26 = Math.max(most.of26, imageTokensOf26({ width, height }));
      }
    }
    expect(most).toEqual({
      of25: MOST_IMAGE_TOKENS_OF_25,
      of46: MOST_IMAGE_TOKENS_OF_46,
      of26: MOST_IMAGE_TOKENS_OF_26,
    });
  });
});
