/** The one place where paths named by a window are checked, for every host. */

import { type Stats, statSync } from 'node:fs';
import { failure, type Problem, problem, type Result } from '../../../engine/errors.ts';
import { findExporter } from '../../../engine/formats/exports.ts';
import { importEndings, weightsEndings } from '../../../engine/formats/importing/endings.ts';
import type { FileSource, LabApi, ProjectView } from '../../api.ts';
import type { PathGrants } from './path-grants.ts';

const projectEnding = '.ohlol';

/**
 * Wraps the calls that name paths: a call whose path the window was not given is refused, and paths that a call returns
 * are granted.
 */
export function guardPaths(api: LabApi, grants: PathGrants): LabApi {
  const refusing = async <T>(why: Problem | null, call: () => Promise<Result<T>>): Promise<Result<T>> =>
    why ? failure(why) : call();
  /** Grants the project's folder, where exports are offered. */
  const showing = async (opened: Promise<Result<ProjectView>>): Promise<Result<ProjectView>> => {
    const result = await opened;
    if (result.ok) grants.allowProject(result.value);
    return result;
  };
  const whyNoSource = (source: FileSource, endings = weightsEndings) =>
    source.kind === 'path' ? (grants.whyNotRead(source.path, endings) ?? whyNotOrdinary(source.path)) : null;

  const guarded: Omit<LabApi, PathlessCall> = {
    async listFolder(path) {
      const why = path === null ? null : grants.whyNotListed(path);
      if (why) return failure(why);
      const listing = await api.listFolder(path);
      if (listing.ok) grants.allowListing(listing.value);
      return listing;
    },
    async showFileDialog(request) {
      const isKnown = request.folder !== null && grants.whyNotListed(request.folder) === null;
      const path = await api.showFileDialog({ ...request, folder: isKnown ? request.folder : null });
      if (path !== null && request.kind === 'open') grants.allowToRead(path);
      if (path !== null && request.kind === 'save') grants.allowToWrite(path);
      return path;
    },
    openProject: ({ path }) =>
      showing(refusing(grants.whyNotRead(path, [projectEnding]), () => api.openProject({ path }))),
    createProject(request) {
      const why = request.path === null ? null : grants.whyNotWritten(request.path, projectEnding);
      return showing(refusing(why, () => api.createProject(request)));
    },
    duplicateProject: () => showing(api.duplicateProject()),
    takeOverProject: () => showing(api.takeOverProject()),
    async getProject() {
      const view = await api.getProject();
      if (view) grants.allowProject(view);
      return view;
    },
    saveCopy: (request) =>
      refusing(grants.whyNotWritten(request.path, projectEnding), () => api.saveCopy(request)),
    writeExport: (request) =>
      refusing(
        grants.whyNotWritten(request.path, lastEnding(findExporter(request.format).ending)),
        async () => {
          const written = await api.writeExport(request);
          // The window may read back what it has written.
          if (written.ok) grants.allowToRead(written.value.path);
          return written;
        },
      ),
    readFile: (source) => refusing(whyNoSource(source), () => api.readFile(source)),
    importWeights: (source) => refusing(whyNoSource(source), () => api.importWeights(source)),
    openImport: (source) => refusing(whyNoSource(source, importEndings), () => api.openImport(source)),
  };
  return { ...api, ...guarded };
}

/**
 * The last part of an ending: `.json` of `.weights.json`. `extname('.csv')` is empty, because it takes `.csv` for a
 * name.
 */
const lastEnding = (ending: string) => ending.slice(ending.lastIndexOf('.'));

/** Refuses what is not an ordinary file: reading a pipe would block, and reading a device may never end. */
function whyNotOrdinary(path: string): Problem | null {
  const found = lookAt(path);
  if (!found || found.isFile()) return null;
  const what = found.isDirectory() ? 'a folder' : 'a pipe or a device';
  return problem('file-not-ordinary', '', `${path}: it is ${what}; an ordinary file is needed`, { path });
}

/** null if the path cannot be examined; whoever reads or writes it reports why. */
function lookAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Calls that name no path. A new call must be guarded above or listed here. */
type PathlessCall =
  | 'describe'
  | 'endLab'
  | 'getPreferences'
  | 'setPreferences'
  | 'listTemplates'
  | 'listRecent'
  | 'describeClosing'
  | 'closeProject'
  | 'edit'
  | 'undo'
  | 'redo'
  | 'changeRun'
  | 'planRun'
  | 'newRun'
  | 'controlRun'
  | 'getRun'
  | 'getShapes'
  | 'getEpochs'
  | 'listCheckpoints'
  | 'listChanges'
  | 'lookAt'
  | 'askRun'
  | 'askRunOver'
  | 'cancelAskOver'
  | 'explainBatch'
  | 'cancelLook'
  | 'getCurves'
  | 'getStanding'
  | 'branchRun'
  | 'createKin'
  | 'previewExport'
  | 'previewImport'
  | 'applyImport'
  | 'cancelImport';
