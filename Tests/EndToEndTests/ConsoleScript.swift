/// A script for Node that looks at the live view of `webble serve` in Chromium: opens the program's page and the view,
/// and prints what the view shows once it has an answer.
///
/// Arguments: Chromium, a folder of its own, the server's address, and perhaps a file for a picture.
let consoleScript = #"""
  import { spawn } from "node:child_process";
  import { writeFileSync } from "node:fs";

  const [chromium, profile, address, picture] = process.argv.slice(2);
  const browser = spawn(chromium, [
    "--headless=new", "--disable-gpu", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
    "--window-size=1280,1000", `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank",
  ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const end = (text, status) => { console.log(text); browser.kill(); process.exit(status); };
  setTimeout(() => end(`nothing within 60 s: ${last}`, 1), 60_000);
  let identifier = 0, rest = "", last = "";
  const answers = new Map();
  const send = (method, params = {}, sessionId) => new Promise((done) => {
    answers.set(++identifier, done);
    browser.stdio[3].write(JSON.stringify({ id: identifier, method, params, sessionId }) + "\0");
  });
  browser.stdio[4].on("data", (data) => {
    const messages = (rest + data).split("\0");
    rest = messages.pop();
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message);
      answers.get(id)?.(error ?? result);
    }
  });
  await send("Target.createTarget", { url: address });
  const { targetId } = await send("Target.createTarget", { url: address + ".webble/console" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const expression = `JSON.stringify({
    state: document.getElementById("state")?.textContent,
    tiles: [...document.querySelectorAll(".tile")].map((tile) => tile.innerText.replace("\\n", " ")),
    workers: [...document.querySelectorAll("#workers tr")].length - 1,
    tasks: [...document.querySelectorAll("#tasks tr")].map((row) => row.innerText),
    holders: [...document.querySelectorAll("#holders tr")].map((row) => row.innerText),
    times: ["polls-summary", "waits-summary"].map((one) => document.getElementById(one)?.textContent),
    lints: [...document.querySelectorAll("#lints li")].map((row) => row.innerText),
  })`;
  let answered = 0;
  for (;;) {
    const { result } = await send("Runtime.evaluate", { expression }, sessionId);
    last = result?.value ?? "";
    if (/"state":"live"/.test(last) && /"workers":[1-9]/.test(last)) answered++;
    if (answered > (picture ? 60 : 2)) break;
    await new Promise((done) => setTimeout(done, 250));
  }
  if (picture) {
    const { data } = await send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true }, sessionId);
    writeFileSync(picture, Buffer.from(data, "base64"));
  }
  end(last, 0);
  """#
