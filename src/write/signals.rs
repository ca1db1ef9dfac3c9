//! Signals: SIGINT, SIGTERM, and SIGHUP remove temporary files and then end the program as they would without a handler, and
//! SIGXFSZ (a file is larger than the limit of the process) is an error of the write.

/// Starts to handle signals. A signal that the caller of the program ignores stays ignored.
///
/// A failure is not reported: the program works as well, and temporary files are left to the next run.
#[cfg(unix)]
pub fn watch() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;

    // A handler and not SIG_IGN, which the programs that are started would inherit.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let ignored = ignored();
    let wanted: Vec<i32> = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|at| ignored & (1 << (at - 1)) == 0).collect();
    let Ok(mut signals) = Signals::new(wanted) else { return };
    let _ = std::thread::Builder::new().name("signals".into()).spawn(move || {
        let Some(signal) = signals.forever().next() else { return };
        // Waits until files that are being moved into place are in place. Held to the end: no new ones are created.
        let live = super::scratch::hold();
        super::scratch::remove_all(&live);
        if std::process::id() != 1 {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
        // The first process of a container is not ended by signals.
        std::process::exit(128 + signal);
    });
}

/// Starts to handle signals.
#[cfg(not(unix))]
pub fn watch() {}

/// The signals that are ignored, as bits: `nohup` ignores SIGHUP, and a shell SIGINT for programs in the background.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
