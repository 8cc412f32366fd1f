/** The file that a window is about to import: it is read again for each choice, and applied only as it was shown. */
import type { Draft, DraftEdit } from '../../../engine/data/draft.ts';
import { failure, type Problem, problem, type Result, success } from '../../../engine/errors.ts';
import type { ImportChoices } from '../../../engine/formats/importing/choices.ts';
import { countImported, importEdit } from '../../../engine/formats/importing/import-edit.ts';
import { unpackRows } from '../../../engine/formats/importing/packed-rows.ts';
import type { ImportPreview } from '../../../engine/formats/importing/preview.ts';
import type { EditLabel, FileSource } from '../../api.ts';
import type { Reader } from '../../reader/reader.ts';

export interface WindowImport {
  open(source: FileSource, draft: Draft): Promise<Result<ImportPreview>>;
  preview(choices: ImportChoices, draft: Draft): Promise<Result<ImportPreview>>;
  /** The edit for the draft as it is once the file has been read. Fails if the file's revision is not the given one. */
  take(
    request: { choices: ImportChoices; revision: string },
    draftNow: () => Draft,
  ): Promise<Result<{ edit: DraftEdit; label: EditLabel }>>;
  cancel(): void;
}

export function createWindowImport(reader: Reader, tell: (fraction: number) => void): WindowImport {
  let source: FileSource | null = null;
  let reading = new AbortController();

  /** Cancels the previous reading and returns the signal of a new one. */
  function begin(): AbortSignal {
    reading.abort();
    reading = new AbortController();
    return reading.signal;
  }

  async function preview(choices: ImportChoices, draft: Draft): Promise<Result<ImportPreview>> {
    if (source === null) return failure(noImport());
    return reader.read({ kind: 'import-preview', source, choices, draft }, begin(), tell);
  }

  function cancel(): void {
    reading.abort();
    source = null;
  }

  return {
    open(given, draft) {
      source = given;
      return preview({}, draft);
    },
    preview,
    async take({ choices, revision }, draftNow) {
      if (source === null) return failure(noImport());
      const read = await reader.read({ kind: 'import', source, choices }, begin(), tell);
      if (!read.ok) return read;
      const { fileName, content } = read.value;
      if (read.value.revision !== revision) return failure(changed(fileName));
      const taken =
        content.kind === 'text' ? content : { kind: content.kind, rows: unpackRows(content.rows) };
      const edit = importEdit(draftNow(), { choices: read.value.choices, content: taken });
      if (!edit.ok) return edit;
      cancel();
      return success({
        edit: edit.value,
        label: { key: 'edit_imported', values: { name: fileName, count: countImported(edit.value) } },
      });
    },
    cancel,
  };
}

function noImport(): Problem {
  return problem('no-import', '', 'this window has no file to import; open one first');
}

function changed(name: string): Problem {
  const message = `${name} was changed since it was shown, and nothing was taken of it; look at it again`;
  return problem('import-changed', '', message, { name });
}
