// SPDX-License-Identifier: GPL-2.0-only
//! Tasks that do what tasks do: fork, are signalled, do I/O, compute.

use std::{
    fs,
    hint::black_box,
    io::{self, Read, Write},
    sync::atomic::Ordering,
    thread::{self, Scope},
    time::Duration,
};

use super::Soak;

/// How long each of them rests. Emulated processors are slow: with less, the waits of RCU and ftrace
/// take seconds.
const PAUSE: Duration = Duration::from_millis(10);
/// How much is written and read at a time.
const BLOCK: usize = 16 << 10;
/// The least of all priorities: others wait for who computes as long as they must.
const NICE: libc::c_int = 19;

/// Starts them all.
pub fn start<'scope>(scope: &'scope Scope<'scope, '_>, soak: &'scope Soak) {
    scope.spawn(|| soak.until_stopped(PAUSE, || fork(soak)));
    scope.spawn(|| soak.until_stopped(PAUSE, compute));
    scope.spawn(|| soak.until_stopped(PAUSE, || through_a_file(soak)));
    scope.spawn(|| through_a_pipe(soak));
    scope.spawn(|| be_signalled(soak));
}

/// A child that is gone at once.
fn fork(soak: &Soak) {
    // SAFETY: the child makes one system call, which is allowed after a fork.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: ends the child, without anything of this process's own.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: a child of ours; its status is not asked for.
    if child < 0 || unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) } != child {
        soak.complain(format!("fork: {}", io::Error::last_os_error()));
    }
    soak.tally.forks.fetch_add(1, Ordering::Relaxed);
}

/// Some milliseconds without a system call.
fn compute() {
    // SAFETY: sets the priority of this thread alone.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
    black_box((0..500_000_u64).fold(0, |sum: u64, n| black_box(sum.wrapping_mul(31) ^ n)));
}

fn through_a_file(soak: &Soak) {
    let path = "/tmp/soak";
    let block = vec![7; BLOCK];
    let read = fs::write(path, &block).and_then(|()| fs::read(path));
    if !read.is_ok_and(|read| read == block) {
        soak.complain(format!("{path} is not what was written"));
    }
}

/// One task waits for what another writes, all the time.
fn through_a_pipe(soak: &Soak) {
    let Ok((mut reader, mut writer)) = io::pipe() else {
        return soak.complain("no pipe".to_owned());
    };
    thread::scope(|scope| {
        // It ends with the writer.
        scope.spawn(move || while matches!(reader.read(&mut [0]), Ok(1)) {});
        soak.until_stopped(PAUSE, || {
            if writer.write_all(&[1]).is_err() {
                soak.complain("the pipe is closed".to_owned());
            }
        });
        drop(writer);
    });
}

/// One task sleeps, and another wakes it with signals.
fn be_signalled(soak: &Soak) {
    extern "C" fn nothing(_signal: libc::c_int) {}
    let handler = nothing as extern "C" fn(libc::c_int);
    // SAFETY: the handler does nothing.
    unsafe { libc::signal(libc::SIGUSR1, handler as libc::sighandler_t) };
    // SAFETY: always succeeds.
    let sleeper = unsafe { libc::pthread_self() };
    thread::scope(|scope| {
        scope.spawn(move || {
            soak.until_stopped(PAUSE, || {
                // SAFETY: the thread waits for this one before it ends.
                unsafe { libc::pthread_kill(sleeper, libc::SIGUSR1) };
                soak.tally.signals.fetch_add(1, Ordering::Relaxed);
            });
        });
        soak.until_stopped(Duration::ZERO, || {
            // SAFETY: waits for events of no file.
            unsafe { libc::poll(std::ptr::null_mut(), 0, 50) };
        });
    });
}
