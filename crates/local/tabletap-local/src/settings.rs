//! What can be set from outside, with its defaults.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::stripe::Elsewhere;

/// How a program is started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub data_folder: PathBuf,
    /// Where a browser connects; every other listener is on loopback.
    pub host: IpAddr,
    /// Its port; 0 picks a free one.
    pub port: u16,
    /// Lets other machines use the console and its switches too.
    pub share_console: bool,
    /// The built frontend.
    pub frontend: PathBuf,
    /// Folder of `tabletap` and `printer-agent`.
    pub programs: PathBuf,
    /// Folders with fonts.
    pub fonts: Vec<PathBuf>,
    /// Each part as a process of its own.
    pub processes: bool,
    /// How fast the virtual printers' paper moves, in millimetres a second; 0 is without mechanical delay.
    pub speed_mm_s: u32,
    /// Where the money is taken, if not by the local Stripe.
    pub stripe: Option<Elsewhere>,
    /// How long a session at a table lasts, in seconds; 3600 where it is not set.
    pub session_ttl_s: Option<String>,
    /// Imitates the real stream's four polls a second instead of telling its readers of each write.
    pub stream_poll: Option<Duration>,
}

impl Settings {
    /// The defaults, for a program that keeps its data in `data_folder`.
    #[must_use]
    pub fn new(data_folder: &Path) -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let here = PathBuf::from("frontend");
        let frontend = if here.is_dir() {
            here
        } else {
            repository.join("frontend")
        };
        // Absolute: the agents read their configuration from another folder.
        let frontend = std::path::absolute(&frontend).unwrap_or(frontend);
        Self {
            data_folder: data_folder.to_owned(),
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8080,
            share_console: false,
            fonts: vec![
                frontend.join("node_modules/@expo-google-fonts"),
                "/usr/share/fonts".into(),
            ],
            frontend: frontend.join("dist"),
            programs: programs(),
            processes: false,
            speed_mm_s: 0,
            stripe: None,
            session_ttl_s: None,
            stream_poll: None,
        }
    }
}

/// The folder of the running program; a test runs one below.
fn programs() -> PathBuf {
    let running = std::env::current_exe().unwrap_or_default();
    let folder = running.parent().unwrap_or(Path::new("."));
    let folder = if folder.ends_with("deps") {
        folder.parent().unwrap_or(folder)
    } else {
        folder
    };
    folder.to_owned()
}
