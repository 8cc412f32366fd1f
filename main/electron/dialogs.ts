/** The system's own file dialogs. */

import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type BrowserWindow, dialog, type FileFilter } from 'electron';
import { importEndings } from '../../engine/formats/importing/endings.ts';
import type { Language } from '../../engine/formats/languages.ts';
import type { FileDialogRequest } from '../api.ts';
import { type HostText, hostText } from './text.ts';

/** The chosen path; null where it was cancelled. The dialog itself asks before an existing file is chosen to save. */
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
      // One also starts from an experiment; what it becomes is a project.
      return kind === 'open'
        ? [{ name: text.projectsAndExperiments, extensions: ['ohlol', 'json'] }, everything]
        : [{ name: text.project, extensions: ['ohlol'] }];
    case 'weights':
      return [{ name: text.weights, extensions: ['json'] }, everything];
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

/** Not every system's dialog adds the ending. None is added where that would name a file one was not asked about. */
function withEnding(path: string, ending: string): string {
  if (ending === '*' || extname(path) !== '' || existsSync(`${path}.${ending}`)) return path;
  return `${path}.${ending}`;
}
