import type { Problem } from '../../engine/errors.ts';
import type { Language } from '../../engine/formats/languages.ts';
import type {
  EngineStatus,
  LabApi,
  LabDescription,
  Preferences,
  RecentProject,
  TemplateSummary,
} from '../../main/api.ts';
import type { LabConnection } from '../lab.ts';
import { problemText, setLocale, t } from '../text/text.svelte.ts';
import { messageOf } from './report.ts';
import { showProblem } from './toasts.svelte.ts';

/**
 * What holds for the lab whatever project is open: connection, engine, preferences, and the start screen's
 * lists.
 */
export class LabState {
  readonly api: LabApi;
  /** 'coming': the page has just loaded and has not connected yet; nothing was lost. */
  connection = $state<'coming' | 'there' | 'lost'>('coming');
  /** The lab does not answer; waiting may help. */
  silent = $state(false);
  description = $state.raw<LabDescription | null>(null);
  engine = $state.raw<EngineStatus>({ status: 'starting' });
  preferences = $state.raw<Preferences>({ language: null, theme: null, threads: null });
  /** null: not asked yet. */
  templates = $state.raw<TemplateSummary[] | null>(null);
  recent = $state.raw<RecentProject[] | null>(null);
  /** Called when an engine that was ready has died; another one is starting. */
  onEngineDeath: (problem: Problem) => void = () => {};
  /** The language of the system, used where preferences.language is null. */
  readonly systemLanguage: Language;

  /** The language that the window shows. */
  get language(): Language {
    return this.preferences.language ?? this.systemLanguage;
  }

  constructor(connection: LabConnection, systemLanguage: Language) {
    this.api = connection.api;
    this.systemLanguage = systemLanguage;
    connection.handlers.defectFound = (problem) => showProblem(() => problemText(problem), null, 'lab');
    connection.handlers.labSilent = ({ isSilent }) => {
      this.silent = isSilent;
    };
    connection.handlers.engineChanged = (status) => {
      const before = this.engine;
      this.engine = status;
      if (status.status === 'starting' && status.after && before.status === 'ready') {
        this.onEngineDeath(status.after);
      }
    };
  }

  /** Ends a lab that does not answer. Another one starts, and the window connects to it. */
  end(): void {
    // This call fails with the connection that it ends.
    this.api.endLab().catch(() => {});
  }

  /** Fetches everything again; called at each connection. */
  async refresh(): Promise<void> {
    this.silent = false;
    const [description, preferences] = await Promise.all([this.api.describe(), this.api.getPreferences()]);
    this.description = description;
    this.engine = description.engine;
    this.#take(preferences);
  }

  async refreshStart(): Promise<void> {
    const [templates, recent] = await Promise.all([this.api.listTemplates(), this.api.listRecent()]);
    this.templates = templates;
    this.recent = recent;
  }

  /** Shows the change at once; main stores it. */
  async setPreferences(patch: Partial<Preferences>): Promise<void> {
    this.#take({ ...this.preferences, ...patch });
    try {
      this.#take(await this.api.setPreferences(patch));
    } catch (error) {
      // The change holds in this window; the next window may not know of it.
      showProblem(() => t('shell_preferences_not_kept', { reason: messageOf(error) }), null, 'lab');
    }
  }

  #take(preferences: Preferences): void {
    this.preferences = preferences;
    setLocale(this.language);
  }
}
