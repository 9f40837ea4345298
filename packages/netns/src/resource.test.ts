import { describe, expect, it } from 'vitest';
import { ResourceStack } from './resource.ts';

describe('a stack of undo steps', () => {
  it('runs them backwards when the work fails', () => {
    const ran: string[] = [];
    const work = () => {
      using undo = new ResourceStack();
      undo.defer(() => ran.push('first'));
      undo.use({ [Symbol.dispose]: () => void ran.push('second') });
      throw new Error('half-way');
    };
    expect(work).toThrow('half-way');
    expect(ran).toEqual(['second', 'first']);
  });

  it('forgets them when the work has succeeded', () => {
    const ran: string[] = [];
    {
      using undo = new ResourceStack();
      undo.defer(() => ran.push('first'));
      undo.commit();
      undo.defer(() => ran.push('after the commit'));
    }
    expect(ran).toEqual(['after the commit']);
  });

  it('runs all of them although some fail, and tells of each failure', () => {
    const ran: string[] = [];
    const undo = new ResourceStack();
    undo.defer(() => ran.push('first'));
    for (const text of ['a', 'b'])
      undo.defer(() => {
        throw new Error(text);
      });
    undo.defer(() => ran.push('last'));
    expect(() => undo[Symbol.dispose]()).toThrow(
      expect.objectContaining({ name: 'AggregateError', errors: [new Error('b'), new Error('a')] }),
    );
    expect(ran).toEqual(['last', 'first']);
    undo[Symbol.dispose](); // nothing is done twice
  });

  it('throws a single failure as it is', () => {
    const undo = new ResourceStack();
    undo.defer(() => {
      throw new Error('only one');
    });
    expect(() => undo[Symbol.dispose]()).toThrow('only one');
  });
});
