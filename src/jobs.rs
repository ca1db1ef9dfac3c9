//! Work on several threads, with results in the order of the items: the directories of a command, both sides of a comparison.
//!
//! `RENDER_THREADS` limits the number of threads. With one thread, or one item, nothing is started.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, available_parallelism, panicking, scope};

/// Stack size of a thread, in bytes. Deeply nested documents are walked recursively; memory is only used as it is needed.
pub const STACK: usize = 1 << 30;

/// The variable that sets the number of threads.
const VARIABLE: &str = "RENDER_THREADS";

/// The results per thread that may wait for an earlier one.
const WAITING: usize = 2;

/// How many threads work at a time: `RENDER_THREADS`, or as many as the machine offers to this process; no more than have room.
pub fn threads() -> usize {
    static THREADS: OnceLock<usize> = OnceLock::new();
    let named = || std::env::var(VARIABLE).ok()?.trim().parse().ok().filter(|count| *count > 0);
    *THREADS.get_or_init(|| {
        let wanted: usize = named().unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
        wanted.min(stacks())
    })
}

/// How many stacks fit into the address space of this process if it is limited (`ulimit -v`): half of it is left for data.
fn stacks() -> usize {
    #[cfg(unix)]
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current;
    #[cfg(not(unix))]
    let limit: Option<u64> = None;
    limit.and_then(|bytes| usize::try_from(bytes / 2 / STACK as u64).ok()).map_or(usize::MAX, |count| count.max(1))
}

/// The results of `work` for all items, in their order.
pub fn all<I: Sync, T: Send>(threads: usize, items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let mut results = Vec::with_capacity(items.len());
    in_order(threads, items, work, |_, result| results.push(result));
    results
}

/// Calls `work` for each item, on up to `threads` threads, and `each` with the results, on this thread and in the order of the items.
/// Only a few results wait for an earlier one.
pub fn in_order<I: Sync, T: Send>(threads: usize, items: &[I], work: impl Fn(&I) -> T + Sync, mut each: impl FnMut(&I, T)) {
    let threads = threads.min(items.len());
    if threads < 2 {
        return items.iter().for_each(|item| each(item, work(item)));
    }
    let queue = Queue { state: Mutex::new(State::default()), changed: Condvar::new(), items, ahead: threads * (WAITING + 1) };
    scope(|scope| {
        let helper = |_| Builder::new().stack_size(STACK).spawn_scoped(scope, || queue.help(&work)).ok();
        // If a thread can't be started, the others do its work.
        let helpers: Vec<_> = (1..threads).filter_map(helper).collect();
        queue.lead(&work, &mut each);
        // A panic is that of this thread, as if it had done the work.
        if let Some(panic) = helpers.into_iter().find_map(|helper| helper.join().err()) {
            resume_unwind(panic);
        }
    });
}

/// The items that wait for a thread, and the results that wait for an earlier one.
struct Queue<'i, I, T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    items: &'i [I],
    /// How many items may be begun before the result of the first one is taken.
    ahead: usize,
}

struct State<T> {
    /// The next item to begin.
    next: usize,
    /// The next result to take.
    taken: usize,
    /// The results from `taken` on; `None` for those that are not finished.
    results: VecDeque<Option<T>>,
    /// Whether a thread panicked, so that no result follows.
    failed: bool,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        State { next: 0, taken: 0, results: VecDeque::new(), failed: false }
    }
}

/// What a thread does next.
enum Step<'i, I, T> {
    Work(usize, &'i I),
    Take(&'i I, T),
    Wait,
    Stop,
}

impl<'i, I, T> Queue<'i, I, T> {
    /// Works until no item is left.
    fn help(&self, work: &impl Fn(&I) -> T) {
        let _guard = Guard(self);
        let mut state = self.lock();
        loop {
            state = match self.begin(&mut state) {
                Step::Work(at, item) => {
                    drop(state);
                    self.finish(at, item, work)
                }
                Step::Wait => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Step::Take(..) | Step::Stop => return,
            };
        }
    }

    /// Takes all results, and works while there is none to take.
    fn lead(&self, work: &impl Fn(&I) -> T, each: &mut impl FnMut(&I, T)) {
        let _guard = Guard(self);
        let mut state = self.lock();
        loop {
            state = match self.take(&mut state) {
                Step::Take(item, result) => {
                    drop(state);
                    self.changed.notify_all();
                    each(item, result);
                    self.lock()
                }
                Step::Work(at, item) => {
                    drop(state);
                    self.finish(at, item, work)
                }
                Step::Wait => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Step::Stop => return,
            };
        }
    }

    fn take(&self, state: &mut State<T>) -> Step<'i, I, T> {
        let Some(item) = self.items.get(state.taken) else { return Step::Stop };
        match state.results.front_mut().and_then(Option::take) {
            Some(result) => {
                state.results.pop_front();
                state.taken += 1;
                Step::Take(item, result)
            }
            None if state.next == self.items.len() && !state.failed => Step::Wait,
            None => self.begin(state),
        }
    }

    fn begin(&self, state: &mut State<T>) -> Step<'i, I, T> {
        let Some(item) = self.items.get(state.next).filter(|_| !state.failed) else { return Step::Stop };
        if state.next >= state.taken + self.ahead {
            return Step::Wait;
        }
        let at = state.next;
        state.next += 1;
        state.results.push_back(None);
        Step::Work(at, item)
    }

    fn finish(&self, at: usize, item: &I, work: &impl Fn(&I) -> T) -> MutexGuard<'_, State<T>> {
        let result = work(item);
        let mut state = self.lock();
        let place = at - state.taken;
        if let Some(place) = state.results.get_mut(place) {
            *place = Some(result);
        }
        self.changed.notify_all();
        state
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the work of all threads if one of them panics.
struct Guard<'q, 'i, I, T>(&'q Queue<'i, I, T>);

impl<I, T> Drop for Guard<'_, '_, I, T> {
    fn drop(&mut self) {
        if panicking() {
            self.0.lock().failed = true;
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, Mutex};
    use std::thread::current;

    use super::{WAITING, in_order};

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for threads in [1, 2, 3, 8] {
            let items: Vec<usize> = (0..200).collect();
            let mut results = Vec::new();
            let spin = |item: &usize| (0..(item * 7919) % 5000).fold(*item, |sum, more| std::hint::black_box(sum ^ more ^ more));
            in_order(threads, &items, spin, |_, result| results.push(result));
            assert_eq!(results, items, "{threads} threads");
        }
    }

    #[test]
    fn one_thread_or_one_item_is_done_here() {
        let here = current().id();
        in_order(1, &[1, 2, 3], |_| assert_eq!(current().id(), here), |_, ()| ());
        in_order(8, &[1], |_| assert_eq!(current().id(), here), |_, ()| ());
    }

    #[test]
    fn threads_work_at_the_same_time_and_not_far_ahead() {
        let (barrier, threads) = (Barrier::new(3), Mutex::new(HashSet::new()));
        let (begun, mut taken) = (AtomicUsize::new(0), 0);
        let work = |item: &usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            if *item < 3 {
                barrier.wait();
            }
            threads.lock().unwrap().insert(current().id());
        };
        in_order(3, &(0..100).collect::<Vec<usize>>(), work, |_, ()| {
            taken += 1;
            assert!(begun.load(Ordering::SeqCst) <= taken + 3 * (WAITING + 1));
        });
        assert_eq!((taken, threads.into_inner().unwrap().len()), (100, 3));
    }

    #[test]
    fn a_panic_of_any_item_is_that_of_the_caller() {
        for threads in [1, 2, 4] {
            for bad in [0, 1, 49] {
                let work = |item: &usize| assert_ne!(*item, bad);
                let all = AssertUnwindSafe(|| in_order(threads, &(0..50).collect::<Vec<usize>>(), work, |_, ()| ()));
                assert!(catch_unwind(all).is_err(), "{threads} threads, item {bad}");
            }
        }
    }
}
