//! How many files and connections the program may have open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for some thousand phones; more only makes mistakes costly.
const WANTED: u64 = 65_536;

/// Raises the soft limit as far as the hard one lets it: systems set it to 1024 for programs of long ago, and five hundred phones
/// need more.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if current.is_some_and(|current| current < wanted) {
        let limit = Rlimit {
            current: Some(wanted),
            maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, wanted, "the number of open files stays limited");
        }
    }
}
