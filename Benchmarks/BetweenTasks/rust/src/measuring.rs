use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// How often a row is measured after its warm-up.
const REPETITION_COUNT: usize = 5;

/// Whether the program's arguments, beginnings of rows' names, choose the row; none choose all.
pub fn is_wanted(row: &str) -> bool {
    let mut rows = std::env::args().skip(1).peekable();
    rows.peek().is_none() || rows.any(|beginning| row.starts_with(&beginning))
}

pub fn time<T>(body: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(body());
    start.elapsed()
}

/// Some measurements of `body`, the least first.
fn repeat(mut body: impl FnMut() -> Duration) -> Vec<Duration> {
    let mut times: Vec<_> = (0..=REPETITION_COUNT).map(|_| body()).collect();
    times.sort();
    times
}

/// What `body` takes undisturbed.
pub fn best(body: impl FnMut() -> Duration) -> Duration {
    repeat(body)[0]
}

/// What `body` takes when several threads sometimes wait for each other, and sometimes not.
pub fn median(body: impl FnMut() -> Duration) -> Duration {
    let times = repeat(body);
    times[times.len() / 2]
}

/// `value` is in the unit that run.mjs knows of the row.
pub fn report(row: &str, value: u128) {
    println!("{{\"row\":\"{row}\",\"value\":{value}}}");
}

pub fn runtime(workers: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(workers).build().unwrap()
}
