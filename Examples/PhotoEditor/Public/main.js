import { start } from "./webble.js";

const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const form = document.querySelector("form");
const { file, apply, cancel } = form.elements;
const bar = document.querySelector("progress");
const output = document.querySelector("output");
let aborting, isOpen = false;
// One preview at a time, and then one of what the sliders say by then.
let isPreviewing = false, wantsPreview = false;

const { swift } = await start().catch((error) => {
  output.textContent = String(error);
  throw error;
});
// As a camera of twelve megapixels would take it.
await open("A landscape", () => swift.landscape(4000, 3000));

function show(picture) {
  if (!picture) return;
  canvas.width = picture.width;
  canvas.height = picture.height;
  context.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0);
}

async function open(name, load) {
  aborting?.abort();
  apply.disabled = true;
  try {
    const picture = await load();
    if (!picture) throw new Error("there is no photo in it");
    show(picture);
    output.textContent = `${name}.`;
    isOpen = true;
    preview();
  } catch (error) {
    output.textContent = `${name}: ${error.message}`;
  }
  // Of a file that is no photo the one before stays.
  apply.disabled = !isOpen;
}

async function openFile(file) {
  await open(file.name, async () => {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const sketch = new OffscreenCanvas(width, height).getContext("2d");
    sketch.drawImage(bitmap, 0, 0);
    bitmap.close();
    return swift.open(sketch.getImageData(0, 0, width, height).data, width, height);
  });
}

function edits() {
  const value = (name) => form.elements[name].valueAsNumber;
  return {
    blur: value("blur"), brightness: value("brightness"),
    contrast: value("contrast"), saturation: value("saturation"),
  };
}

async function preview() {
  wantsPreview = true;
  if (isPreviewing) return;
  isPreviewing = true;
  while (wantsPreview) {
    wantsPreview = false;
    const picture = await swift.preview(edits());
    if (!aborting) show(picture);
  }
  isPreviewing = false;
}

form.addEventListener("input", (event) => {
  if (event.target === file) openFile(file.files[0]);
  else preview();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const begin = performance.now();
  aborting = new AbortController();
  setBusy(true);
  try {
    show(await swift.edit(edits(), (part) => { bar.value = part; }, aborting.signal));
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    output.textContent = `${canvas.width} by ${canvas.height} pixels, in ${seconds} s.`;
  } catch (error) {
    output.textContent = aborting.signal.aborted ? "Cancelled." : String(error);
  } finally {
    aborting = undefined;
    setBusy(false);
  }
});
cancel.addEventListener("click", () => aborting?.abort());

function setBusy(isBusy) {
  apply.disabled = isBusy;
  cancel.disabled = !isBusy;
  bar.hidden = !isBusy;
  bar.value = 0;
}

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
}
for (const type of ["dragleave", "drop"]) {
  document.addEventListener(type, () => document.body.classList.remove("dropping"));
}
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer.files;
  if (dropped) openFile(dropped);
});
