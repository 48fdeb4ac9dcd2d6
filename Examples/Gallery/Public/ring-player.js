// Plays the samples that Swift writes into a ring, in the thread of the sound: see SampleRing.swift.
registerProcessor("ring-player", class extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    this.samples = processorOptions.samples;
    this.positions = processorOptions.positions;
  }

  process(inputs, [[output]]) {
    const { samples, positions } = this;
    const played = Atomics.load(positions, 1);
    // Where the worker is late there is silence, not noise.
    const count = Math.min(output.length, (Atomics.load(positions, 0) - played) | 0);
    for (let index = 0; index < count; index++) output[index] = samples[(played + index) & (samples.length - 1)];
    Atomics.store(positions, 1, (played + count) | 0);
    return true;
  }
});
