/** The one place where the paths that a window names are checked, whichever host it is under. */

import { type Stats, statSync } from 'node:fs';
import { failure, type Problem, problem, type Result } from '../../../engine/errors.ts';
import { findExporter } from '../../../engine/formats/exports.ts';
import { importEndings } from '../../../engine/formats/importing/endings.ts';
import type { FileSource, LabApi, ProjectView } from '../../api.ts';
import type { PathGrants } from './path-grants.ts';

const projectEnding = '.ohlol';
const documentEndings = ['.json', '.safetensors'];

/** The same calls; one that names a path it was not given is refused, and what a call gives is noted. */
export function guardPaths(api: LabApi, grants: PathGrants): LabApi {
  const refusing = async <T>(why: Problem | null, call: () => Promise<Result<T>>): Promise<Result<T>> =>
    why ? failure(why) : call();
  /** Exports are offered beside the project that is shown. */
  const showing = async (opened: Promise<Result<ProjectView>>): Promise<Result<ProjectView>> => {
    const result = await opened;
    if (result.ok) grants.allowProject(result.value);
    return result;
  };
  const whyNoSource = (source: FileSource, endings = documentEndings) =>
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
          // To be read back.
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

/** `.json` of `.weights.json`, `.csv` of itself, which `extname` would take for a name without an ending. */
const lastEnding = (ending: string) => ending.slice(ending.lastIndexOf('.'));

/** A pipe would be waited for, a device read for ever. */
function whyNotOrdinary(path: string): Problem | null {
  const found = lookAt(path);
  if (!found || found.isFile()) return null;
  const what = found.isDirectory() ? 'a folder' : 'a pipe or a device';
  return problem('file-not-ordinary', '', `${path}: it is ${what}; an ordinary file is needed`, { path });
}

/** null where nothing can be found out of it; whoever reads or writes it says why. */
function lookAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** A call that is added is either guarded above or listed here. */
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
  | 'explainBatch'
  | 'cancelLook'
  | 'getCurves'
  | 'getStanding'
  | 'branchRun'
  | 'previewExport'
  | 'previewImport'
  | 'applyImport'
  | 'cancelImport';
