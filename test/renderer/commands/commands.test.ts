import { describe, expect, it } from 'vitest';
import type { ShellActions } from '../../../renderer/commands/actions.ts';
import { commandList, runLabCommand, shortcutOf } from '../../../renderer/commands/commands.ts';
import { findCommand } from '../../../renderer/commands/find-command.ts';
import { gridKeyLines, gridKeyOf, gridKeys } from '../../../renderer/commands/grid-keys.ts';
import {
  type Chord,
  chordText,
  type FocusPlace,
  focusPlace,
  type KeyPress,
} from '../../../renderer/commands/keys.ts';
import { screenNames } from '../../../renderer/state/shell.svelte.ts';

function press(keys: string): KeyPress {
  const parts = keys.split('+');
  const key = parts.at(-1)!;
  return {
    key: key === 'Space' ? ' ' : key,
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  };
}
const found = (keys: string, place: FocusPlace) => findCommand(press(keys), place);

describe('keys of the project window', () => {
  it.each([
    ['Space', 'run-pause', null, null, null],
    ['ArrowRight', 'step-epoch', null, null, null],
    ['Shift+ArrowRight', 'step-batch', null, null, null],
    ['r', 'reset', null, 'reset', null],
    ['R', 'reset', null, 'reset', null],
    ['3', 'screen-train', null, 'screen-train', null],
    ['9', null, null, null, null],
    ['/', 'shortcuts', null, 'shortcuts', null],
    ['?', 'shortcuts', null, 'shortcuts', null],
    ['Ctrl+z', 'undo', 'undo', 'undo', null],
    ['Ctrl+Shift+Z', 'redo', 'redo', 'redo', null],
    ['Meta+o', 'open', 'open', 'open', 'open'],
    ['Ctrl+e', 'export', 'export', 'export', 'export'],
    ['Ctrl+f', 'find', 'find', 'find', 'find'],
    ['Ctrl+h', 'replace', 'replace', 'replace', 'replace'],
    ['F3', 'find-next', 'find-next', 'find-next', 'find-next'],
    ['Shift+F3', 'find-previous', 'find-previous', 'find-previous', 'find-previous'],
    ['Ctrl+c', null, null, null, null],
    ['Alt+3', null, null, null, null],
  ])(
    '%s: elsewhere %s, in a grid %s, on a control %s, in a text %s',
    (keys, elsewhere, grid, control, text) => {
      const places = ['elsewhere', 'grid', 'control', 'text'] as const;
      expect(places.map((place) => found(keys, place))).toEqual([elsewhere, grid, control, text]);
    },
  );

  it('are held down for steps, for looking back and for what was found alone', () => {
    const repeating = commandList.filter(([, { repeats }]) => repeats).map(([id]) => id);
    expect(repeating).toEqual([
      ...['step-epoch', 'step-batch', 'look-before', 'look-after'],
      ...['find-next', 'find-previous'],
    ]);
  });

  it('give each screen its place in the rail, and each key one command', () => {
    const digits = screenNames.map((name, i) => [`screen-${name}`, [{ key: String(i + 1) }]]);
    expect(
      commandList.filter(([id]) => id.startsWith('screen-')).map(([id, { keys }]) => [id, keys]),
    ).toEqual(digits);
    const all = commandList.flatMap(([, { keys }]) => keys.map((chord) => chordText(chord, 'linux')));
    expect(new Set(all).size).toBe(all.length);
  });

  it.each([
    ['undo', 'Ctrl Z', '⌘Z'],
    ['redo', 'Ctrl ⇧ Z', '⇧⌘Z'],
    ['step-batch', '⇧ →', '⇧ →'],
    ['run-pause', 'Space', 'Space'],
    ['rename', undefined, undefined],
  ] as const)('%s is written %s, on a Mac %s', (id, linux, mac) => {
    expect([shortcutOf(id, 'linux'), shortcutOf(id, 'darwin')]).toEqual([linux, mac]);
  });
});

describe('where the focus is', () => {
  const element = (tagName: string, inside: string[], type?: string) => ({
    tagName,
    type,
    closest: (selector: string) => inside.some((name) => selector.split(', ').includes(name)) || null,
  });
  it('is in a text, in a grid, on a control, or nowhere that matters', () => {
    expect(focusPlace(null, false)).toBe('elsewhere');
    expect(focusPlace(element('INPUT', ['input'], 'text'), true)).toBe('text');
    expect(focusPlace(element('INPUT', ['input'], 'radio'), true)).toBe('control');
    expect(focusPlace(element('DIV', ['[role=grid]']), true)).toBe('grid');
    expect(focusPlace(element('BUTTON', ['button', '[role=dialog]']), true)).toBe('text');
  });
  it('is in a grid too where its field waits for a key, and in lists that letters find in', () => {
    const waiting = element('TEXTAREA', ['[data-grid-keys]']);
    expect([focusPlace(waiting, true), focusPlace(waiting, false)]).toEqual(['grid', 'grid']);
    expect(focusPlace(element('TEXTAREA', []), true)).toBe('text');
    for (const list of ['select', '[role=menu]', '[aria-haspopup=listbox]', '[aria-expanded=true]']) {
      expect(focusPlace(element('BUTTON', ['button', list]), true), list).toBe('grid');
    }
    expect(focusPlace(element('DIV', ['[role=listbox]']), true)).toBe('control');
    expect(focusPlace(element('DIV', ['[data-own-arrows]']), true)).toBe('control');
  });
  it('is on a button that the keyboard chose, not on one that the mouse left behind', () => {
    expect(focusPlace(element('BUTTON', ['button']), false)).toBe('control');
    expect(focusPlace(element('BUTTON', ['button']), true)).toBe('elsewhere');
  });
});

describe('commands', () => {
  /** Actions that note which of them was called. */
  function recorded() {
    const calls: unknown[] = [];
    const actions = new Proxy({} as ShellActions, {
      get: (_, name) => (argument?: unknown) => calls.push(argument === undefined ? name : [name, argument]),
    });
    return { calls, actions };
  }

  it('do one thing each, what they are named for', () => {
    const done = Object.fromEntries(
      commandList.map(([id, command]) => {
        const { calls, actions } = recorded();
        command.run(actions);
        expect(calls, id).toHaveLength(1);
        return [id, calls[0]];
      }),
    );
    expect(done).toMatchObject({
      ...Object.fromEntries(screenNames.map((name) => [`screen-${name}`, ['goTo', name]])),
      'run-pause': 'runPause',
      'step-epoch': 'stepEpoch',
      'step-batch': 'stepBatch',
      reset: 'reset',
      undo: 'undo',
      redo: 'redo',
      find: ['find', 'find'],
      replace: ['find', 'replace'],
      'find-next': ['find', 'next'],
      'find-previous': ['find', 'previous'],
      new: 'newProject',
      open: 'openProject',
      rename: 'rename',
      'save-copy': 'saveCopy',
      duplicate: 'duplicate',
      export: ['goTo', 'export'],
      close: 'closeProject',
      shortcuts: 'showShortcuts',
      about: 'showAbout',
    });
  });

  it('are the desktop menu’s too, which also opens files', () => {
    const { calls, actions } = recorded();
    runLabCommand({ kind: 'open-path', path: '/a.ohlol' }, actions);
    runLabCommand({ kind: 'about' }, actions);
    runLabCommand({ kind: 'close' }, actions);
    expect(calls).toEqual([['openPath', '/a.ohlol'], 'showAbout', 'closeProject']);
  });
});

describe('keys of the grid', () => {
  const all = Object.entries(gridKeys);

  it('are one thing each, and none of them is a key of the window\u2019s that is taken in a grid', () => {
    const own = all.filter(([, key]) => !('of' in key));
    const chords = own.flatMap(([, { keys }]) => keys.map((chord) => chordText(chord, 'linux')));
    expect(chords.filter((chord, i) => chords.indexOf(chord) !== i)).toEqual([]);
    for (const [id, { keys }] of own) {
      for (const { key, ...held } of keys as readonly Chord[]) {
        const { command = false, shift = false, alt = false } = held;
        const pressed = { key, ctrlKey: command, metaKey: false, shiftKey: shift, altKey: alt };
        expect(gridKeyOf(pressed), id).toBe(id);
        expect(findCommand(pressed, 'grid'), id).toBeNull();
      }
    }
  });

  it('are all in the list of shortcuts', () => {
    const lines = gridKeyLines();
    expect(lines.flatMap(({ keys }) => keys)).toHaveLength(all.length);
    expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
  });
});
