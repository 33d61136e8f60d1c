import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MatFormatError } from '../../packages/datasets/src/mat-element.ts';
import { parseMat } from '../../packages/datasets/src/parse-mat.ts';
import { matFile, matHeader } from '../fixtures/datasets/mat-file.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/datasets/mat/${name}`, import.meta.url));

describe('parseMat', () => {
  it.each(['plain.mat', 'compressed.mat'])('reads %s as scipy wrote it', (name) => {
    expect(parseMat(fixture(name))).toEqual([
      { name: 'MOSz', dimensions: [4, 1], values: [1.5, -2.25, Number.NaN, 1e300] },
      { name: 'small', dimensions: [1, 1], values: [7] },
      { name: 'whole', dimensions: [1, 3], values: [1, -2, 300] },
      { name: 'bytes', dimensions: [1, 1], values: [250] },
      { name: 'text', dimensions: [1, 5], values: null },
      { name: 'complex', dimensions: [1, 1], values: null },
    ]);
  });

  it.each([true, false])('reads either byte order (little-endian: %s)', (isLittleEndian) => {
    const values = [0.1, 2, -3e-7];
    expect(parseMat(matFile({ name: 'x', values }, isLittleEndian))).toEqual([
      { name: 'x', dimensions: [3, 1], values },
    ]);
  });

  it('finds nothing in a file without variables', () => {
    expect(parseMat(matHeader(0x0100))).toEqual([]);
  });

  it.each([
    ['version 7.3', matHeader(0x0200, true, 'MATLAB 7.3 MAT-file'), /7\.3 file \(HDF5\).*-v7/],
    [
      'version 4',
      Buffer.concat([fixture('version-4.mat'), Buffer.alloc(128)]),
      /no MATLAB file of version 5/,
    ],
    ['no MATLAB file', Buffer.alloc(4096, 'x'), /no MATLAB file of version 5/],
    ['too few bytes', Buffer.alloc(10), /10 bytes/],
    ['a file that was cut', matFile({ name: 'x', values: [1, 2, 3] }).subarray(0, -8), /ends in the middle/],
    ['too few values', matFile({ name: 'x', values: [1, 2], dimensions: [3, 1] }), /3 values and has 2/],
  ])('refuses %s', (_case, bytes, message) => {
    expect(() => parseMat(bytes)).toThrow(message);
  });

  it('reads any bytes or refuses them, and nothing else', () => {
    for (const name of ['plain.mat', 'compressed.mat']) {
      const whole = fixture(name);
      for (let at = 128; at < whole.length; at += 1) {
        for (const damaged of [
          whole.subarray(0, at),
          Buffer.concat([whole]).fill((at * 37) % 256, at, Math.min(at + 3, whole.length)),
        ]) {
          try {
            expect(Array.isArray(parseMat(damaged))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(MatFormatError);
          }
        }
      }
    }
  });

  it.each([
    ['that is broken', Buffer.from('not deflated')],
    ['that unpacks to more than it may', deflateSync(Buffer.alloc(17 * 1024 * 1024))],
  ])('refuses a compressed variable %s', (_case, content) => {
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15, 0);
    tag.writeUInt32LE(content.length, 4);
    expect(() => parseMat(Buffer.concat([matHeader(0x0100), tag, content]))).toThrow(/broken or larger/);
  });
});
