/**
 * Everything that can be done by name in the project window: the one list that keys, menus, hints and the
 * list of shortcuts read. The desktop app's menu sends the names of its items.
 */
import type { LabCommand } from '../../main/api.ts';
import type { IconName } from '../components/icons.ts';
import { type ScreenName, screenNames } from '../state/shell.svelte.ts';
import type { TextKey } from '../text/text.svelte.ts';
import type { ShellActions } from './actions.ts';
import { type Chord, chordText } from './keys.ts';

export interface Command {
  label: TextKey;
  /** Drawn beside the label in menus. */
  icon?: IconName;
  /** Each of these keys runs the command; the first one is shown. */
  keys: readonly Chord[];
  /** A text field has its own version of the command, which takes precedence while the user types. */
  ofTexts?: true;
  /** Holding the key down repeats the command. */
  repeats?: true;
  /** Whether the command can run now; otherwise the key is left to the browser. */
  when?(actions: ShellActions): boolean;
  /** `isHeld`: the call repeats a key that is held down. */
  run(actions: ShellActions, isHeld?: boolean): void;
}

/** One command per screen; its key is the screen's position in the rail. */
const screenCommands = Object.fromEntries(
  screenNames.map((name, i): [string, Command] => [
    `screen-${name}`,
    { label: `shell_screen_${name}`, keys: [{ key: String(i + 1) }], run: (actions) => actions.goTo(name) },
  ]),
) as Record<`screen-${ScreenName}`, Command>;

/** In the order of the list of shortcuts. */
export const commands = {
  ...screenCommands,
  'run-pause': { label: 'shell_command_run', keys: [{ key: ' ' }], run: ({ runPause }) => runPause() },
  'step-epoch': {
    label: 'shell_step_epoch',
    keys: [{ key: 'ArrowRight' }],
    repeats: true,
    run: ({ stepEpoch }, isHeld) => stepEpoch(isHeld),
  },
  'step-batch': {
    label: 'shell_step_batch',
    keys: [{ key: 'ArrowRight', shift: true }],
    repeats: true,
    run: ({ stepBatch }, isHeld) => stepBatch(isHeld),
  },
  reset: { label: 'shell_command_reset', keys: [{ key: 'r' }], run: ({ reset }) => reset() },
  'look-before': {
    label: 'shell_command_look_before',
    keys: [{ key: ',' }],
    repeats: true,
    when: ({ canLookBack }) => canLookBack(),
    run: ({ lookOn }) => lookOn(-1),
  },
  'look-after': {
    label: 'shell_command_look_after',
    keys: [{ key: '.' }],
    repeats: true,
    when: ({ isLookingBack }) => isLookingBack(),
    run: ({ lookOn }) => lookOn(1),
  },
  'look-now': {
    label: 'shell_command_look_now',
    keys: [{ key: 'Escape' }],
    when: ({ isLookingBack }) => isLookingBack(),
    run: ({ lookAtNow }) => lookAtNow(),
  },
  undo: {
    label: 'shell_undo',
    icon: 'undo',
    keys: [{ key: 'z', command: true }],
    ofTexts: true,
    run: ({ undo }) => undo(),
  },
  redo: {
    label: 'shell_command_redo',
    icon: 'redo',
    keys: [
      { key: 'z', command: true, shift: true },
      { key: 'y', command: true },
    ],
    ofTexts: true,
    run: ({ redo }) => redo(),
  },
  find: {
    label: 'shell_command_find',
    keys: [{ key: 'f', command: true }],
    when: ({ canFind }) => canFind(),
    run: ({ find }) => find('find'),
  },
  replace: {
    label: 'shell_command_replace',
    keys: [{ key: 'h', command: true }],
    when: ({ canFind }) => canFind(),
    run: ({ find }) => find('replace'),
  },
  'find-next': {
    label: 'shell_command_find_next',
    keys: [{ key: 'F3' }],
    repeats: true,
    when: ({ canFind }) => canFind(),
    run: ({ find }) => find('next'),
  },
  'find-previous': {
    label: 'shell_command_find_previous',
    keys: [{ key: 'F3', shift: true }],
    repeats: true,
    when: ({ canFind }) => canFind(),
    run: ({ find }) => find('previous'),
  },
  new: {
    label: 'shell_menu_new',
    icon: 'plus',
    keys: [{ key: 'n', command: true }],
    run: ({ newProject }) => newProject(),
  },
  open: {
    label: 'shell_menu_open',
    icon: 'folder-open',
    keys: [{ key: 'o', command: true }],
    run: ({ openProject }) => openProject(),
  },
  rename: { label: 'shell_menu_rename', icon: 'pencil', keys: [], run: ({ rename }) => rename() },
  'save-copy': {
    label: 'shell_menu_save_copy',
    icon: 'download',
    keys: [{ key: 's', command: true }],
    run: ({ saveCopy }) => saveCopy(),
  },
  duplicate: {
    label: 'shell_menu_duplicate',
    icon: 'duplicate',
    keys: [],
    run: ({ duplicate }) => duplicate(),
  },
  export: {
    label: 'shell_command_export',
    icon: 'export',
    keys: [{ key: 'e', command: true }],
    run: (actions) => actions.goTo('export'),
  },
  close: { label: 'shell_menu_close', icon: 'home', keys: [], run: ({ closeProject }) => closeProject() },
  shortcuts: {
    label: 'shell_shortcuts',
    icon: 'help',
    keys: [{ key: '/' }, { key: '?' }],
    run: ({ showShortcuts }) => showShortcuts(),
  },
  about: { label: 'shell_about', keys: [], run: ({ showAbout }) => showAbout() },
} satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;

/** The commands with their names, in order. */
export const commandList = Object.entries(commands) as [CommandId, Command][];

/** The command's first key, written as on this platform; undefined where the command has none. */
export function shortcutOf(id: CommandId, platform: string): string | undefined {
  const [first]: readonly Chord[] = commands[id].keys;
  return first && chordText(first, platform);
}

/** Runs a menu item of the desktop app, or opens a file that was opened from outside. */
export function runLabCommand(command: LabCommand, actions: ShellActions): void {
  if (command.kind === 'open-path') actions.openPath(command.path);
  else commands[command.kind].run(actions);
}
