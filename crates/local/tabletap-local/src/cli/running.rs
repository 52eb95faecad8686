//! The running program, as a command finds it.

use std::{path::Path, sync::Arc};

use anyhow::Result;

use crate::{
    data_folder::{DataFolder, RunFile},
    parts::Surroundings,
    publish::Publisher,
    settings::Settings,
};

/// The running program's table and site.
pub(super) fn publisher_of(surroundings: &Surroundings) -> Publisher {
    Publisher {
        store: surroundings.store(),
        site: surroundings.site(),
    }
}

/// The running program, as a command sees it.
pub(super) fn attached(data: &Path) -> Result<Surroundings> {
    let settings = Settings::new(data);
    let data = DataFolder::attach(data);
    Ok(Surroundings {
        settings,
        run: data.running()?,
        data: Arc::new(data),
    })
}

pub(super) fn attach(data: &Path) -> Result<(Publisher, RunFile)> {
    let surroundings = attached(data)?;
    Ok((publisher_of(&surroundings), surroundings.run))
}
