import { canonicalJson, hashHex, type RequestContent, requestKey, runIdOf, sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';

function content(changes: Partial<RequestContent> = {}): RequestContent {
  return {
    teacher: 'gemini',
    model: 'gemini-3.8-flash',
    promptText: 'Describe it.',
    imageHash: sha256('image'),
    prepareRecipe: 'prepare-v1',
    settings: { temperature: 0, seed: 1 },
    responseSchema: null,
    repeat: 0,
    ...changes,
  };
}

describe('requestKey', () => {
  it('is the same for the same content, whatever the order of members', () => {
    expect(requestKey(content({ settings: { seed: 1, temperature: 0 } }))).toBe(requestKey(content()));
  });

  it.each<[string, Partial<RequestContent>]>([
    ['teacher', { teacher: 'replay' }],
    ['model', { model: 'another' }],
    ['prompt', { promptText: 'Describe it!' }],
    ['image', { imageHash: sha256('other') }],
    ['recipe', { prepareRecipe: 'prepare-v2' }],
    ['settings', { settings: { temperature: 0.5, seed: 1 } }],
    ['response schema', { responseSchema: { type: 'object' } }],
    ['repeat', { repeat: 1 }],
  ])('changes with the %s', (_what, changes) => {
    expect(requestKey(content(changes))).not.toBe(requestKey(content()));
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth, keeps arrays in order and leaves undefined out', () => {
    expect(canonicalJson({ b: [3, { z: 1, a: undefined }], a: null })).toBe('{"a":null,"b":[3,{"z":1}]}');
  });
});

describe('hashHex', () => {
  it('drops the name of the algorithm', () => {
    expect(hashHex(sha256(''))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('runIdOf', () => {
  it('names the same plan the same way and another seed another', () => {
    const dataset = { reader: 'csv', path: '/data', csv: null, columns: null, scale: null, name: null };
    const plan = {
      dataset,
      recordings: null,
      aspects: null,
      teacher: 'gemini',
      model: 'm',
      promptForm: 'blind' as const,
      limit: null,
      seed: 0,
      splitBy: 'image-prompt' as const,
      strict: false,
    };
    expect(runIdOf({ ...plan })).toBe(runIdOf(plan));
    expect(runIdOf({ ...plan, seed: 1 })).not.toBe(runIdOf(plan));
  });
});
