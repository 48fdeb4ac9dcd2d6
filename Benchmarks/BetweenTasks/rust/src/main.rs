//! The shapes of ../Sources/BetweenTasksBenchmarks, by tokio, async-channel, crossbeam, rayon and
//! the standard library, as native code. Prints the same lines for ../run.mjs.

mod algorithms;
mod channels;
mod locks;
mod measuring;

fn main() {
    channels::measure();
    locks::measure();
    algorithms::measure();
}
