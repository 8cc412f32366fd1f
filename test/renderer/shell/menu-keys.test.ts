/**
 * The desktop app's menu is built in main, which cannot read the window's list of commands; this test
 * compares their keys.
 */
import { expect, it } from 'vitest';
import { menuTemplate } from '../../../main/electron/menu.ts';
import { type CommandId, commands } from '../../../renderer/commands/commands.ts';
import type { Chord } from '../../../renderer/commands/keys.ts';

/** A key as Electron writes it. */
const accelerator = ({ key, command, shift }: Chord) =>
  [command ? 'CmdOrCtrl' : [], shift ? 'Shift' : [], key.toUpperCase()].flat().join('+');

it('the desktop menu shows the keys that the window has for its commands', () => {
  const items = menuTemplate('en', 'linux', { command: () => {}, openWindow: () => {} })
    .flatMap(({ submenu }) => submenu as { id?: CommandId; accelerator?: string }[])
    .filter(({ id }) => id !== undefined);
  expect(items.length).toBeGreaterThan(5);
  for (const { id, accelerator: shown } of items) {
    const [first] = commands[id!].keys as readonly Chord[];
    expect([id, shown]).toEqual([id, first && accelerator(first)]);
  }
});
