// Posts the reports of runner.js in their order: one request in flight at a time.

/** @type {object[]} */
let waiting = [];
let posting = false;

onmessage = async (event) => {
  waiting.push(event.data);
  if (posting) return;
  posting = true;
  while (waiting.length > 0) {
    const batch = waiting.splice(0, 2000);
    await fetch("events", { method: "POST", body: JSON.stringify(batch) });
  }
  posting = false;
};

postMessage("ready");
