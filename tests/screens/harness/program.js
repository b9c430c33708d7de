/** Programs whose output can be waited for. */
import { spawn } from 'node:child_process';

/** As long as the other tests wait (tests/support/patience.rs). */
export const PATIENCE_MS = 120_000;

const running = new Set();

export class Program {
  output = '';
  over = false;
  #waiting = [];

  constructor(name, command, args, options = {}) {
    this.name = name;
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    running.add(this);
    const heard = (data) => {
      // what is waited for stands at the end; a server that runs for long says much
      this.output = (this.output + data).slice(-2_000_000);
      this.#waiting = this.#waiting.filter((look) => !look());
    };
    this.child.stdout.on('data', heard);
    this.child.stderr.on('data', heard);
    this.child.on('error', (error) => heard(`\n${error}\n`));
    this.ended = new Promise((done) => {
      this.child.on('close', (code) => {
        running.delete(this);
        this.over = true;
        heard('');
        done(code);
      });
    });
  }

  /** Until the output matches. */
  shows(pattern, patience = PATIENCE_MS) {
    return new Promise((done, fail) => {
      const why = (text) => fail(new Error(`${this.name} ${text} ${pattern}\n${this.output.slice(-3000)}`));
      const late = setTimeout(() => why('does not show in time:'), patience);
      const look = () => {
        const found = pattern.exec(this.output);
        if (!found && !this.over) return false;
        clearTimeout(late);
        if (found) done(found);
        else why('ended before it showed');
        return true;
      };
      if (!look()) this.#waiting.push(look);
    });
  }

  async end(signal = 'SIGTERM') {
    if (!this.over) this.child.kill(signal);
    const hard = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.ended;
    clearTimeout(hard);
  }
}

process.on('exit', () => {
  for (const one of running) one.child.kill('SIGKILL');
});
