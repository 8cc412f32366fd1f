import type { Problem } from '../../../engine/errors.ts';
import type { ProjectAccess } from '../../../main/api.ts';
import type { LabState } from '../../state/lab.svelte.ts';
import type { TextKey } from '../../text/text.svelte.ts';

/**
 * The text about the file in the status bar and in the window's title. "Saved" means that main has
 * committed it.
 */
export function savedText(access: ProjectAccess, saving: boolean): TextKey {
  switch (access.kind) {
    case 'write':
      return saving ? 'shell_saving' : 'shell_saved';
    case 'read-only':
      return 'shell_access_read_only';
    case 'adrift':
      return 'shell_access_adrift';
    case 'stuck':
      return 'shell_access_stuck';
  }
}

/**
 * The text about the connection, without which nothing is known of the file; null while there is a
 * connection.
 */
export function connectionText(connection: LabState['connection']): TextKey | null {
  switch (connection) {
    case 'coming':
      return 'shell_connecting';
    case 'there':
      return null;
    case 'lost':
      return 'shell_connection_lost';
  }
}

export function isWhyReadOnly(access: ProjectAccess, { code }: Problem): boolean {
  return access.kind === 'read-only' && access.problem.code === code;
}
