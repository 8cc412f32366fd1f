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

/** What is true of the lab whatever project is open: connection, engine, preferences, what the start screen lists. */
export class LabState {
  readonly api: LabApi;
  /** A page that has just come is not there yet, which is no loss. */
  connection = $state<'coming' | 'there' | 'lost'>('coming');
  /** It does not answer; waiting may help. */
  silent = $state(false);
  description = $state.raw<LabDescription | null>(null);
  engine = $state.raw<EngineStatus>({ status: 'starting' });
  preferences = $state.raw<Preferences>({ language: null, theme: null, threads: null });
  /** null: not asked yet. */
  templates = $state.raw<TemplateSummary[] | null>(null);
  recent = $state.raw<RecentProject[] | null>(null);
  /** The engine that was there has died; another starts. */
  onEngineDeath: (problem: Problem) => void = () => {};
  /** The system's language, for preferences.language null. */
  readonly systemLanguage: Language;

  /** Shown now. */
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

  /** Ends one that does not answer; another follows, to which the window connects anew. */
  end(): void {
    // The call goes with the connection.
    this.api.endLab().catch(() => {});
  }

  /** Pulls everything anew; called at each connection. */
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

  /** Shown at once, stored by main. */
  async setPreferences(patch: Partial<Preferences>): Promise<void> {
    this.#take({ ...this.preferences, ...patch });
    try {
      this.#take(await this.api.setPreferences(patch));
    } catch (error) {
      // It holds in this window; the next may not know of it.
      showProblem(() => t('shell_preferences_not_kept', { reason: messageOf(error) }), null, 'lab');
    }
  }

  #take(preferences: Preferences): void {
    this.preferences = preferences;
    setLocale(this.language);
  }
}
