import application from '../package.json' with { type: 'json' };

/** This app's version from its package.json; the engine, the lab, the command line and the window share it. */
export const version: string = application.version;
