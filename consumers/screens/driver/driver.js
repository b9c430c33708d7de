// The driver's phone: who it is, and then their round.

import { html, useEffect, useMemo, useState } from "../shared/ui.js";
import { start } from "../shared/app.js";
import { SignIn, session, signOut } from "../shared/sign_in.js";
import { courier } from "./courier.js";
import { forget } from "./pocket.js";
import { Drive } from "./drive.js";

function App() {
  const [who, setWho] = useState(() => session("driver"));
  // Known as long as the page lives: asked for again when the token ends, with nothing lost meanwhile.
  const [asked, setAsked] = useState(/** @type {((token: string | null) => void) | null} */ (null));
  const line = useMemo(() => (who ? courier(who, () => new Promise((done) => setAsked(() => done))) : null), [who?.user.id]);
  useEffect(() => () => line?.close(), [line]);
  if (!who || !line) return html`<${SignIn} screen="driver" roles=${["driver"]} onsession=${setWho} />`;
  const leave = () => {
    forget(who.user.id);
    signOut("driver");
    setWho(null);
  };
  const renewed = (/** @type {any} */ again) => {
    setAsked(null);
    if (again.user.id !== who.user.id) return setWho(again);
    asked?.(again.token);
    line.m.authenticate(again.token);
  };
  return html`<${Drive} line=${line} name=${who.user.name} leave=${leave} />
    ${asked && html`<div class="over"><${SignIn} screen="driver" roles=${["driver"]} onsession=${renewed} /></div>`}`;
}

start({ screen: "driver", texts: import.meta.url, App });
