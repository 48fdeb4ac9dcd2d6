// @ts-check
// What the page keeps of a program's closures, listeners and timers, and gives back when the program ends.

/**
 * Stands for a closure that may be called. The page's own objects are not kept by it, nor is the closure.
 * @typedef {object} Token @property {boolean} isAlive
 * @property {(() => void)[]} [listening] @property {Record<string, () => void>} [timers] the last of each kind
 */

/** Whether a method of this name keeps what it is given. */
export const isKept = (/** @type {string} */ key) =>
  key === "addEventListener" || key === "setInterval" || key === "setTimeout";

/** @param {Map<number, Token>} live */
export const keptBy = (live) => {
  /** @type {WeakMap<object, Token>} */ const tokens = new WeakMap();
  return {
    remember: (/** @type {object} */ closure, /** @type {Token} */ token) => { tokens.set(closure, token); },
    /** @param {any} self @param {string} key @param {any[]} given @param {any} result */
    note: (self, key, given, result) => {
      const isListener = key === "addEventListener", closure = given[isListener ? 1 : 0];
      const token = tokens.get(closure);
      if (!token) return;
      if (!isListener) {
        (token.timers ??= {})[key] = () => self[key.replace("set", "clear")](result);
        return;
      }
      const [type, , options] = given, capture = !!(options?.capture ?? options);
      // As an object: Node takes no other.
      const target = new WeakRef(self), listener = new WeakRef(closure);
      (token.listening ??= []).push(() => target.deref()?.removeEventListener(type, listener.deref(), { capture }));
    },
    takeBack: () => {
      for (const { listening = [], timers = {} } of live.values()) {
        for (const one of [...listening, ...Object.values(timers)]) {
          // What is called so may be the page's own, and throw.
          try { one(); } catch {}
        }
      }
    },
  };
};
