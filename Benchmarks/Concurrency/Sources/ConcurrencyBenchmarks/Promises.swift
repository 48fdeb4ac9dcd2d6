#if arch(wasm32)
import JavaScript

/// The same operations with nothing but JavaScript's promises, in the same engine and process.
@MainActor func measurePromises() async {
  let program = JSObject.global.eval(promises).object!
  let lines = try! await JSPromise(program)!.value
  print(lines.string!)
}

private let promises = """
  (async () => {
    const increment = async (number) => number + 1;
    const rows = {
      async call(count) {
        let number = 0;
        for (let i = 0; i < count; i++) number = await increment(number);
      },
      async task(count) {
        for (let i = 0; i < count; i++) {
          await new Promise((resolve) => queueMicrotask(() => resolve(i)));
        }
      },
      async hop(count) {
        const summer = { sum: 0, async add(number) { this.sum += number; } };
        for (let i = 0; i < count; i++) await summer.add(i);
      },
      async continuation(count) {
        let waiting;
        const take = async () => {
          for (let i = 0; i < count / 2; i++) {
            await new Promise((resolve) => { waiting?.(); waiting = resolve; });
          }
          waiting?.();
          waiting = undefined;
        };
        await Promise.all([take(), take()]);
      },
      async asyncLet(count) {
        for (let i = 0; i < count; i++) await Promise.all([increment(i), increment(i)]);
      },
      async stream(count) {
        async function* numbers() { for (let i = 0; i < count; i++) yield i; }
        let sum = 0;
        for await (const number of numbers()) sum += number;
      },
      async group(count) {
        const children = Array.from({ length: count }, (_, number) => increment(number));
        await Promise.all(children);
      },
    };
    const counts = {
      call: 500_000, task: 100_000, hop: 500_000, continuation: 200_000, asyncLet: 50_000,
      stream: 200_000, group: 10_000,
    };
    const lines = [];
    for (const [row, count] of Object.entries(counts)) {
      await rows[row](count);
      const times = [];
      for (let repetition = 0; repetition < 5; repetition++) {
        const start = performance.now();
        await rows[row](count);
        times.push((performance.now() - start) * 1e6 / count);
      }
      times.sort((a, b) => a - b);
      lines.push(`promises.${row}\\t${times[2].toFixed(1)}`);
    }
    return lines.join("\\n");
  })()
  """
#endif
