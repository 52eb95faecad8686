//! Checks the broker: name, port, TLS, and whether this agent may connect and subscribe. Nothing is published. Waiting jobs are not
//! acknowledged, so they stay with the broker.

use std::{io, sync::Arc, time::Duration};

use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, Packet, QoS, SubscribeReasonCode};
use tabletap_wire::topic;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

use super::{Problem, problem};
use crate::{
    config::Config,
    mqtt::{client_config, options},
};

const STEP_TIMEOUT: Duration = Duration::from_secs(5);
const FIX_NAME: &str = "correct `endpoint`, or check this machine's network";
const FIX_REACH: &str = "check that the broker is running and that no firewall blocks it";
const FIX_TRUST: &str = "check that `ca` signed the broker's certificate, and that the agent's certificate is active there";
const FIX_POLICY: &str =
    "check that the agent's policy lets it connect under its own name and subscribe to its topic";

pub(super) async fn check(config: &Config, is_running: bool) -> Result<String, Problem> {
    let tls = client_config(config).map_err(|_| {
        problem(
            "not tested without a certificate",
            "fix the certificate first",
        )
    })?;
    let address = (config.endpoint.host.as_str(), config.endpoint.port);
    let found = lookup_host(address).await.map(|mut found| found.next());
    let Ok(Some(socket)) = found else {
        return Err(problem(
            format!("the host name {} was not found", config.endpoint.host),
            FIX_NAME,
        ));
    };
    let stream = timeout(STEP_TIMEOUT, TcpStream::connect(socket))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(|error| problem(format!("no connection: {error}"), FIX_REACH))?;
    handshake(config, &tls, stream).await?;
    if is_running {
        return Ok("answers over TLS; the session is the running agent's".to_owned());
    }
    let (client, event_loop) = AsyncClient::new(options(config, tls), 8);
    timeout(STEP_TIMEOUT, subscribe(config, &client, event_loop))
        .await
        .unwrap_or_else(|_| Err(problem("the broker does not answer MQTT", FIX_REACH)))
}

async fn handshake(
    config: &Config,
    tls: &Arc<ClientConfig>,
    stream: TcpStream,
) -> Result<(), Problem> {
    let name = ServerName::try_from(config.endpoint.host.clone())
        .map_err(|_| problem("the endpoint is not a valid server name", FIX_NAME))?;
    let connecting = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    timeout(STEP_TIMEOUT, connecting)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map(drop)
        .map_err(|error| problem(format!("TLS failed: {error}"), FIX_TRUST))
}

async fn subscribe(
    config: &Config,
    client: &AsyncClient,
    mut event_loop: EventLoop,
) -> Result<String, Problem> {
    loop {
        match event_loop.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => client
                .try_subscribe(topic::down(&config.thing), QoS::AtLeastOnce)
                .map_err(|error| problem(error.to_string(), FIX_POLICY))?,
            Ok(Event::Incoming(Packet::SubAck(ack))) => {
                if ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    return Err(problem("the broker refuses the subscription", FIX_POLICY));
                }
                // A clean end. If it fails, the broker notices the closed connection.
                let _ = client.try_disconnect();
                let _ = timeout(Duration::from_millis(200), event_loop.poll()).await;
                return Ok("connects and subscribes".to_owned());
            }
            Ok(_) => {}
            // In TLS 1.3 a broker refuses a certificate only after the handshake seems done.
            Err(
                ConnectionError::Io(error)
                | ConnectionError::MqttState(rumqttc::StateError::Io(error)),
            ) => {
                return Err(problem(
                    format!("the broker ends the connection: {error}"),
                    FIX_TRUST,
                ));
            }
            Err(error) => return Err(problem(error.to_string(), FIX_POLICY)),
        }
    }
}
