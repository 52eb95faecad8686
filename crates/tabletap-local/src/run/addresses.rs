//! Free ports, and the one that is asked for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

use anyhow::{Result, bail};
use tabletap_domain::store::StoreConfig;

use crate::{
    data_folder::{Addresses, RunFile, VirtualPrinter},
    settings::Settings,
};

/// Chooses an address for every part.
///
/// # Errors
/// When the edge's port is taken; the sentence says what to do.
pub(super) fn choose(settings: &Settings) -> Result<RunFile> {
    let edge = match TcpListener::bind((settings.host, settings.port)) {
        Ok(listener) => listener,
        Err(error) => bail!(
            "port {} of {} cannot be used ({error}): stop what uses it, or set another, for example PORT={}",
            settings.port,
            settings.host,
            settings.port.wrapping_add(1)
        ),
    };
    // All are held until all are chosen, so that no two are the same.
    let free: Vec<TcpListener> = (0..5)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()?;
    let address = |index: usize| free[index].local_addr();
    let edge = edge.local_addr()?;
    let url = format!("http://localhost:{}", edge.port());
    let public_url = match settings.host.is_unspecified() {
        true => {
            lan_address().map_or_else(|| url.clone(), |ip| format!("http://{ip}:{}", edge.port()))
        }
        false if settings.host.is_loopback() => url.clone(),
        false => format!("http://{edge}"),
    };
    Ok(RunFile {
        pid: std::process::id(),
        url,
        public_url,
        addresses: Addresses {
            table: address(0)?,
            functions: address(1)?,
            mqtt: address(2)?,
            data_plane: address(3)?,
            printers: address(4)?,
            edge,
        },
        printers: Vec::new(),
        agents: Vec::new(),
    })
}

/// Adds a virtual printer for every station of the stores.
///
/// # Errors
/// When the machine has no free port.
pub(super) fn add_printers(run: &mut RunFile, stores: &[StoreConfig]) -> Result<()> {
    let mut held = Vec::new();
    for store in stores {
        for station in &store.stations {
            let id = format!("{}-{}", store.slug, station.printer);
            // Two stations may share a printer.
            if run.printers.iter().any(|printer| printer.id == id) {
                continue;
            }
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            run.printers.push(VirtualPrinter {
                id,
                store: store.slug.to_string(),
                printer: station.printer.to_string(),
                station: station.id.to_string(),
                station_name: station.name.clone(),
                agent: station.agent.to_string(),
                address: listener.local_addr()?,
            });
            held.push(listener);
        }
    }
    run.agents = run
        .printers
        .iter()
        .map(|printer| printer.agent.clone())
        .collect();
    run.agents.sort();
    run.agents.dedup();
    Ok(())
}

/// The address other devices reach this machine by. Nothing is sent: the system only says which way it would go.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket
        .connect(SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9)))
        .ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}
