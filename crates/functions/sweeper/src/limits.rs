//! How long a sweep may take, and its parts.

use std::time::Duration;
use tabletap_runtime::aws;

/// Times of a sweep. By default they add up to less than the 50 s of the function: kitchens take up to 38 s, and alongside them what can wait and
/// the provider up to 43 s.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The kitchen phase: work for kitchens begins no later. Then only their alarms are sounded.
    pub kitchens: Duration,
    /// What can wait and needs no provider begins no later.
    pub later: Duration,
    /// The provider is asked for this long, after what can wait.
    pub provider: Duration,
    /// How long a store's work may go on after that. Then it is cut off.
    pub grace: Duration,
    /// Everything is cut off then.
    pub sweep: Duration,
    /// An answer of the broker, with the SDK's second attempt: a connection that has died silently costs the first one, and does not mean
    /// that the broker is away.
    pub publish: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            kitchens: Duration::from_secs(30),
            later: Duration::from_secs(10),
            provider: Duration::from_secs(25),
            grace: Duration::from_secs(8),
            sweep: Duration::from_secs(46),
            publish: aws::ATTEMPT_MAX * 2 + aws::FIRST_PAUSE_MAX,
        }
    }
}
