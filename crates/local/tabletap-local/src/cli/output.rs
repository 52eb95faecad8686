//! What a command tells its reader.

use std::io::{self, Write};

use anyhow::Result;

pub(super) fn say(text: &str) -> Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}
