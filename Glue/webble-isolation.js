// Makes a page cross-origin isolated where the host cannot send headers. First in the page's <head>:
//
//   <script src="webble-isolation.js"></script>
//
// The same file is the page's script and its service worker, which adds the headers to what lies in its folder
// and below. A first visit comes without them, so the page reloads once the worker is there: once in a
// tab, so that a browser that isolates nothing shows the page all the same, on one thread. With
// data-embedder-policy="credentialless" what other sites send without CORP is shown, too, not in Safari.
"use strict";

/** @type {any} a page's or a service worker's */ const scope = globalThis;

if (typeof document === "undefined") {
  const policy = new URL(location.href).searchParams.get("policy") ?? "require-corp";
  scope.addEventListener("install", () => scope.skipWaiting());
  scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(scope.clients.claim()));
  scope.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    // Pages and scripts of workers have policies; pictures, styles and data do not.
    const own = request.mode === "navigate" || /^(?:shared)?worker$/.test(request.destination);
    if (own) event.respondWith(fetch(request).then((response) => withHeaders(response, policy)));
  });
} else {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const key = "webble-isolation: reloaded";
  if (crossOriginIsolated) {
    sessionStorage.removeItem(key);
  } else if (isSecureContext && navigator.serviceWorker && !sessionStorage.getItem(key)) {
    const url = new URL(script.src);
    if (script.dataset.embedderPolicy) url.searchParams.set("policy", script.dataset.embedderPolicy);
    const reload = () => {
      // Without storage nobody would know that this has happened: then not at all.
      sessionStorage.setItem(key, "1");
      location.reload();
    };
    navigator.serviceWorker.register(url).then(() => {
      // Also after a reload past the worker, to which no event comes.
      if (navigator.serviceWorker.controller) reload();
      else navigator.serviceWorker.addEventListener("controllerchange", reload, { once: true });
    }).catch((error) => console.warn(`webble-isolation.js: this page stays on one thread, ${error}`));
  }
}

/** @param {Response} response @param {string} policy */
function withHeaders(response, policy) {
  // A redirection, or what another site has sent: not ours to change.
  if (response.status === 0 || response.redirected) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", policy);
  const { status, statusText } = response;
  const hasBody = ![101, 204, 205, 304].includes(status);
  return new Response(hasBody ? response.body : null, { status, statusText, headers });
}
