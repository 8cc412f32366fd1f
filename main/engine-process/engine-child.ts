/** The engine process as its host sees it. Messages are plain data, typed arrays included. */
export interface EngineChild {
  readonly pid: number | undefined;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, when the process is gone; signal where it was killed by one. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  kill(): void;
}
