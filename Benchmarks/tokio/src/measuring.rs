//! As ../../Sources/Measuring.

use std::time::{Duration, Instant};

pub struct Request {
    pub workers: usize,
    pub is_tiny: bool,
    pub name: String,
}

impl Request {
    pub fn parse() -> Request {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        match arguments.as_slice() {
            [workers, amount, name] => Request {
                workers: workers.parse().expect("a number of workers"),
                is_tiny: amount == "tiny",
                name: name.clone(),
            },
            _ => panic!("This program is for `webble bench`. Its arguments: WORKERS full|tiny NAME"),
        }
    }

    pub fn amount<T>(&self, full: T, tiny: T) -> T {
        if self.is_tiny { tiny } else { full }
    }
}

/// Nanoseconds.
#[derive(Default)]
pub struct Measurement {
    pub nanoseconds: i64,
    pub p95: Option<i64>,
}

impl Measurement {
    pub fn line(&self, name: &str) -> String {
        let mut line = format!("{{\"name\":\"{name}\",\"nanoseconds\":{}", self.nanoseconds);
        if let Some(p95) = self.p95 {
            line += &format!(",\"p95\":{p95}");
        }
        line + "}"
    }
}

/// The median of some repetitions: as many as fit a quarter of a second, but five at least, after as long a warm-up.
pub fn median(request: &Request, mut body: impl FnMut() -> i64) -> i64 {
    if !request.is_tiny {
        repeated(request, 1, &mut body);
    }
    let mut values = repeated(request, request.amount(5, 1), &mut body);
    values.sort();
    values[values.len() / 2]
}

fn repeated(request: &Request, least: usize, body: &mut impl FnMut() -> i64) -> Vec<i64> {
    let start = Instant::now();
    let mut values = vec![];
    while values.len() < least || !request.is_tiny && start.elapsed() < Duration::from_millis(250) {
        values.push(body());
    }
    values
}

/// The midmean of operations timed one by one, and their 95th percentile.
pub fn round_trips(request: &Request, mut body: impl FnMut(usize) -> Vec<i64>) -> Measurement {
    if !request.is_tiny {
        body(1_000);
    }
    let mut samples = body(request.amount(5_000, 20));
    samples.sort();
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    Measurement {
        nanoseconds: middle.iter().sum::<i64>() / middle.len() as i64,
        p95: Some(samples[samples.len() * 95 / 100]),
        ..Default::default()
    }
}

pub fn elapsed(start: Instant) -> i64 {
    start.elapsed().as_nanos() as i64
}
