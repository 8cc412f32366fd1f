/** The engine process as its host sees it. Messages are plain data, including typed arrays. */
export interface EngineChild {
  readonly pid: number | undefined;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process is gone. signal: the signal that killed it, if one did. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  kill(): void;
}
