import { type Draft, emptyDraft } from '../../../../engine/data/draft.ts';
import { applyEdit } from '../../../../engine/data/draft-edits.ts';
import type { Result } from '../../../../engine/errors.ts';
import type { ImportChoices } from '../../../../engine/formats/importing/choices.ts';
import { importEdit } from '../../../../engine/formats/importing/import-edit.ts';
import { type ImportPlan, planImport } from '../../../../engine/formats/importing/plan.ts';
import { previewImport } from '../../../../engine/formats/importing/preview.ts';

export function plan(
  name: string,
  file: string | Uint8Array,
  choices: ImportChoices = {},
): Result<ImportPlan> {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const work = planImport({ name, bytes }, choices);
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}

export function planned(name: string, file: string | Uint8Array, choices: ImportChoices = {}): ImportPlan {
  const made = plan(name, file, choices);
  if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join('; '));
  return made.value;
}

export const preview = (
  name: string,
  file: string | Uint8Array,
  choices: ImportChoices = {},
  draft = emptyDraft(),
) => previewImport(draft, planned(name, file, choices));

/** The draft after the import. */
export function imported(draft: Draft, made: ImportPlan): Draft {
  const edit = importEdit(draft, made);
  if (!edit.ok) throw new Error(edit.problems[0]!.message);
  return applyEdit(draft, edit.value).draft;
}

/** Each row as input→target:split. */
export const rowsOf = (made: ImportPlan): string[] =>
  made.content.kind === 'text'
    ? [made.content.text]
    : made.content.rows.map(({ input, target, split }) => `${input}→${target}:${split}`);
