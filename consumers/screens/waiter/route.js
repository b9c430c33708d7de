/** Going from view to view. */
import { useEffect, useState } from '../shared/ui.js';
import { hashOf, parse } from './model/routes.js';

export { hashOf } from './model/routes.js';

/** @param {import('./model/routes.js').Route} route */
export function go(route) {
  location.hash = hashOf(route);
}

/** @returns {import('./model/routes.js').Route} */
export function useRoute() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => {
      setHash(location.hash);
      scrollTo(0, 0);
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parse(hash);
}
