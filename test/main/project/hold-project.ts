/** Makes a project, reports it, and keeps it open until the process is killed. */
import { emptyDraft } from '../../../engine/data/draft.ts';
import { createProjectFile } from '../../../main/project/project-file.ts';

const made = createProjectFile(process.argv[2]!, emptyDraft());
if (!made.ok) throw new Error(made.problems[0]!.message);
process.send!('open');
setInterval(() => {}, 1000);
