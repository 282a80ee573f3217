// SPDX-License-Identifier: GPL-2.0-only
//! The function tracer, on the patched functions and others, switched on and off.

use std::{
    fs, fs::OpenOptions, io, io::Write, sync::atomic::Ordering, thread::sleep, time::Duration,
};

use super::Soak;

const FOLDER: &str = "/sys/kernel/tracing";
/// A patched one, and such as are called often.
const FUNCTIONS: &str = "cmdline_proc_show seq_read_iter vfs_read msleep";
/// Patched ones of the module, which may be away.
const OF_THE_MODULE: &str = "klp_soak_*";
const PAUSE: Duration = Duration::from_millis(500);

/// Switches until the load is to end.
pub fn run(soak: &Soak) {
    soak.until_stopped(PAUSE, || match trace() {
        Ok(()) => _ = soak.tally.tracers.fetch_add(1, Ordering::Relaxed),
        Err(error) => soak.complain(format!("the tracer: {error}")),
    });
}

fn trace() -> io::Result<()> {
    write("set_ftrace_filter", FUNCTIONS)?;
    let filter = format!("{FOLDER}/set_ftrace_filter");
    let mut filter = OpenOptions::new().append(true).open(filter)?;
    let _ = filter.write_all(OF_THE_MODULE.as_bytes());
    drop(filter);
    write("current_tracer", "function")?;
    sleep(PAUSE);
    write("current_tracer", "nop")
}

fn write(file: &str, text: &str) -> io::Result<()> {
    fs::write(format!("{FOLDER}/{file}"), text)
}
