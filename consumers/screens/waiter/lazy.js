/** Parts that are loaded after the first paint: what stands in their place has their size. */
import { html, useEffect, useState } from '../shared/ui.js';

/**
 * @param {() => Promise<any>} load resolves to the component
 * @param {() => any} meanwhile what is drawn until then
 * @returns {(props: any) => any}
 */
export function lazy(load, meanwhile) {
  /** @type {any} */
  let made = null;
  return (props) => {
    const [failed, setFailed] = useState(/** @type {unknown} */ (null));
    const [, draw] = useState(0);
    useEffect(() => {
      if (!made) load().then((part) => (made = part, draw(1)), setFailed);
    }, []);
    // The boundary around it says so, and offers to try again.
    if (failed) throw failed;
    return made ? html`<${made} ...${props} />` : meanwhile();
  };
}
