//! Many items on all cores, their results in order, and no more in memory than is being worked on.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};

/// How long a thread waits before it looks whether all is over.
const PATIENCE: Duration = Duration::from_millis(50);
/// A thread makes its state anew after so many chunks, so that what it remembers stays small.
const CHUNKS_PER_STATE: usize = 64;

/// What `work` gives, or nothing if it panics: then the state, whose buffers may be half filled, is made anew.
pub fn guarded<S, T>(state: &mut S, anew: &dyn Fn() -> S, work: impl FnOnce(&mut S) -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(|| work(state))).ok();
    if done.is_none() {
        *state = anew();
    }
    done
}

/// A step that must not end the threads: a number that never comes would hold up all that follow.
fn guarded_step<I, O, S>(kept: &mut S, state: &dyn Fn() -> S, step: &dyn Fn(&mut S, I) -> O, item: I) -> Result<O> {
    let broken = || Error::data("the program broke on a piece of the input; please report it with the input");
    guarded(kept, state, |kept| step(kept, item)).ok_or_else(broken)
}

/// Where the items come from: the end for the reader. It blocks while enough is under way.
pub struct Feed<I> {
    permits: Receiver<()>,
    chunks: Sender<(usize, Vec<I>)>,
    n: usize,
}

impl<I> Feed<I> {
    /// Hands on a chunk of items; `Break` when nobody wants more.
    pub fn send(&mut self, chunk: Vec<I>) -> ControlFlow<()> {
        if self.permits.recv().is_err() || self.chunks.send((self.n, chunk)).is_err() {
            return ControlFlow::Break(());
        }
        self.n += 1;
        ControlFlow::Continue(())
    }
}

/// Runs `step` on the items that `read` feeds, on `n_threads` threads, and `sink` on its results, in the order of the
/// items, on this thread.
///
/// `read` runs on a thread of its own, one chunk at a time; at most `2 n_threads + 2` chunks are read and not yet through
/// `sink`. Items that follow each other on one thread share what `state` makes. `is_over` is asked between results and
/// while nothing happens; when it says so the rest is dropped, even if `read` blocks for ever.
/// The results are the same for any number of threads.
///
/// # Errors
/// The first one of `sink`, which ends the work, as does a panic of `step`: [`ErrorKind::Data`](crate::error::ErrorKind::Data)
/// in the place of its result.
pub fn ordered<I, O, S>(
    n_threads: usize,
    read: impl FnOnce(&mut Feed<I>) + Send + 'static,
    state: &(dyn Fn() -> S + Sync),
    step: &(dyn Fn(&mut S, I) -> O + Sync),
    is_over: &dyn Fn() -> bool,
    sink: &mut dyn FnMut(O) -> Result<()>,
) -> Result<()>
where
    I: Send + 'static,
    O: Send,
{
    let n_threads = n_threads.max(1);
    let (permit, permits) = mpsc::channel();
    let (chunks, work) = mpsc::channel::<(usize, Vec<I>)>();
    for _ in 0..2 * n_threads + 2 {
        // Both ends are here: sending can not fail.
        let _ = permit.send(());
    }
    // Not in the scope: a read that blocks must not hold up the end.
    let reader = thread::spawn(move || read(&mut Feed { permits, chunks, n: 0 }));
    let (work, dropped) = (Mutex::new(work), AtomicBool::new(false));
    let result = thread::scope(|scope| {
        let (results, done) = mpsc::channel();
        for _ in 0..n_threads {
            let results = results.clone();
            let (work, dropped) = (&work, &dropped);
            scope.spawn(move || worker(work, dropped, state, step, &results));
        }
        drop(results);
        // A panic here must not leave the workers waiting.
        let result = catch_unwind(AssertUnwindSafe(|| collect(&done, &permit, is_over, sink)));
        dropped.store(true, Ordering::Relaxed);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    });
    drop((permit, work));
    match result {
        Ok(true) => reader.join().unwrap_or_else(|panic| resume_unwind(panic)),
        Ok(false) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// As [`ordered`] for items that are made in little time: the threads that work on them fetch them, one at a time, so
/// that what is read is worked on and freed where it is in the cache. On one thread nothing else is started.
///
/// # Errors
/// As [`ordered`].
pub fn fetched<I, O, S>(
    n_threads: usize,
    next: &mut (dyn FnMut() -> Option<I> + Send),
    state: &(dyn Fn() -> S + Sync),
    step: &(dyn Fn(&mut S, I) -> O + Sync),
    sink: &mut dyn FnMut(O) -> Result<()>,
) -> Result<()>
where
    O: Send,
{
    if n_threads <= 1 {
        let mut kept = state();
        while let Some(item) = next() {
            sink(guarded_step(&mut kept, state, step, item)?)?;
        }
        return Ok(());
    }
    let (permit, permits) = mpsc::channel();
    for _ in 0..2 * n_threads + 2 {
        // Both ends are here: sending can not fail.
        let _ = permit.send(());
    }
    let source = Mutex::new((permits, 0, next));
    let fetch = || {
        let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
        let (permits, n, next) = &mut *source;
        permits.recv().ok()?;
        let item = next()?;
        *n += 1;
        Some((*n - 1, item))
    };
    thread::scope(|scope| {
        let (results, done) = mpsc::channel();
        for _ in 0..n_threads {
            let (results, fetch) = (results.clone(), &fetch);
            scope.spawn(move || {
                let mut kept = state();
                while let Some((number, item)) = fetch() {
                    if results.send((number, vec![guarded_step(&mut kept, state, step, item)])).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        let result = collect(&done, &permit, &|| false, sink);
        // Who waits for a permit is told that there are no more.
        drop(permit);
        result.map(|_| ())
    })
}

fn worker<I, O, S>(
    work: &Mutex<Receiver<(usize, Vec<I>)>>,
    dropped: &AtomicBool,
    state: &dyn Fn() -> S,
    step: &dyn Fn(&mut S, I) -> O,
    results: &Sender<(usize, Vec<Result<O>>)>,
) {
    let mut kept = state();
    let mut n = 0;
    while !dropped.load(Ordering::Relaxed) {
        // Before a chunk is taken: its number would be lost by a panic.
        if n == CHUNKS_PER_STATE {
            (kept, n) = (state(), 0);
        }
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(PATIENCE);
        let (number, chunk) = match next {
            Ok(next) => next,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        n += 1;
        let mut out = Vec::with_capacity(chunk.len());
        for item in chunk {
            if dropped.load(Ordering::Relaxed) {
                return;
            }
            out.push(guarded_step(&mut kept, state, step, item));
        }
        if results.send((number, out)).is_err() {
            return;
        }
    }
}

/// Whether the end was reached.
fn collect<O>(
    done: &Receiver<(usize, Vec<Result<O>>)>,
    permit: &Sender<()>,
    is_over: &dyn Fn() -> bool,
    sink: &mut dyn FnMut(O) -> Result<()>,
) -> Result<bool> {
    let mut waiting: BTreeMap<usize, Vec<Result<O>>> = BTreeMap::new();
    let mut next = 0;
    loop {
        if is_over() {
            return Ok(false);
        }
        match done.recv_timeout(PATIENCE) {
            Ok((number, chunk)) => waiting.insert(number, chunk),
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(true),
        };
        while let Some(chunk) = waiting.remove(&next) {
            for result in chunk {
                sink(result?)?;
                if is_over() {
                    return Ok(false);
                }
            }
            next += 1;
            // The reader may have ended.
            let _ = permit.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::error::Error;

    #[test]
    fn results_keep_the_order_on_any_number_of_threads() {
        for n_threads in [1, 2, 5] {
            let mut found = Vec::new();
            let read = |feed: &mut Feed<u64>| {
                for from in 0..200 {
                    let _ = feed.send((from * 3..from * 3 + 3).collect());
                }
            };
            let step = |_: &mut (), i: u64| {
                if i.is_multiple_of(7) {
                    thread::sleep(Duration::from_micros(300));
                }
                i * i
            };
            ordered(n_threads, read, &|| (), &step, &|| false, &mut |o| {
                found.push(o);
                Ok(())
            })
            .unwrap();
            assert_eq!(found, (0..600).map(|i| i * i).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn fetched_items_come_in_order_and_an_error_ends_the_work() {
        for n_threads in [1, 3] {
            let mut numbers = 0..500u64;
            let mut found = Vec::new();
            let step = |_: &mut (), i: u64| {
                if i.is_multiple_of(7) {
                    thread::sleep(Duration::from_micros(300));
                }
                i * i
            };
            fetched(n_threads, &mut || numbers.next(), &|| (), &step, &mut |o| {
                found.push(o);
                Ok(())
            })
            .unwrap();
            assert_eq!(found, (0..500).map(|i| i * i).collect::<Vec<u64>>());
            let mut endless = 0..;
            let fail = &mut |o| if o == 100 { Err(Error::data("hundred")) } else { Ok(()) };
            assert!(fetched(n_threads, &mut || endless.next(), &|| (), &step, fail).is_err());
            assert!(endless.start < 30, "{endless:?}: few are fetched ahead");
        }
    }

    #[test]
    fn a_step_that_panics_ends_the_work_with_an_error_behind_the_results_before_it() {
        let step = |n: &mut usize, i: u64| {
            *n += 1;
            assert!(i != 40, "of no use to anybody");
            i
        };
        for n_threads in [1, 2, 5] {
            // Far more items than may be under way: a number that does not come would stop the rest for ever.
            let mut numbers = 0..10_000u64;
            let mut found = Vec::new();
            let error = fetched(n_threads, &mut || numbers.next(), &|| 0, &step, &mut |i| {
                found.push(i);
                Ok(())
            });
            assert!(error.unwrap_err().to_string().contains("broke"), "{n_threads} threads");
            assert_eq!(found, (0..40).collect::<Vec<u64>>());
            found.clear();
            let read = |feed: &mut Feed<u64>| while feed.send((0..50).collect()).is_continue() {};
            let error = ordered(n_threads, read, &|| 0, &step, &|| false, &mut |i| {
                found.push(i);
                Ok(())
            });
            assert!(error.is_err());
            assert_eq!(found, (0..40).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn what_panics_leaves_a_fresh_state() {
        let mut state = 5;
        assert_eq!(guarded(&mut state, &|| 0, |n| *n + 1), Some(6));
        let broken = guarded(&mut state, &|| 0, |n| {
            *n = 7;
            assert!(*n != 7, "of no use to anybody");
        });
        assert_eq!((broken, state), (None, 0));
    }

    #[test]
    #[should_panic(expected = "the writer")]
    fn a_sink_that_panics_leaves_nobody_waiting() {
        let read = |feed: &mut Feed<u8>| while feed.send(vec![1]).is_continue() {};
        let _ = ordered(2, read, &|| (), &|(), i| i, &|| false, &mut |_| panic!("the writer"));
    }

    #[test]
    fn the_reader_waits_for_the_slow() {
        let (sent, ahead) = (Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let read = move |feed: &mut Feed<usize>| {
            for i in 0..100 {
                let _ = feed.send(vec![i]);
                counter.store(i, Ordering::SeqCst);
            }
        };
        ordered(2, read, &|| (), &|(), i| i, &|| false, &mut |i| {
            thread::sleep(Duration::from_millis(1));
            ahead.fetch_max(sent.load(Ordering::SeqCst) - i.min(sent.load(Ordering::SeqCst)), Ordering::SeqCst);
            Ok(())
        })
        .unwrap();
        assert!(ahead.load(Ordering::SeqCst) <= 7, "{ahead:?} chunks ahead");
    }

    #[test]
    fn an_error_or_the_end_drops_the_rest_even_if_reading_blocks() {
        let read = |feed: &mut Feed<u8>| {
            let _ = feed.send(vec![1, 2, 3]);
            thread::sleep(Duration::from_secs(3600));
        };
        let mut n = 0;
        let result = ordered(2, read, &|| (), &|(), i| i, &|| false, &mut |i| {
            n += 1;
            if i == 2 { Err(Error::data("two")) } else { Ok(()) }
        });
        assert!(result.is_err() && n == 2);
        let over = AtomicBool::new(false);
        let seen = ordered(2, read, &|| (), &|(), i| i, &|| over.load(Ordering::SeqCst), &mut |_| {
            over.store(true, Ordering::SeqCst);
            Ok(())
        });
        assert!(seen.is_ok());
    }
}
