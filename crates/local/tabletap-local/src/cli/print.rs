//! Commands that write what a restaurant prints.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use tabletap_domain::store::StoreConfig;
use tabletap_sheet::{Drawing, Origin, Size, is_trial, pdf, svg};

use super::{output::say, running::attach};
use crate::{data_folder::write_whole, print, publish::Publisher, settings::Settings};

/// What `tabletap qr` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Qr {
    /// The store's slug.
    store: String,
    /// Table id; can be repeated. All tables by default.
    #[arg(long = "table")]
    tables: Vec<String>,
    #[command(flatten)]
    sheets: Sheets,
}

/// How stickers are written.
#[derive(Debug, clap::Args)]
pub(super) struct Sheets {
    /// Size of the code (4cm, 6cm, 8cm) or of the card (a6).
    #[arg(long, default_value = "6cm")]
    size: Size,
    /// One PDF with all sheets, or one SVG per sheet.
    #[arg(long, value_enum, default_value_t = Format::Pdf)]
    format: Format,
    /// Address that the codes lead to, if it is not this program's: https:// and a host.
    #[arg(long)]
    url: Option<Origin>,
    /// Folder to write to.
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Pdf,
    Svg,
}

/// What `tabletap menu paper` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct PaperMenu {
    /// The store's slug.
    store: String,
    /// One of the menu's languages; the first by default.
    #[arg(long)]
    lang: Option<String>,
    /// Folder to write to.
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

impl Qr {
    pub(super) async fn execute(self, data: &Path) -> Result<()> {
        let (publisher, run) = attach(data)?;
        let store = publisher.store_of(&self.store).await?;
        let sheets = &self.sheets;
        let written = sheets.write(data, &publisher, &store, &run.public_url, &self.tables);
        written.await
    }
}

impl Sheets {
    /// Writes the stickers of these tables, or of all where none is named.
    pub(super) async fn write(
        &self,
        data: &Path,
        publisher: &Publisher,
        store: &StoreConfig,
        public_url: &str,
        tables: &[String],
    ) -> Result<()> {
        let base = self.url.as_ref().map_or(public_url, Origin::as_str);
        let links = print::links(publisher, store, base, tables).await?;
        let fonts = Settings::new(data).fonts;
        let drawings = print::draw(store.clone(), links, self.size, fonts).await?;
        for (name, bytes) in self.files(store, &drawings) {
            write(&self.out.join(name), &bytes)?;
        }
        if is_trial(base) {
            say(&format!(
                "the codes lead to {base}, which is not the restaurant's own address, so they are marked TRIAL"
            ))?;
        }
        Ok(())
    }

    fn files(&self, store: &StoreConfig, drawings: &[Drawing]) -> Vec<(String, Vec<u8>)> {
        let stem = format!("{}-qr-{}", store.slug, self.size.as_str());
        match self.format {
            Format::Pdf => vec![(format!("{stem}.pdf"), pdf(drawings, &store.name))],
            Format::Svg => {
                let sheets = (1..).zip(drawings);
                sheets
                    .map(|(number, sheet)| {
                        (format!("{stem}-{number}.svg"), svg(sheet).into_bytes())
                    })
                    .collect()
            }
        }
    }
}

impl PaperMenu {
    pub(super) async fn execute(&self, data: &Path) -> Result<()> {
        let (publisher, _) = attach(data)?;
        let store = publisher.store_of(&self.store).await?;
        let (lang, html) = print::paper_menu(&publisher, &store, self.lang.as_deref()).await?;
        write(
            &self.out.join(format!("{}-menu-{lang}.html", self.store)),
            html.as_bytes(),
        )?;
        say("open it in a browser to print it on A4")
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    write_whole(file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    say(&file.display().to_string())
}
