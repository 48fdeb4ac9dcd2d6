import { swift as load } from "./swift.js";

const form = document.querySelector("form");
const { limit, count, cancel } = form.elements;
const bar = document.querySelector("progress");
const output = document.querySelector("output");

const swift = await load().catch((error) => {
  output.textContent = String(error);
  throw error;
});
output.textContent = "";
count.disabled = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const begin = performance.now();
  setBusy(true);
  try {
    const primes = await swift.countPrimes(limit.valueAsNumber, (part) => { bar.value = part; });
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    output.textContent = primes === null || primes === undefined
      ? "Cancelled." : `${primes.toLocaleString()} primes, in ${seconds} s.`;
  } catch (error) {
    output.textContent = String(error);
  } finally {
    setBusy(false);
  }
});

cancel.addEventListener("click", () => swift.cancel());

function setBusy(isBusy) {
  count.disabled = isBusy;
  cancel.disabled = !isBusy;
  bar.hidden = !isBusy;
  bar.value = 0;
  if (isBusy) output.textContent = "Counting…";
}
