import { type CommandId, commandList } from './commands.ts';
import { type FocusPlace, isOurs, type KeyPress, matches } from './keys.ts';

/** The command that a key runs in the project window; null: the key is not the window's. */
export function findCommand(press: KeyPress, focus: FocusPlace): CommandId | null {
  const found = commandList.find(([, { keys, ofTexts = false }]) =>
    keys.some((chord) => matches(chord, press) && isOurs(chord, ofTexts, focus)),
  );
  return found?.[0] ?? null;
}
