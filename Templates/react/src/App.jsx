import { useState } from "react";
import { swift } from "./swift.js";

export default function App() {
  const [limit, setLimit] = useState(5000000);
  const [progress, setProgress] = useState(null);
  const [message, setMessage] = useState("");
  const isBusy = progress !== null;

  async function count(event) {
    event.preventDefault();
    setProgress(0);
    setMessage("Counting…");
    try {
      const primes = await (await swift()).countPrimes(Number(limit), setProgress);
      setMessage(primes == null ? "Cancelled." : `${primes.toLocaleString()} primes.`);
    } catch (error) {
      setMessage(String(error));
    } finally {
      setProgress(null);
    }
  }

  return (
    <>
      <h1>{{name}}</h1>
      <form onSubmit={count}>
        <label>
          Primes below{" "}
          <input
            type="number" min="0" max="100000000" value={limit}
            onChange={(event) => setLimit(event.target.value)} />
        </label>
        <button disabled={isBusy}>Count</button>
        <button type="button" disabled={!isBusy} onClick={async () => (await swift()).cancel()}>
          Cancel
        </button>
      </form>
      {isBusy && <progress value={progress} />}
      <output>{message}</output>
    </>
  );
}
