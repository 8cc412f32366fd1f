import application from '../package.json' with { type: 'json' };

/** This app's version, as its package.json says: of the engine, the lab, the command line and the window alike. */
export const version: string = application.version;
