// A page that is fetched when somebody opens it. Until it is there its place is kept.

import { html, useEffect, useState } from '../shared/ui.js';

/** @param {{load: () => Promise<any>} & Record<string, any>} props */
export function Lazy({ load, ...props }) {
  const [page, setPage] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let wanted = true;
    load().then(
      (module) => wanted && setPage(() => module.Page),
      (failed) => wanted && setError(failed),
    );
    return () => {
      wanted = false;
    };
  }, [load]);
  // Thrown here, so that the boundary around the page shows it and offers to try again.
  if (error) throw error;
  return page ? html`<${page} ...${props} />` : html`<div class="grey"></div><div class="grey"></div>`;
}
