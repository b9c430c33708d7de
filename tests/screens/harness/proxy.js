/** A way through TCP that can be cut: connections stay open and nothing passes any more, as when a cable is pulled. */
import net from 'node:net';

export class Proxy {
  static async start(port) {
    const proxy = new Proxy();
    proxy.pairs = new Set();
    proxy.silent = false;
    proxy.listener = net.createServer({ allowHalfOpen: true }, (near) => proxy.#join(near, port));
    await new Promise((done) => proxy.listener.listen(0, '127.0.0.1', done));
    proxy.url = `http://127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  #join(near, port) {
    const far = net.connect(port, '127.0.0.1');
    const pair = { near, far };
    this.pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      this.pairs.delete(pair);
    };
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('data', (data) => {
        // what was on its way when the cable went is gone
        if (!this.silent) to.write(data);
      });
      from.on('end', () => !this.silent && to.end());
      from.on('error', () => !this.silent && end());
      from.on('close', () => !this.silent && end());
    }
  }

  /** From now on nothing passes, and nobody is told. */
  cut() {
    this.silent = true;
  }

  /** Passes again. What was open is broken by now. */
  restore() {
    this.silent = false;
    for (const { near, far } of this.pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    this.pairs.clear();
  }

  close() {
    this.listener.close();
    for (const { near, far } of this.pairs) {
      near.destroy();
      far.destroy();
    }
  }
}
