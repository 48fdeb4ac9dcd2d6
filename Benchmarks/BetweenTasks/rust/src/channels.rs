use crate::measuring::{is_wanted, median, report, runtime, time};
use std::future::Future;
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

const MESSAGE_COUNT: usize = 200_000;
const SHAPES: [(usize, usize); 3] = [(1, 1), (4, 1), (4, 4)];
const CAPACITIES: [(&str, Option<usize>); 3] =
    [("bounded, 64", Some(64)), ("rendezvous", Some(0)), ("unbounded", None)];

pub fn measure() {
    for (name, capacity) in CAPACITIES {
        for (producers, consumers) in SHAPES {
            let row = format!("channel {name}, {producers} to {consumers}");
            // Of these two, none has a rendezvous, and tokio's has but one receiver.
            for workers in [1, 2].into_iter().filter(|_| capacity != Some(0)) {
                if consumers == 1 {
                    throughput(&format!("{row}, tokio, workers: {workers}"), || {
                        by_tokio(&runtime(workers), capacity, producers)
                    });
                }
                throughput(&format!("{row}, async-channel, workers: {workers}"), || {
                    by_async_channel(&runtime(workers), capacity, producers, consumers)
                });
            }
            // A thread for each end, on whatever processors there are.
            throughput(&format!("{row}, crossbeam, workers: 2"), || {
                by_crossbeam(capacity, producers, consumers)
            });
        }
    }
}

/// Reports messages per second.
fn throughput(row: &str, body: impl FnMut() -> Duration) {
    if is_wanted(row) {
        report(row, MESSAGE_COUNT as u128 * 1_000_000_000 / median(body).as_nanos());
    }
}

fn by_tokio(runtime: &Runtime, capacity: Option<usize>, producers: usize) -> Duration {
    if let Some(capacity) = capacity {
        let (sender, mut receiver) = mpsc::channel(capacity);
        let send = |sender: mpsc::Sender<usize>| async move {
            for number in 0..MESSAGE_COUNT / producers {
                sender.send(number).await.unwrap();
            }
        };
        let receive = async move { while receiver.recv().await.is_some() {} };
        run(runtime, copies(sender, producers).map(send), [receive])
    } else {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let send = |sender: mpsc::UnboundedSender<usize>| async move {
            for number in 0..MESSAGE_COUNT / producers {
                sender.send(number).unwrap();
            }
        };
        let receive = async move { while receiver.recv().await.is_some() {} };
        run(runtime, copies(sender, producers).map(send), [receive])
    }
}

fn by_async_channel(
    runtime: &Runtime, capacity: Option<usize>, producers: usize, consumers: usize,
) -> Duration {
    let (sender, receiver) = match capacity {
        Some(capacity) => async_channel::bounded(capacity),
        None => async_channel::unbounded(),
    };
    let send = |sender: async_channel::Sender<usize>| async move {
        for number in 0..MESSAGE_COUNT / producers {
            sender.send(number).await.unwrap();
        }
    };
    let receive = |receiver: async_channel::Receiver<usize>| async move {
        while receiver.recv().await.is_ok() {}
    };
    run(runtime, copies(sender, producers).map(send), copies(receiver, consumers).map(receive))
}

/// Runs tasks until all have ended. The channel is closed when the last sender's has, with its end.
fn run<S, R>(
    runtime: &Runtime, senders: impl IntoIterator<Item = S>, receivers: impl IntoIterator<Item = R>,
) -> Duration
where
    S: Future<Output = ()> + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    time(|| {
        let mut tasks: Vec<_> = senders.into_iter().map(|task| runtime.spawn(task)).collect();
        tasks.extend(receivers.into_iter().map(|task| runtime.spawn(task)));
        runtime.block_on(async {
            for task in tasks {
                task.await.unwrap();
            }
        })
    })
}

fn by_crossbeam(capacity: Option<usize>, producers: usize, consumers: usize) -> Duration {
    let (sender, receiver) = match capacity {
        Some(capacity) => crossbeam_channel::bounded(capacity),
        None => crossbeam_channel::unbounded(),
    };
    time(|| {
        thread::scope(|scope| {
            for sender in copies(sender, producers) {
                scope.spawn(move || {
                    for number in 0..MESSAGE_COUNT / producers {
                        sender.send(number).unwrap();
                    }
                });
            }
            for receiver in copies(receiver, consumers) {
                scope.spawn(move || while receiver.recv().is_ok() {});
            }
        })
    })
}

/// `count` of an end of a channel, and no other is left.
fn copies<End: Clone>(end: End, count: usize) -> impl Iterator<Item = End> {
    vec![end; count].into_iter()
}
