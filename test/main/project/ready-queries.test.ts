/** The queries in docs/projects.md work as written. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newestVersion } from '../../../main/project/migrations.ts';
import { useFolder, withDatabase } from './project-folder.ts';

const folder = useFolder();
const root = join(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'projects.md'), 'utf8');
const queries = [...page.matchAll(/([^\n]+):\n\n```sql\n([^`]+)```/g)].map(([, about, sql]) => ({
  about: about!,
  sql: sql!,
}));

it('the page has queries', () => expect(queries.length).toBeGreaterThan(4));

it.each(queries)('$about', ({ about, sql }) => {
  const path = folder.path('a.ohlol');
  copyFileSync(join(root, 'test', 'fixtures', 'projects', `v${newestVersion}.ohlol`), path);
  withDatabase(path, (database) => {
    // Gives each query something to find.
    database.exec('UPDATE run SET parent = 1, parent_epoch = 20 WHERE id = 2');
    const rows = database.prepare(sql).all();
    expect(rows.length).toBeGreaterThan(0);
    // A wrong JSON path would give null in every row.
    const mayBeEmpty = ['validation_loss', 'first_right_epoch', 'last_loss', 'best_loss', 'branch_change'];
    for (const name of Object.keys(rows[0]!)) {
      if (!mayBeEmpty.includes(name))
        expect(
          rows.some((row) => row[name] !== null),
          `${about}: ${name}`,
        ).toBe(true);
    }
  });
});
