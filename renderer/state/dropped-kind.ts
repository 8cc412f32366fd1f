import { importEndings } from '../../engine/formats/importing/endings.ts';

/** What a dropped file is, judged by its name; null: nothing that the lab opens. */
export type DroppedKind = 'project' | 'document' | 'data' | null;

export function droppedKind(fileName: string): DroppedKind {
  const ending = /\.([^.]+)$/.exec(fileName.toLowerCase())?.[1];
  if (ending === 'ohlol') return 'project';
  if (ending === 'json') return 'document';
  if (ending !== undefined && importEndings.includes(`.${ending}`)) return 'data';
  return null;
}
