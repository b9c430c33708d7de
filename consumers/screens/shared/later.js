// @ts-check
/** A page whose parts come after its first paint: shapes of their size stand in their place until then. */
import { html, useEffect, useState } from './ui.js';

/** What was loaded after the page stood: the service worker may not have seen it, and it is needed without a server too. */
async function keep() {
  const files = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => new URL(name).pathname.startsWith('/screens/'));
  const worker = await navigator.serviceWorker?.ready;
  worker?.active?.postMessage({ keep: files });
}

/**
 * @param {() => Promise<any>} load resolves to the component
 * @param {(props: any) => any} meanwhile what is drawn until then
 * @returns {(props: any) => any}
 */
export function later(load, meanwhile) {
  /** @type {any} */
  let part = null;
  return (props) => {
    const [failed, setFailed] = useState(/** @type {unknown} */ (null));
    const [, draw] = useState(0);
    useEffect(() => {
      if (part) return;
      // A frame later: what stands in its place is painted first.
      const frame = requestAnimationFrame(() =>
        load().then((loaded) => {
          part = loaded;
          draw(1);
          keep().catch(() => {});
        }, setFailed),
      );
      return () => cancelAnimationFrame(frame);
    }, []);
    // Thrown here, so that the boundary around it shows it, and offers to try again.
    if (failed) throw failed;
    return part ? html`<${part} ...${props} />` : meanwhile(props);
  };
}
