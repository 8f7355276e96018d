/** Something that takes a while, as the line shows it. */
export interface Task {
  /** Says how far it is. */
  tell(text: string): void;
  done(): void;
}

/** The part of a terminal's stream that the line needs. */
export interface TerminalStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string | Uint8Array, ...more: never[]): boolean;
}

/** What a line of progress is made with. */
export interface ProgressOptions {
  /** Where the line stands. */
  readonly stream: TerminalStream;
  /** What else writes to the same terminal. */
  readonly others?: readonly TerminalStream[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** How soon the line is back below what others wrote, in milliseconds: not between each two of many lines. */
const backMs = 100;
/** To the first column, and everything behind the cursor is gone (ECMA-48: CR, EL). */
const eraseLine = '\r\u001B[K';

/**
 * One line at the end of a terminal that says what takes so long, and is gone when that is done. Where there is no terminal, or one that
 * can't erase (`TERM=dumb`), or a build server keeps what is written (`CI`), there is none. While it stands, whoever else writes to the
 * terminal has it erased first; it comes back below.
 */
export class ProgressLine {
  readonly #stream: TerminalStream;
  readonly #all: readonly TerminalStream[];
  readonly #isOn: boolean;
  readonly #tasks = new Map<Task, string>();
  /** Takes the line away for good. */
  #leave: (() => void) | undefined;
  #write: (text: string) => void = () => {};
  #shown = '';
  /** Whether somebody else's line isn't at its end yet. */
  #isMidLine = false;

  constructor({ stream, others = [], environment = process.env }: ProgressOptions) {
    this.#stream = stream;
    this.#all = [stream, ...others];
    this.#isOn = Boolean(stream.isTTY) && environment.TERM !== 'dumb' && !environment.CI;
  }

  /** Shows one task more. Several at once stand side by side. */
  start(text: string): Task {
    const task: Task = {
      tell: (now) => {
        if (!this.#tasks.has(task)) return;
        this.#tasks.set(task, now);
        this.#draw();
      },
      done: () => {
        this.#tasks.delete(task);
        if (this.#tasks.size > 0) this.#draw();
        else this.#leave?.();
      },
    };
    this.#tasks.set(task, text);
    if (this.#isOn && !this.#leave) this.#enter();
    this.#draw();
    return task;
  }

  #enter(): void {
    const undo = this.#all.filter(({ isTTY }) => isTTY).map((stream) => this.#guard(stream));
    const timer = setInterval(() => this.#draw(), backMs).unref();
    const leave = () => {
      clearInterval(timer);
      process.off('exit', leave);
      this.#erase();
      for (const each of undo) each();
      this.#leave = undefined;
    };
    process.on('exit', leave);
    this.#leave = leave;
  }

  /** Others write to a clean line. Gives what ends that. */
  #guard(stream: TerminalStream): () => void {
    const own = Object.getOwnPropertyDescriptor(stream, 'write');
    const write = stream.write.bind(stream);
    if (stream === this.#stream) this.#write = write;
    stream.write = (text, ...more) => {
      this.#erase();
      this.#isMidLine = (typeof text === 'string' ? text.at(-1) : text.at(-1) === 10 && '\n') !== '\n';
      return write(text, ...more);
    };
    return () => {
      if (own) Object.defineProperty(stream, 'write', own);
      else Reflect.deleteProperty(stream, 'write');
    };
  }

  /** At once: what comes next may hold up the process. */
  #draw(): void {
    if (!this.#leave || this.#isMidLine) return;
    const width = (this.#stream.columns || 80) - 1;
    const whole = [...this.#tasks.values()].join(' · ');
    const text = whole.length > width ? `${whole.slice(0, width - 1)}…` : whole;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#write(`${eraseLine}${text}`);
  }

  #erase(): void {
    if (this.#shown === '') return;
    this.#shown = '';
    this.#write(eraseLine);
  }
}

/** The line of this process's terminal. What a program reads goes to standard output, so that the line is on the other. */
export const progress = new ProgressLine({ stream: process.stderr, others: [process.stdout] });

/** Does something that takes a while, and says so meanwhile. */
export async function during<T>(text: string, work: (task: Task) => Promise<T>): Promise<T> {
  const task = progress.start(text);
  try {
    return await work(task);
  } finally {
    task.done();
  }
}
