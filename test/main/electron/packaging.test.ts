/**
 * What packaging and a fresh clone start from, before anything is built: the icons, the lock file, the line
 * ends.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawIcon, iconFiles } from '../../../icons.config.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');

describe('the icons', () => {
  it.each(iconFiles.map(({ path, size }) => [relative(root, path), size] as const))(
    '%s is the drawing at %i pixels',
    async (path, size) => {
      const committed = sharp(join(root, path));
      expect(await committed.metadata()).toMatchObject({ format: 'png', width: size, height: size });
      const [kept, drawn] = await Promise.all([
        committed.ensureAlpha().raw().toBuffer(),
        sharp(await drawIcon(size))
          .ensureAlpha()
          .raw()
          .toBuffer(),
      ]);
      expect(drawn.length).toBe(kept.length);
      // Other processors may round the edges of curves slightly differently.
      let far = 0;
      for (let at = 0; at < kept.length; at++) if (Math.abs(kept[at]! - drawn[at]!) > 4) far += 1;
      expect(far).toBe(0);
    },
  );
});

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };

  it('says of every package what its bytes must be', () => {
    const without = Object.keys(packages).filter((path) => path !== '' && !packages[path]!.integrity);
    expect(without).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(root, '.git')))('the line ends', () => {
  /** The index, work tree and attributes of each file, as git reports them. */
  const files = execFileSync('git', ['ls-files', '--eol'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, index, attributes, path] = /^i\/(\S*)\s+w\/\S*\s+attr\/(.*?)\s*\t(.*)$/.exec(line)!;
      return { index: index!, attributes: attributes!.trim(), path: path! };
    });

  it('are LF on every system, whatever its git is set to', () => {
    const texts = files.filter(({ index, attributes }) => index === 'lf' && attributes !== '-text');
    expect(texts.length).toBeGreaterThan(400);
    expect(texts.filter(({ attributes }) => !attributes.includes('eol=lf'))).toEqual([]);
    const broken = files.filter(
      ({ index, attributes }) => ['crlf', 'mixed'].includes(index) && attributes !== '-text',
    );
    expect(broken).toEqual([]);
  });

  it('are left alone in what is no text', () => {
    const binary = files.filter(({ index }) => index === '-text');
    expect(binary.length).toBeGreaterThan(3);
    expect(binary.filter(({ attributes }) => attributes !== '-text')).toEqual([]);
  });
});
