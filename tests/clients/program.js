// Programs whose output can be waited for, a browser, and checks with a name.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');

// as long as the other tests wait (tests/support/patience.rs)
const PATIENCE_MS = 120_000;
const running = new Set();

/** A program whose output can be waited for. */
class Program {
  constructor(name, command, args, options = {}) {
    this.name = name;
    this.output = '';
    this.waiting = [];
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...options });
    running.add(this);
    const heard = (data) => this.heard(data);
    this.child.stdout.on('data', heard);
    this.child.stderr.on('data', heard);
    this.child.on('error', (error) => this.heard(`\n${error}\n`));
    this.ended = new Promise((done) => {
      this.child.on('close', (code) => {
        running.delete(this);
        this.code = code;
        this.over = true;
        this.heard('');
        done(code);
      });
    });
  }

  heard(data) {
    this.output += data;
    this.waiting = this.waiting.filter((wait) => !wait());
  }

  /** Until the output shows `what` (a string, a pattern or a function of the output). */
  shows(what, patience = PATIENCE_MS) {
    const found = () => {
      if (typeof what === 'function') return what(this.output);
      return what instanceof RegExp ? what.test(this.output) : this.output.includes(what);
    };
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${this.name} ${why} ${what}\n${this.output.slice(-3000)}`));
      const late = setTimeout(() => fail('does not show in time:'), patience);
      const look = () => {
        if (!found() && !this.over) return false;
        clearTimeout(late);
        if (found()) resolve(this.output);
        else fail('ended before it showed');
        return true;
      };
      if (!look()) this.waiting.push(look);
    });
  }

  say(line) {
    this.child.stdin.write(`${line}\n`);
  }

  /** Ends the program and what it started. */
  async end() {
    if (!this.over) {
      try {
        process.kill(-this.child.pid, 'SIGKILL');
      } catch {
        // It was quicker.
      }
    }
    await this.ended;
  }
}

// However this script ends, nothing of it stays.
process.on('exit', () => {
  for (const { child } of running) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
});

function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names.find((name) => spawnSync('which', [name]).status === 0);
  if (!found) throw new Error('no chromium');
  return found;
}

/** A page in a browser that keeps what it has to keep in `profile`. Shows nothing: whoever opens the page hears from it. */
function openPage(url, profile) {
  const program = new Program('chromium', chromium(), [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-default-apps',
    '--disable-extensions',
    // Nothing but this machine: every other name does not exist.
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1',
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
    url,
  ]);
  // Its own messages on stderr are not the page's: only what the page reported counts.
  const all = program.heard.bind(program);
  program.heard = (data) => {
    if (String(data).startsWith('PAGE ') || data === '') all(data);
  };
  return program;
}

async function check(name, run) {
  const started = Date.now();
  try {
    await run();
    console.log(`ok    ${name} (${Date.now() - started} ms)`);
    return true;
  } catch (error) {
    console.log(`FAIL  ${name}\n      ${String(error.message).replaceAll('\n', '\n      ')}`);
    return false;
  }
}

/** Runs each line in a shell, in `place`: it shows what is wanted of it. */
async function allShow(lines, wanted, place) {
  if (lines.length !== wanted.length) throw new Error(`${wanted.length} lines: ${lines.join('\n')}`);
  for (const [n, line] of lines.entries()) {
    const program = new Program(line, 'bash', ['-c', line], { cwd: place });
    try {
      await program.shows(wanted[n]);
    } finally {
      await program.end();
    }
  }
}

/** Says how it went, and ends: nothing that was started stays, nor what lies in `place`. */
async function report(results, place) {
  for (const program of [...running]) await program.end();
  fs.rmSync(place, { recursive: true, force: true, maxRetries: 10 });
  const passed = results.filter(Boolean).length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  process.exit(passed === results.length ? 0 : 1);
}

module.exports = { PATIENCE_MS, Program, allShow, check, chromium, openPage, report };
