//! The machine a figure was taken on, and the memory of a process and its children.

use std::fs;

/// Processor, cores and kernel, in one line.
pub(crate) fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model
        .map_or("unknown processor", |(_, name)| name)
        .to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "{model}, {cores} cores, Linux {}, load {load} at the start, the build of `make run`",
        kernel.trim()
    )
}

/// Peak resident memory of a process and of each of its children, by name, in MB.
pub(crate) fn peak_memory_mb(pid: u32) -> Vec<(String, u64)> {
    let mut pids = vec![pid.to_string()];
    // Each thread lists the children that it started.
    for thread in fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let listed = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        pids.extend(listed.split_whitespace().map(str::to_owned));
    }
    pids.iter().filter_map(|pid| peak_of(pid)).collect()
}

fn peak_of(pid: &str) -> Option<(String, u64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim_start_matches(':').trim().to_owned())
    };
    let kilobytes: u64 = field("VmHWM")?
        .trim_end_matches(" kB")
        .trim()
        .parse()
        .ok()?;
    Some((field("Name")?, kilobytes / 1024))
}
