import { describe, expect, it } from 'vitest';
import { TypedText } from '../../../renderer/components/typed-text.svelte.ts';

/** A field whose value changes. */
function field(value: string) {
  const typed = new TypedText();
  return {
    typed,
    shown: () => typed.shown(value),
    arrives(next: string) {
      value = next;
      typed.follow(value);
    },
    leave: () => typed.leave(value),
  };
}

describe('what is being typed', () => {
  it('is kept whatever value comes meanwhile, and is what is committed', () => {
    const { typed, shown, arrives, leave } = field('');
    typed.type('/tmp/mi');
    arrives('/home/a.json');
    expect(shown()).toBe('/tmp/mi');
    typed.type('/tmp/mine');
    arrives('/home/b.json');
    expect(leave()).toBe('/tmp/mine');
    // Enter reports the end of typing, and so does the blur after it.
    expect(leave()).toBeNull();
    arrives('/tmp/mine (1)');
    expect(shown()).toBe('/tmp/mine (1)');
  });

  it('stands after it was refused, until the value is another or it is given up', () => {
    const { typed, shown, arrives, leave } = field('0.9, 0.999');
    typed.type('0.9; 2');
    expect(leave()).toBe('0.9; 2');
    arrives('0.9, 0.999');
    expect(shown()).toBe('0.9; 2');
    typed.type('0.9; 0.9');
    arrives('0.8, 0.99');
    expect(shown()).toBe('0.9; 0.9');
    leave();
    arrives('0.9, 0.999');
    expect(shown()).toBe('0.9, 0.999');
    arrives('0.8, 0.99');
    expect(shown()).toBe('0.8, 0.99');
    typed.type('x');
    typed.forget();
    expect([shown(), leave()]).toEqual(['0.8, 0.99', null]);
  });

  it('is nothing where a field was only looked at, or has its value again', () => {
    const { typed, shown, arrives, leave } = field('two\nlines');
    expect(leave()).toBeNull();
    arrives('other');
    expect(shown()).toBe('other');
    typed.type('other');
    expect(leave()).toBeNull();
  });
});
