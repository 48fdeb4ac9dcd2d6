//! tokio's tasks. They are all stealable: pinned ones and the main thread's have no counterpart.

use crate::measuring::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

pub fn measure(request: &Request) -> Measurement {
    let runtime = Builder::new_multi_thread().worker_threads(request.workers).build().unwrap();
    let row = |body: &dyn Fn(&Runtime) -> i64| Measurement {
        nanoseconds: median(request, || body(&runtime)),
        ..Default::default()
    };
    let many = request.amount(100_000, 100);
    match request.name.as_str() {
        "2a" => round_trips(request, |count| runtime.block_on(spawn_and_await(count))),
        "2c" => round_trips(request, |count| on_worker(&runtime, spawn_and_await(count))),
        "4a" => row(&|runtime| spawns_from_main(runtime, many)),
        "4b" | "spawn_many" => {
            let count = if request.name == "4b" { many } else { request.amount(10_000, 100) };
            row(&|runtime| spawns_from_worker(runtime, count))
        }
        "5a" => row(&|runtime| yields(runtime, 1, request.amount(20_000, 20))),
        "yield_many" => row(&|runtime| yields(runtime, 200, request.amount(1_000, 10))),
        "6" => row(&|runtime| channel_round_trips(runtime, request.amount(5_000, 20))),
        "8" => row(&|runtime| fork_join(runtime, request.amount(27, 16))),
        "skynet" => row(&|runtime| skynet(runtime, request.amount(1_000_000, 1_000))),
        "ping_pong" => row(&|runtime| ping_pong(runtime, request.amount(1_000, 20))),
        "chained_spawn" => row(&|runtime| chained_spawn(runtime, request.amount(1_000, 20))),
        name => panic!("there is no row {name} of tokio's"),
    }
}

fn on_worker<T: Send + 'static>(
    runtime: &Runtime, body: impl Future<Output = T> + Send + 'static,
) -> T {
    runtime.block_on(async { tokio::spawn(body).await.unwrap() })
}

async fn spawn_and_await(count: usize) -> Vec<i64> {
    let mut samples = Vec::with_capacity(count);
    for index in 0..count {
        let start = Instant::now();
        tokio::spawn(async move { index }).await.unwrap();
        samples.push(elapsed(start));
    }
    samples
}

/// Tells one waiter when as many tasks as it was made for have ended.
struct Countdown {
    remaining: AtomicUsize,
    sender: Mutex<Option<oneshot::Sender<()>>>,
}

impl Countdown {
    fn new(count: usize) -> (Arc<Countdown>, oneshot::Receiver<()>) {
        let (sender, receiver) = oneshot::channel();
        let countdown =
            Countdown { remaining: AtomicUsize::new(count), sender: Mutex::new(Some(sender)) };
        (Arc::new(countdown), receiver)
    }

    fn task_ended(&self) {
        if self.remaining.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.sender.lock().unwrap().take().unwrap().send(()).unwrap();
        }
    }
}

fn spawns_from_main(runtime: &Runtime, count: usize) -> i64 {
    runtime.block_on(async {
        let (countdown, end) = Countdown::new(count);
        let start = Instant::now();
        for _ in 0..count {
            let countdown = countdown.clone();
            tokio::spawn(async move { countdown.task_ended() });
        }
        end.await.unwrap();
        elapsed(start) / count as i64
    })
}

fn spawns_from_worker(runtime: &Runtime, count: usize) -> i64 {
    on_worker(runtime, async move {
        let (countdown, end) = Countdown::new(count);
        let start = Instant::now();
        for _ in 0..count {
            let countdown = countdown.clone();
            tokio::spawn(async move { countdown.task_ended() });
        }
        end.await.unwrap();
        elapsed(start) / count as i64
    })
}

fn yields(runtime: &Runtime, tasks: usize, count: usize) -> i64 {
    on_worker(runtime, async move {
        let (countdown, end) = Countdown::new(tasks);
        let start = Instant::now();
        for _ in 0..tasks {
            let countdown = countdown.clone();
            tokio::spawn(async move {
                for _ in 0..count {
                    tokio::task::yield_now().await;
                }
                countdown.task_ended();
            });
        }
        end.await.unwrap();
        elapsed(start) / (tasks * count) as i64
    })
}

fn channel_round_trips(runtime: &Runtime, count: usize) -> i64 {
    on_worker(runtime, async move {
        let (there, mut from_here) = mpsc::channel(1);
        let (back, mut from_there) = mpsc::channel(1);
        let echo = tokio::spawn(async move {
            while let Some(number) = from_here.recv().await {
                back.send(number + 1).await.unwrap();
            }
        });
        let start = Instant::now();
        for index in 0..count {
            there.send(index).await.unwrap();
            assert_eq!(from_there.recv().await, Some(index + 1));
        }
        let time = elapsed(start);
        drop(there);
        echo.await.unwrap();
        time / count as i64
    })
}

fn fork_join(runtime: &Runtime, n: u32) -> i64 {
    on_worker(runtime, async move {
        let start = Instant::now();
        let result = parallel_fibonacci(n).await;
        let time = elapsed(start);
        assert_eq!(result, fibonacci(n));
        time / task_count(n)
    })
}

fn parallel_fibonacci(n: u32) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if n < 12 {
            return fibonacci(n);
        }
        let left = tokio::spawn(parallel_fibonacci(n - 1));
        let right = tokio::spawn(parallel_fibonacci(n - 2));
        left.await.unwrap() + right.await.unwrap()
    })
}

fn task_count(n: u32) -> i64 {
    if n < 12 { 1 } else { 1 + task_count(n - 1) + task_count(n - 2) }
}

fn fibonacci(n: u32) -> u64 {
    if n < 2 { n as u64 } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

fn skynet(runtime: &Runtime, size: i64) -> i64 {
    on_worker(runtime, async move {
        let start = Instant::now();
        let sum = tokio::spawn(skynet_node(0, size)).await.unwrap();
        let time = elapsed(start);
        assert_eq!(sum, size * (size - 1) / 2);
        time / size
    })
}

fn skynet_node(number: i64, size: i64) -> Pin<Box<dyn Future<Output = i64> + Send>> {
    Box::pin(async move {
        if size == 1 {
            return number;
        }
        let part = size / 10;
        let children: Vec<_> = (0..10)
            .map(|child| tokio::spawn(skynet_node(number + child * part, part)))
            .collect();
        let mut sum = 0;
        for child in children {
            sum += child.await.unwrap();
        }
        sum
    })
}

fn ping_pong(runtime: &Runtime, count: usize) -> i64 {
    on_worker(runtime, async move {
        let (countdown, end) = Countdown::new(count);
        let start = Instant::now();
        for _ in 0..count {
            let countdown = countdown.clone();
            tokio::spawn(async move {
                let (ping, from_ping) = oneshot::channel();
                let (pong, from_pong) = oneshot::channel();
                tokio::spawn(async move {
                    let number: usize = from_ping.await.unwrap();
                    pong.send(number + 1).unwrap();
                });
                ping.send(1).unwrap();
                assert_eq!(from_pong.await, Ok(2));
                countdown.task_ended();
            });
        }
        end.await.unwrap();
        elapsed(start) / count as i64
    })
}

fn chained_spawn(runtime: &Runtime, count: usize) -> i64 {
    on_worker(runtime, async move {
        let (countdown, end) = Countdown::new(count);
        let start = Instant::now();
        spawn_chain(count, countdown);
        end.await.unwrap();
        elapsed(start) / count as i64
    })
}

fn spawn_chain(count: usize, countdown: Arc<Countdown>) {
    tokio::spawn(async move {
        countdown.task_ended();
        if count > 1 {
            spawn_chain(count - 1, countdown);
        }
    });
}
