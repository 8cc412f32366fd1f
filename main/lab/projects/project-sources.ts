/** Reads the draft with which a new project starts. */
import { basename } from 'node:path';
import { type Draft, newDraft } from '../../../engine/data/draft.ts';
import { experimentToDraft } from '../../../engine/data/draft-experiment.ts';
import { failure, problem, type Result, success } from '../../../engine/errors.ts';
import { findTemplate, templateNames } from '../../../engine/templates/templates.ts';
import type { ProjectSource } from '../../api.ts';
import type { Reader } from '../../reader/reader.ts';

/**
 * The draft of a template, of an experiment document, or an empty one. Fails if there is no such template, or the
 * document cannot be read.
 */
export async function draftOf(source: ProjectSource, reader: Reader): Promise<Result<Draft>> {
  switch (source.kind) {
    case 'empty':
      return success(newDraft());
    case 'template': {
      const experiment = findTemplate(source.name);
      if (experiment) return success(experimentToDraft(experiment));
      const message = `there is no template ${source.name}; there are ${templateNames.join(', ')}`;
      return failure(problem('template-missing', '', message, { name: source.name }));
    }
    case 'experiment':
      return reader.read({ kind: 'draft', source: { ...source, kind: 'contents' } });
  }
}

/** The name of the new project's file, without its ending. */
export function nameOf(source: ProjectSource, draft: Draft): string {
  switch (source.kind) {
    case 'empty':
      return draft.name.toLowerCase();
    case 'template':
      return source.name;
    case 'experiment':
      return basename(source.fileName).replace(/(\.experiment)?\.json$/i, '');
  }
}
