//! Named fault points: places where a test or a chaos run can make the shipped code fail, exactly between two steps.
//!
//! A point costs one atomic read while nothing is armed. Points are armed by [`arm`] (the local program's `/local/faults`) or by the
//! environment of a process: `TABLETAP_FAULT=intake.committed:crash,…`, read once by [`arm_from`].

use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What happens at an armed point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process ends at once, as by `kill -9`: no destructors, no flush.
    Crash,
    /// The step reports [`Injected`] once; the point then disarms itself.
    FailOnce,
    /// The step reports [`Injected`] until the point is disarmed.
    Fail,
}

impl FromStr for Fault {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "crash" => Ok(Self::Crash),
            "fail_once" => Ok(Self::FailOnce),
            "fail" => Ok(Self::Fail),
            other => Err(format!(
                "unknown fault `{other}`: use crash, fail_once or fail"
            )),
        }
    }
}

/// The failure that a point reports. Callers treat it as an unreachable outside system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injected(pub &'static str);

impl std::fmt::Display for Injected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "injected fault at {}", self.0)
    }
}

impl std::error::Error for Injected {}

static ANY_ARMED: AtomicBool = AtomicBool::new(false);
static ARMED: Mutex<BTreeMap<String, Fault>> = Mutex::new(BTreeMap::new());

/// Passes, unless a fault is armed for `name`.
///
/// # Errors
/// [`Injected`] if the armed fault is a failure.
pub fn point(name: &'static str) -> Result<(), Injected> {
    if !ANY_ARMED.load(Ordering::Relaxed) {
        return Ok(());
    }
    let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
    match armed.get(name) {
        None => Ok(()),
        Some(Fault::Crash) => std::process::abort(),
        Some(Fault::Fail) => Err(Injected(name)),
        Some(Fault::FailOnce) => {
            armed.remove(name);
            Err(Injected(name))
        }
    }
}

/// Arms `name`, or disarms it with `None`.
pub fn arm(name: &str, fault: Option<Fault>) {
    let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
    match fault {
        Some(fault) => armed.insert(name.to_owned(), fault),
        None => armed.remove(name),
    };
    ANY_ARMED.store(!armed.is_empty(), Ordering::Relaxed);
}

/// Arms every `name:fault` of a comma-separated list.
///
/// # Errors
/// A sentence that says what is wrong with the list.
pub fn arm_from(list: &str) -> Result<(), String> {
    for entry in list.split(',').filter(|entry| !entry.is_empty()) {
        let (name, fault) = entry
            .split_once(':')
            .ok_or(format!("`{entry}` is not name:fault"))?;
        arm(name, Some(fault.parse()?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_point_fails_only_while_it_is_armed() {
        assert_eq!(point("test.step"), Ok(()));
        arm_from("test.step:fail_once,test.other:fail").unwrap();
        assert_eq!(point("test.step"), Err(Injected("test.step")));
        assert_eq!(point("test.step"), Ok(()), "once");
        assert_eq!(point("test.other"), Err(Injected("test.other")));
        arm("test.other", None);
        assert_eq!(point("test.other"), Ok(()));
        assert!(arm_from("test.step").is_err());
    }
}
