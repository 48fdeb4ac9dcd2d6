use crate::measuring::{best, is_wanted, report, time};
use rayon::prelude::*;
use std::hint::black_box;
use std::time::Duration;

const CHEAP_COUNT: usize = 10_000_000;
const DEAR_COUNT: i32 = 10_000;

/// As wide as Swift's `Int` is on WebAssembly.
fn numbers() -> Vec<i32> {
    let mut state: u32 = 1;
    (0..CHEAP_COUNT)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state as i32
        })
        .collect()
}

/// Some 10 microseconds of work.
#[inline(never)]
fn dear(number: i32) -> i32 {
    let mut state = number as u32;
    for _ in 0..8_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(state >> 16);
    }
    state as i32
}

pub fn measure() {
    let cheap = black_box(numbers());
    let seed = cheap[0];
    compare(
        "map cheap",
        || time(|| cheap.iter().map(|n| n.wrapping_mul(3).wrapping_add(1)).collect::<Vec<_>>()),
        || time(|| cheap.par_iter().map(|n| n.wrapping_mul(3).wrapping_add(1)).collect::<Vec<_>>()),
    );
    let captures = move |n: &i32| n.wrapping_mul(3).wrapping_add(seed);
    compare(
        "map cheap, with captures",
        || time(|| cheap.iter().map(captures).collect::<Vec<_>>()),
        || time(|| cheap.par_iter().map(captures).collect::<Vec<_>>()),
    );
    compare(
        "reduce cheap",
        || time(|| cheap.iter().copied().fold(0, i32::wrapping_add)),
        || time(|| cheap.par_iter().copied().reduce(|| 0, i32::wrapping_add)),
    );
    let few: Vec<_> = black_box((0..DEAR_COUNT).collect());
    compare(
        "map dear",
        || time(|| few.iter().map(|n| dear(*n)).collect::<Vec<_>>()),
        || time(|| few.par_iter().map(|n| dear(*n)).collect::<Vec<_>>()),
    );
    compare("sort", || sorted(&cheap, |all| all.sort()), || sorted(&cheap, |all| all.par_sort()));
    compare(
        "sort unstable",
        || sorted(&cheap, |all| all.sort_unstable()),
        || sorted(&cheap, |all| all.par_sort_unstable()),
    );
}

/// As in Swift, the copy that is put in order counts.
fn sorted(numbers: &[i32], sort: impl FnOnce(&mut [i32])) -> Duration {
    time(|| {
        let mut copy = numbers.to_vec();
        sort(&mut copy);
        copy
    })
}

/// Reports microseconds, of a loop and of rayon with one thread and with two.
fn compare(
    name: &str, mut sequential: impl FnMut() -> Duration + Send,
    mut parallel: impl FnMut() -> Duration + Send,
) {
    if !is_wanted(name) {
        return;
    }
    report(&format!("{name}, rayon, loop"), best(&mut sequential).as_micros());
    for workers in 1..=2 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().unwrap();
        let time = pool.install(|| best(&mut parallel));
        report(&format!("{name}, rayon, workers: {workers}"), time.as_micros());
    }
}
