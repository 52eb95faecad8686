//! The running program, as a command finds it.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use tabletap_domain::time::UnixMillis;

use crate::{
    addresses::RunFile, data_folder::DataFolder, environment::Environment, publish::Publisher,
    settings::Settings,
};

/// The running program's table and site.
pub(super) fn publisher_of(environment: &Environment) -> Publisher {
    Publisher {
        store: environment.store(),
        site: environment.site(),
    }
}

/// The running program, as a command sees it.
pub(super) fn attached(data: &Path) -> Result<Environment> {
    let settings = Settings::new(data);
    let data = DataFolder::attach(data);
    Ok(Environment {
        settings,
        run: data.running()?,
        data: Arc::new(data),
    })
}

pub(super) fn attach(data: &Path) -> Result<(Publisher, RunFile)> {
    let environment = attached(data)?;
    Ok((publisher_of(&environment), environment.run))
}

#[derive(Debug, clap::Args)]
pub(super) struct StoreArguments {
    /// The store's slug.
    #[arg(long)]
    pub(super) store: String,
}

pub(super) fn now() -> UnixMillis {
    UnixMillis(tabletap_runtime::clock::now_ms())
}
