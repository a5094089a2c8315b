//! Threads that run one blocking exchange after the other.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What a thread runs.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// More jobs than this wait for a thread to become free.
const MOST_THREADS: usize = 1024;
/// A thread with nothing to do ends after this long.
const IDLE_FOR: Duration = Duration::from_mins(1);

/// Threads that are started when there are more jobs than idle threads, and end when they had
/// nothing to do for a minute. Nobody joins them: a job that is under way when the workers are
/// dropped finishes by itself.
pub(super) struct Workers {
    shared: Arc<Shared>,
    process: u32,
}

struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
    idle_for: Duration,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

impl Workers {
    pub(super) fn new() -> Self {
        Self::that_stay(IDLE_FOR)
    }

    fn that_stay(idle_for: Duration) -> Self {
        let shared = Shared {
            queue: Mutex::default(),
            work: Condvar::new(),
            idle_for,
        };
        Self {
            shared: Arc::new(shared),
            process: std::process::id(),
        }
    }

    /// Has a thread run `job`. If there is none and none can be started, the job is dropped.
    pub(super) fn run(&self, job: Job) {
        let mut queue = self.shared.lock();
        queue.jobs.push_back(job);
        if queue.jobs.len() <= queue.idle || queue.threads >= MOST_THREADS {
            drop(queue);
            self.shared.work.notify_one();
            return;
        }
        queue.threads += 1;
        drop(queue);
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new()
            .name("stablevps-http".to_owned())
            .spawn(move || work(&shared));
        if started.is_err() {
            drop(self.shared.lose_thread());
        }
    }

    /// Lets every thread end as soon as it has nothing to do.
    pub(super) fn close(&self) {
        // A forked child has copies of the locks, perhaps locked ones, but no threads to close.
        if self.process == std::process::id() {
            self.shared.lock().closed = true;
            self.shared.work.notify_all();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Workers")
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a thread that could not be started. Returns the jobs that no thread is left for.
    fn lose_thread(&self) -> VecDeque<Job> {
        let mut queue = self.lock();
        queue.threads -= 1;
        if queue.threads == 0 {
            std::mem::take(&mut queue.jobs)
        } else {
            VecDeque::new()
        }
    }

    /// The next job; `None` tells the thread to end.
    fn next_job(&self) -> Option<Job> {
        let mut queue = self.lock();
        if queue.jobs.is_empty() {
            queue.idle += 1;
            (queue, _) = self
                .work
                .wait_timeout_while(queue, self.idle_for, |queue| {
                    queue.jobs.is_empty() && !queue.closed
                })
                .unwrap_or_else(PoisonError::into_inner);
            queue.idle -= 1;
        }
        let job = queue.jobs.pop_front();
        if job.is_none() {
            queue.threads -= 1;
        }
        job
    }
}

fn work(shared: &Shared) {
    while let Some(job) = shared.next_job() {
        job();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// The name of the thread that runs a job, told by the job.
    fn thread_of_a_job(workers: &Workers) -> thread::ThreadId {
        let (tell, told) = mpsc::channel();
        workers.run(Box::new(move || tell.send(thread::current().id()).unwrap()));
        told.recv().unwrap()
    }

    fn until(workers: &Workers, reached: impl Fn(&Queue) -> bool) {
        while !reached(&workers.shared.lock()) {
            thread::yield_now();
        }
    }

    #[test]
    fn an_idle_thread_is_used_again() {
        let workers = Workers::new();
        let first = thread_of_a_job(&workers);
        until(&workers, |queue| queue.idle == 1);
        assert_eq!(thread_of_a_job(&workers), first);
        assert_eq!(workers.shared.lock().threads, 1);
    }

    #[test]
    fn blocked_jobs_do_not_hold_up_others() {
        let workers = Workers::new();
        let gates: Vec<_> = (0..600)
            .map(|_| {
                let (open, gate) = mpsc::channel::<()>();
                workers.run(Box::new(move || {
                    assert!(gate.recv().is_err(), "nothing is ever sent");
                }));
                open
            })
            .collect();
        thread_of_a_job(&workers);
        drop(gates);
        until(&workers, |queue| queue.idle == queue.threads);
    }

    #[test]
    fn idle_threads_end_by_themselves_and_when_the_workers_are_dropped() {
        let brief = Workers::that_stay(Duration::ZERO);
        thread_of_a_job(&brief);
        until(&brief, |queue| queue.threads == 0);
        let workers = Workers::new();
        thread_of_a_job(&workers);
        let shared = Arc::clone(&workers.shared);
        drop(workers);
        while shared.lock().threads > 0 {
            thread::yield_now();
        }
    }
}
