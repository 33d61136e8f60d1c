import { describeMembers, headName } from '@retort/report';
import { describe, expect, it } from 'vitest';

describe('headName', () => {
  it.each([
    ['scorer', 'Scorer', 'scorer'],
    ['xlstm', 'xLSTM head', 'network'],
    ['gru-legacy', 'GRU head, legacy', 'legacy'],
    ['kernel-ridge', 'Kernel ridge', 'floor'],
    ['retnet', 'retnet head', 'network'],
    ['retnet-legacy', 'retnet-legacy head', 'network'],
    ['constructor', 'constructor head', 'network'],
  ])('calls %s %s, a %s', (name, title, kind) => {
    expect(headName(name)).toMatchObject({ title, kind });
  });
});

describe('describeMembers', () => {
  it.each([
    ['average of 5 xLSTM networks and kernel ridge', ['xlstm', 'kernel-ridge'], 5],
    ['average of the xLSTM head and kernel ridge', ['xlstm', 'kernel-ridge'], 1],
    ['average of 3 xLSTM networks, 3 GRU networks and ridge', ['xlstm', 'gru', 'ridge'], 3],
    ['average of 5 xLSTM networks', ['xlstm'], 5],
    ['the xLSTM head', ['xlstm'], 1],
    ['kernel ridge', ['kernel-ridge'], 5],
  ])('says %s', (phrase, members, networks) => {
    expect(describeMembers(members, networks)).toBe(phrase);
  });
});
