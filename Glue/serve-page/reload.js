// Added to pages by `webble serve`: reloads after a build, shows why one failed.

// The build that the server had made when it sent this page.
const generation = Number(new URL(import.meta.url).searchParams.get("generation"));
let known = -1;

/** @param {string | undefined} diagnostics */
function show(diagnostics) {
  document.getElementById("webble-diagnostics")?.remove();
  if (!diagnostics) return;
  const overlay = document.createElement("pre");
  overlay.id = "webble-diagnostics";
  overlay.textContent = diagnostics;
  overlay.style.cssText = "position:fixed;inset:0;z-index:2147483647;margin:0;padding:1.5em;"
    + "overflow:auto;background:#1d1f21f2;color:#f0c0c0;font:13px/1.45 monospace;"
    + "white-space:pre-wrap";
  document.documentElement.append(overlay);
}

for (;;) {
  try {
    const answer = await fetch(`/.webble/state?after=${known}`);
    const state = await answer.json();
    known = state.generation;
    if (known !== generation && !state.diagnostics) location.reload();
    show(state.diagnostics);
  } catch {
    // The server is being restarted.
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
