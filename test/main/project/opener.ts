/** The child process of open-elsewhere.ts. */
import { closeProjectFile, openProjectFile } from '../../../main/project/project-file.ts';

process.on('message', (path: string) => {
  const opened = openProjectFile(path);
  if (!opened.ok) return process.send!(opened);
  const { readOnly } = opened.value;
  closeProjectFile(opened.value);
  process.send!({ ok: true, value: { readOnly: readOnly?.code ?? null }, warnings: [] });
});
