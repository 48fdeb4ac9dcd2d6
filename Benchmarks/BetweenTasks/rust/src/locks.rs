use crate::measuring::{best, is_wanted, report, runtime, time};
use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::thread;

const LOCK_COUNT: usize = 1_000_000;

pub fn measure() {
    let mutex = std::sync::Mutex::new(0);
    on_threads("Mutex, std", || *mutex.lock().unwrap() += 1);
    let lock = std::sync::RwLock::new(0);
    on_threads("RwLock, reading, std", || {
        black_box(*lock.read().unwrap());
    });
    on_threads("RwLock, writing, std", || *lock.write().unwrap() += 1);

    let mutex = Arc::new(tokio::sync::Mutex::new(0));
    in_tasks("AsyncMutex, tokio", || {
        let mutex = mutex.clone();
        async move {
            for _ in 0..LOCK_COUNT {
                *mutex.lock().await += 1;
            }
        }
    });
    let semaphore = Arc::new(tokio::sync::Semaphore::new(1));
    in_tasks("AsyncSemaphore, tokio", || {
        let semaphore = semaphore.clone();
        async move {
            for _ in 0..LOCK_COUNT {
                drop(semaphore.acquire().await.unwrap());
            }
        }
    });
    let lock = Arc::new(tokio::sync::RwLock::new(0));
    in_tasks("AsyncRwLock, reading, tokio", || {
        let lock = lock.clone();
        async move {
            for _ in 0..LOCK_COUNT {
                black_box(*lock.read().await);
            }
        }
    });
}

/// Reports the nanoseconds that a critical section takes each thread, on one and on two at once.
fn on_threads(name: &str, section: impl Fn() + Sync) {
    for workers in 1..=2 {
        let row = format!("lock {name}, workers: {workers}");
        if !is_wanted(&row) {
            continue;
        }
        let all = best(|| {
            time(|| {
                thread::scope(|scope| {
                    for _ in 0..workers {
                        scope.spawn(|| (0..LOCK_COUNT).for_each(|_| section()));
                    }
                })
            })
        });
        report(&row, all.as_nanos() * 1000 / LOCK_COUNT as u128);
    }
}

/// The same with tasks that do all sections of one.
fn in_tasks<Task: Future<Output = ()> + Send + 'static>(name: &str, task: impl Fn() -> Task) {
    for workers in 1..=2 {
        let row = format!("lock {name}, workers: {workers}");
        if !is_wanted(&row) {
            continue;
        }
        let runtime = runtime(workers);
        let all = best(|| {
            time(|| {
                let tasks: Vec<_> = (0..workers).map(|_| runtime.spawn(task())).collect();
                runtime.block_on(async {
                    for task in tasks {
                        task.await.unwrap();
                    }
                })
            })
        });
        report(&row, all.as_nanos() * 1000 / LOCK_COUNT as u128);
    }
}
