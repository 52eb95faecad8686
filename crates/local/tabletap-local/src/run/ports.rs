//! Free ports, and the one that is asked for.
//!
//! A chosen port is held by a socket that is bound and never listens, so that the system gives it to nobody else before its part,
//! or the part started again, listens there.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

use anyhow::{Result, bail};
use tabletap_domain::store::StoreConfig;
use tokio::net::TcpSocket;

use crate::{
    addresses::{Addresses, RunFile, VirtualPrinter},
    secrets::random_text,
    settings::Settings,
};

/// Chooses an address for every part, and the sockets that hold them. Links to checkout pages are kept by others, so the local
/// Stripe stays where it was `before`, if it can.
///
/// # Errors
/// When the edge's port is taken; the sentence says what to do.
pub(super) fn choose(
    settings: &Settings,
    before: Option<&RunFile>,
) -> Result<(RunFile, Vec<TcpSocket>)> {
    let edge = match hold(settings.host, settings.port) {
        Ok(socket) => socket,
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => bail!(
            "{} is not an address of this machine: use HOST=localhost, or HOST=0.0.0.0 for all of its addresses",
            settings.host
        ),
        Err(error) => bail!(
            "port {} of {} cannot be used ({error}): stop what uses it, or set another, for example PORT={}",
            settings.port,
            settings.host,
            settings.port.wrapping_add(1)
        ),
    };
    let port_before = before.map_or(0, |run| run.addresses.stripe.port());
    let stripe = hold(settings.host, port_before).or_else(|_| hold(settings.host, 0))?;
    let free = |_| hold(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let mut held: Vec<TcpSocket> = (0..8).map(free).collect::<Result<_, _>>()?;
    let address = |index: usize| held[index].local_addr();
    let edge_socket = edge;
    let edge = edge_socket.local_addr()?;
    let by_name = settings.host.is_unspecified()
        || settings.host == IpAddr::V4(Ipv4Addr::LOCALHOST)
        || settings.host == IpAddr::V6(Ipv6Addr::LOCALHOST);
    let url = match by_name {
        true => format!("http://localhost:{}", edge.port()),
        false => format!("http://{edge}"),
    };
    let public_url = match settings.host.is_unspecified() {
        true => {
            lan_address().map_or_else(|| url.clone(), |ip| format!("http://{ip}:{}", edge.port()))
        }
        false => url.clone(),
    };
    let run = RunFile {
        pid: std::process::id(),
        url,
        public_url,
        addresses: Addresses {
            table: address(0)?,
            functions: address(1)?,
            mqtt: address(2)?,
            data_plane: address(3)?,
            printers: address(4)?,
            bus: address(5)?,
            bucket: address(6)?,
            mail: address(7)?,
            stripe: stripe.local_addr()?,
            edge,
        },
        printers: Vec::new(),
        agents: Vec::new(),
        token: random_text::<24>(),
    };
    held.extend([edge_socket, stripe]);
    Ok((run, held))
}

fn hold(host: IpAddr, port: u16) -> io::Result<TcpSocket> {
    let socket = if host.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind((host, port).into())?;
    Ok(socket)
}

/// Adds a virtual printer for every station of the stores; returns the sockets that hold their addresses.
///
/// # Errors
/// When the machine has no free port.
pub(super) fn add_printers(run: &mut RunFile, stores: &[StoreConfig]) -> Result<Vec<TcpSocket>> {
    let mut held = Vec::new();
    for store in stores {
        for station in &store.stations {
            let id = format!("{}-{}", store.slug, station.printer);
            // Two stations may share a printer.
            if run.printers.iter().any(|printer| printer.id == id) {
                continue;
            }
            let socket = hold(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)?;
            run.printers.push(VirtualPrinter {
                id,
                store: store.slug.to_string(),
                printer: station.printer.to_string(),
                station: station.id.to_string(),
                station_name: station.name.clone(),
                agent: station.agent.to_string(),
                address: socket.local_addr()?,
            });
            held.push(socket);
        }
    }
    run.agents = run
        .printers
        .iter()
        .map(|printer| printer.agent.clone())
        .collect();
    run.agents.sort();
    run.agents.dedup();
    Ok(held)
}

/// The address other devices reach this machine by. Nothing is sent: the system only says which way it would go.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket
        .connect(SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9)))
        .ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
}
