/** The system's own file dialogs. */

import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type BrowserWindow, dialog, type FileFilter } from 'electron';
import { importEndings, weightsEndings } from '../../engine/formats/importing/endings.ts';
import type { Language } from '../../engine/formats/languages.ts';
import type { FileDialogRequest } from '../api.ts';
import { type HostText, hostText } from './text.ts';

/**
 * Shows a dialog and returns the chosen path; null if the user cancelled. The dialog itself asks before replacing an
 * existing file.
 */
export async function showFileDialog(
  window: BrowserWindow,
  request: FileDialogRequest,
  projectsFolder: string,
  language: Language,
): Promise<string | null> {
  const folder = request.folder ?? projectsFolder;
  const options = {
    defaultPath: request.suggestedName === null ? folder : join(folder, request.suggestedName),
    filters: filtersOf(request, hostText(language)),
  };
  if (request.kind === 'open') {
    const answer = await dialog.showOpenDialog(window, { ...options, properties: ['openFile'] });
    return answer.canceled ? null : (answer.filePaths[0] ?? null);
  }
  const answer = await dialog.showSaveDialog(window, options);
  if (answer.canceled || answer.filePath === '') return null;
  return withEnding(answer.filePath, options.filters[0]?.extensions[0] ?? '*');
}

function filtersOf({ kind, purpose, suggestedName }: FileDialogRequest, text: HostText): FileFilter[] {
  const everything = { name: text.allFiles, extensions: ['*'] };
  switch (purpose) {
    case 'project':
      // Opening also takes an experiment, from which a project is made.
      return kind === 'open'
        ? [{ name: text.projectsAndExperiments, extensions: ['ohlol', 'json'] }, everything]
        : [{ name: text.project, extensions: ['ohlol'] }];
    case 'weights':
      return [
        { name: text.weights, extensions: weightsEndings.map((ending) => ending.slice(1)) },
        everything,
      ];
    case 'import':
      return [
        { name: text.rowsAndTexts, extensions: importEndings.map((ending) => ending.slice(1)) },
        everything,
      ];
    case 'export': {
      const ending = extname(suggestedName ?? '').slice(1);
      return ending === ''
        ? [everything]
        : [{ name: ending.toUpperCase(), extensions: [ending] }, everything];
    }
  }
}

/**
 * Adds the ending, because not every system's dialog does; but not if that would name an existing file that the dialog
 * did not ask about.
 */
function withEnding(path: string, ending: string): string {
  if (ending === '*' || extname(path) !== '' || existsSync(`${path}.${ending}`)) return path;
  return `${path}.${ending}`;
}
